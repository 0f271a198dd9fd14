"""Everything above the solvers: methods, runs, campaigns, reports and studies.

- :mod:`plugins`: plug-ins: own methods, families of instances and model catalogues, a file each.
- :mod:`methods`: x.
- :mod:`runs`: x.
- :mod:`engines`: where the runs of a batch are made, each under limits that are kept from
  outside.
- :mod:`store`: x.
- :mod:`campaigns`: x.
- :mod:`checks`: x.
- :mod:`conformance`: x.
- :mod:`text`: x.
- :mod:`metrics`: what a table of runs says: gaps, means, profiles, tests.
- :mod:`tables`: x.
- :mod:`reports`: x.
- :mod:`simulation`: many epochs of the protocol of Fig.
- :mod:`experiments`: the study of Section V: its figures and Table III measured again, and its
  claims judged.
- :mod:`benchmarks`: benchmarks of what must be fast; ``make bench`` runs them and shows one
  table.
- :mod:`generation`: x.
- :mod:`commands`: the verbs of the command `otgah`, a file each or a few that belong together.
- :mod:`cli`: the command ``otgah``: each verb reads its arguments, calls the API and prints.
"""
