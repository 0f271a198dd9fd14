"""Engines: where runs are made, in processes of this machine or on a cluster.

- :mod:`engine`: the interface of an engine, a run that is ordered, and a run that has ended.
- :mod:`message`: the message of a worker, parsed and checked.
- :mod:`wire`: tasks and results as JSON, and back.
- :mod:`local`: the engine that makes runs in processes of this machine.
- :mod:`dask_engine`: the engine that makes runs on the workers of a Dask cluster.
- :mod:`dask_worker`: the part of the Dask engine that runs on a worker.
- :mod:`child`: one run, or several, in processes of their own.
- :mod:`fork_client`: starts the fork server and asks it for supervisors.
- :mod:`fork_server`: the process that has imported the modules of runs and forks supervisors.
- :mod:`supervisor`: the process that watches one run, keeps its limits and judges its result.
- :mod:`worker`: the process in which a method runs.
- :mod:`processes`: the functions of the operating system that find, limit and end processes.
- :mod:`log`: the last characters that a run prints.
"""
