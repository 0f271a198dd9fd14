"""Everything above the solvers: methods, runs, campaigns, reports and studies.

A run, from its method to its row:

- :mod:`methods`: the registry of methods, and the options of each.
- :mod:`plugins`: methods, families of instances and catalogue entries of a user's own.
- :mod:`runs`: one run of a method, from its plan to its judged outcome.
- :mod:`engines`: the processes that make runs, on this machine or on a cluster, under limits.
- :mod:`store`: the SQLite file that holds the runs of a campaign.
- :mod:`campaigns`: many runs in one store, with their status, bounds and care.

Instances, and tests of files and methods:

- :mod:`generation`: instances from families and scenarios, the catalogue, the reference library.
- :mod:`checks`: verdicts on instance files, schedules and certificates.
- :mod:`conformance`: the test suite of methods, a user's own included.

Results of many runs:

- :mod:`metrics`: gaps, means, profiles and statistical tests, computed from a table of runs.
- :mod:`text`: results as sentences and tables for a terminal.
- :mod:`tables`: runs as rows for other programs, and the schemas of all file formats.
- :mod:`reports`: executed notebooks and one-file pages.

Many epochs, studies, and measured latencies:

- :mod:`simulation`: many epochs of the protocol of Fig. 3, decided, executed and measured.
- :mod:`experiments`: the figures, Table III and claims of Section V, measured and judged.
- :mod:`demonstration`: the demonstration, with every kind of problem.
- :mod:`calibration`: latency profiles fitted to measured times, and checked on others.
- :mod:`benchmarks`: the speed of solvers, measured by ``make bench``.

The command line:

- :mod:`cli`: the command ``otgah`` and its exit statuses.
- :mod:`commands`: the verbs of the command line, a file each.
"""
