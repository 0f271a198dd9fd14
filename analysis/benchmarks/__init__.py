"""Benchmarks: speed of the parts that must be fast, measured side by side and kept in a ledger.

- :mod:`ledger`: the ledger of benchmarks, ``analysis/results/benchmarks.csv``, a line a release.
- :mod:`bench_tree_search`: the tree search: nodes per second by pruning, and delay of a limit.
- :mod:`single_node_kinds`: single-node instances of any size with given binding resources.
- :mod:`bench_single_node`: the exact single node: all kinds of instances, up to 10^5 requests.
- :mod:`bench_scale`: OT-GAH, instance files and models at large sizes.
- :mod:`exact_kinds`: hard, easy and large instances for exact methods.
- :mod:`exact_tables`: tables of the runs of exact methods: proofs, times and contradictions.
- :mod:`bench_exact`: ``decomposition`` against other exact methods, and alone on large instances.
- :mod:`league_kinds`: instances of the league: every family in three sizes.
- :mod:`league`: all heuristics on all families under the same time limits.
- :mod:`league_summary`: the README's table of a league, and its ledger, a line a release.
"""
