"""Improvement: better schedules from a feasible one.

The random walk and the prices of OT-GAH-plus:

- :mod:`batch_walk`: a random walk through the feasible schedules of P1, and its moves.
- :mod:`subgradient_prices`: Lagrange multipliers of requests and resources by a subgradient method,
  their bound on P1, and a ranking of the requests by them.

The state of the rivals:

- :mod:`counting_bound`: a bound from one resource at a time, to end a search early.
- :mod:`placement`: batches of eligible pairs to which requests are added and from which they leave.

Simulated annealing over counts of equal requests:

- :mod:`annealing`: the kernel that suits the data, run in slices until a deadline.
- :mod:`request_classes`: requests with equal demands at every edge node.
- :mod:`common_order`: one order of the requests in which the budgets fall at every edge node.
- :mod:`nested_pools`: the conditions under which counts by class decide the throughput.
- :mod:`nested_annealing`: the annealing where these conditions hold.
- :mod:`matching_cells`: the eligible pairs of each edge node and class, by falling budget.
- :mod:`matching_state`: the schedule of an annealing, its log, and the augmenting paths.
- :mod:`price_guide`: profits of pairs that tell states of equal throughput apart.
- :mod:`matching_annealing`: the annealing with an explicit schedule, for any data.
- :mod:`pair_sets`: sets of pairs as bits, for compiled kernels.
- :mod:`randomness`: random numbers for compiled kernels.
- :mod:`feasibility`: the check of a schedule against P1 before an improvement counts.
"""
