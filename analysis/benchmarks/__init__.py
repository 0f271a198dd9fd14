"""Benchmarks: what must be fast, measured side by side and kept in a ledger.

- :mod:`exact_kinds`: the instances on which exact methods are measured: hard ones, easy ones, and
  large ones.
- :mod:`exact_tables`: Tables of the runs of exact methods: who proved what, how fast, and whether
  all agree.
- :mod:`bench_exact`: exact methods side by side: ``decomposition`` against the best of the
  others, and alone.
- :mod:`bench_scale`: what a scheduler and a study wait for: OT-GAH, instances, models.
- :mod:`single_node_kinds`: single-node instances of any size in which the resources that are
  named bind.
- :mod:`bench_single_node`: the exact single node: every kind of instance at 10^5 requests, and
  how time grows with size.
- :mod:`bench_tree_search`: the tree search of Algorithm 2: nodes a second under each pruning, and
  how late a limit is.
- :mod:`ledger`: the ledger of benchmarks: one line a release, in
  ``analysis/results/benchmarks.csv``.
"""
