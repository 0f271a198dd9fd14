"""Engines: where the runs of a campaign are made, here or on a cluster.

- :mod:`engine`: the engine: makes runs that are given to it as data, and gives back what they
  came to as data.
- :mod:`wire`: the wire: tasks and results as plain data, and back.
- :mod:`processes`: what Linux offers to find, bound and end all that a run has started.
- :mod:`log`: the log: the last of what a run prints, however much that is.
- :mod:`worker`: the worker: the process in which a method runs, and nothing else that matters.
- :mod:`warden`: the warden: watches one run at a time from outside, keeps its limits, and judges
  what it says.
- :mod:`zygote`: the zygote: a process that has imported what runs need, and forks a warden for
  each.
- :mod:`fork_server`: the fork server: where wardens come from and go to, as seen from the one who
  wants a run made.
- :mod:`local`: the local engine: runs in processes of this machine, each with nothing of
  another's.
- :mod:`child`: a run in a process of its own: what breaks or hangs there is a record here.
- :mod:`dask_worker`: the work of a Dask worker: one order as text, made under all limits where
  the worker is.
- :mod:`dask_engine`: the Dask engine: runs on the workers of a cluster that is there already.
"""
