"""Heuristics: the data types of all solvers, the paper's algorithms and the plain rivals.

Data types and tools:

- :mod:`problem`: the problems of Section IV, P1 to P3'.
- :mod:`coefficients`: the integers that define P1, (12)-(12f), for every solver.
- :mod:`integers`: arrays of the integers that a problem may hold, copied and checked.
- :mod:`pairs`: the eligible pairs of an edge node and a request, in compressed rows.
- :mod:`alternatives`: the ways to run one edge node, as a partition of the rows of coefficients.
- :mod:`schedule`: the batch of requests of each edge node.
- :mod:`result`: the outcome of a run: status, schedule, bound and proof.
- :mod:`certificate`: Lagrange multipliers that prove a bound on P1, as integers.
- :mod:`latency_order`: the eligible requests of an edge node by budget, and their levels.
- :mod:`loads`: the demand of each batch of a schedule beside the capacity of its edge node.
- :mod:`limits`: time and node limits of a run, and its progress.
- :mod:`reporting`: the best schedule and bound so far, sent to the caller while a method runs.
- :mod:`errors`: errors of user input in one line.
- :mod:`options`: options with a few allowed words.
- :mod:`text_file`: text files from outside, read up to a maximum size.
- :mod:`clock`: the time of runs, which stands while kernels are compiled or loaded.
- :mod:`borrowed_arrays`: kernels that create no array count no references to arrays.
- :mod:`kernel_library`: the machine code of a kernel, which calls the code of other kernels.
- :mod:`compiled`: the decorators of all kernels that numba compiles.
- :mod:`compilation`: a message that kernels are being compiled, and a second process that helps.
- :mod:`display`: the data types as tables and bars in a notebook.

Algorithms:

- :mod:`algorithm_1`: Algorithm 1: the largest batch of one edge node with spectrum to spare, P2.
- :mod:`ot`: Algorithm 2, optimal tree-search (OT): the largest batch of one edge node, P3'.
- :mod:`tree_search`: the trees of Algorithm 2 and their prunings.
- :mod:`single_node`: the exact largest batch of one edge node, without trees.
- :mod:`best_alternative`: the best of the ways to run one edge node, for methods of one edge node.
- :mod:`generalized_assignment`: each edge node in turn takes its largest batch of what is left.
- :mod:`ot_gah`: Algorithm 3, OT with generalized assignment heuristics (OT-GAH): P1, one edge
  node at a time.
- :mod:`ot_gah_fast`: OT-GAH-fast: the schedule of Algorithm 3 without its trees, for P1 at any
  size.
- :mod:`row_choices`: a row at each edge node that has alternatives, and a schedule of each choice.
- :mod:`ot_gah_plus`: OT-GAH-plus: OT-GAH, then annealing over counts, then rounds of prices and
  random walks.
- :mod:`count_annealing`: OT-GAH-fast, then simulated annealing over counts of equal requests, for
  P1.
- :mod:`improvement`: the random walk and the prices of OT-GAH-plus, and the annealing over counts.
- :mod:`greedy`: baselines: one pass over the requests, each to the first edge node where it still
  fits.
- :mod:`rivals`: heuristics that OT-GAH is compared with: densities, regrets, annealing, evolution.
- :mod:`anytime`: a run that yields better and better schedules and keeps the best at every end.
- :mod:`nothing_eligible`: the case without eligible requests, which every method proves.
- :mod:`ready`: loads every compiled kernel, for processes that are forked afterwards.

Models and checks:

- :mod:`system_models`: Section III of the paper: from physical values to coefficients; import from
  the submodules.
- :mod:`judges`: the checks of schedules and certificates, imported by no solver.
"""
