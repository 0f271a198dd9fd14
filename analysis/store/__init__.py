"""Store: the one file that holds the runs of a campaign.

- :mod:`columns`: the columns of each table.
- :mod:`file`: the SQLite database, its version, and its errors in plain words.
- :mod:`store`: reads and writes instances, runs, bounds and epochs.
- :mod:`validation`: the check of each value that is read.
- :mod:`owner`: the process that has claimed a run.
"""
