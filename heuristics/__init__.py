"""Algorithms of the paper, plain rivals, and the data types that all solvers share.

- :mod:`errors`: bad input, told in one line.
- :mod:`certificate`: lagrange multipliers that prove a bound on P1, as integers.
- :mod:`display`: how the data types show themselves in a notebook: tables, and loads as bars.
- :mod:`result`: what every method returns, and what is known of it.
- :mod:`limits`: how long a search may run, and how far it has come.
- :mod:`schedule`: which requests each edge node batches.
- :mod:`nothing_eligible`: the one case that every method proves: no request is eligible anywhere.
- :mod:`problem`: the problems of Section IV that a method can solve and a schedule be judged by.
- :mod:`compiled`: the decorator of every kernel that numba compiles.
- :mod:`tree_search`: the trees of Algorithm 2 and their prunings.
- :mod:`algorithm_1`: the largest batch of one edge node with spectrum to spare, P2.
- :mod:`coefficients`: the integers that define P1, (12)-(12f), for any solver.
- :mod:`latency_order`: the eligible requests of an edge node by budget, and their levels.
- :mod:`greedy`: baselines: one pass over the requests, each to the first edge node where it still
  fits.
- :mod:`improvement`: moves from schedule to schedule, and prices of requests.
- :mod:`judges`: what checks schedules and certificates, imported by no solver.
- :mod:`loads`: what each batch of a schedule takes of what its edge node has.
- :mod:`options`: options that take one of a few words.
- :mod:`ot`: Algorithm 2, optimal tree-search (OT): the largest batch of one edge node, P3'.
- :mod:`single_node`: the exact largest batch of one edge node, without trees.
- :mod:`ot_gah`: Algorithm 3, OT with generalized assignment heuristics (OT-GAH): P1, one edge
  node at a time.
- :mod:`reporting`: what a method has found so far, told to whoever may have to end it.
- :mod:`ot_gah_plus`: OT-GAH-plus: OT-GAH, then rounds of prices, passes over the edge nodes and
  random walks.
- :mod:`ready`: importing this module makes every compiled kernel ready, for processes that are
  forked from here.
- :mod:`text_file`: read whole, but never more than there is room for.
- :mod:`system_models`: Section III of the paper: physics in, coefficients out; import from the
  submodules.
"""
