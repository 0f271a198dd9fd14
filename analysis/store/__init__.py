"""Store: the one file that holds the runs of a campaign.

- :mod:`columns`: the columns of a store: what is kept of instances, runs, bounds and epochs.
- :mod:`file`: the file of a store: one SQLite database, of which only what is whole is ever seen.
- :mod:`owner`: the owner of a claim: a process of this machine, known from one that has its
  number later.
- :mod:`validation`: the rows of a store as they are read: what no batch has written is refused,
  not reported.
- :mod:`store`: the store of runs: one SQLite file, a row for each run that ended and for each
  bound.
"""
