"""Campaigns: many runs in one store, their status, their bounds and their care.

- :mod:`batch`: instance x method x seed, with bounds where no run proved the optimum.
- :mod:`campaign`: the runs of a batch, each made once, also beside other batches.
- :mod:`bounds`: the bounds that are proved beside the runs.
- :mod:`rows`: the rows of instances, instance files and planned runs.
- :mod:`status`: the runs that are done, running, failed and waiting.
- :mod:`outside_run`: the solution that another solver found for an exported model, as a run.
- :mod:`shown_run`: one run, with the commands that repeat it.
- :mod:`merge`: two stores into a third.
- :mod:`components`: the components of an instance as instance files, and their runs joined.
- :mod:`certificates`: the certificates of a store as files.
- :mod:`doctor`: checks of the software and the machine.
"""
