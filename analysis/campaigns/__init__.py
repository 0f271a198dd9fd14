"""Campaigns: many runs in one store, their state, their bounds and their care.

- :mod:`bounds`: of every question of a batch that a heuristic answered and no run proved.
- :mod:`rows`: the rows of a store: what it keeps of an instance, of a run, and of what was asked
  for.
- :mod:`campaign`: the campaign: runs brought into a store by an engine, each once, whoever else
  is at work.
- :mod:`batch`: the batch: instance x method x seed, resumable, each run in a process of its own.
- :mod:`certificates`: what proves the bounds beside its runs, as files for anyone to check.
- :mod:`doctor`: the doctor: whether this machine and what is installed on it give results to be
  trusted.
- :mod:`merge`: merging: two stores into a third, where nothing is chosen that nobody chose.
- :mod:`shown_run`: a run as it is shown: all that the store has of it, and the commands that make
  it again.
- :mod:`status`: the status of a campaign: what is done, running, failed and waiting, and how long
  it may take.
"""
