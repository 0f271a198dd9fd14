"""Single node: the exact largest batch of one edge node, without trees.

- :mod:`single_node`: the method: the largest batch of one edge node at any size, with its proof.
- :mod:`sorted_requests`: the eligible requests of one edge node, sorted for the search.
- :mod:`batch_search`: the search for the optimum, and among the optima for the batch that OT finds
  first.
- :mod:`bound`: the Lagrangian bound UB(d) on the largest batch among :math:`F_d`, for all d at
  once.
- :mod:`feasibility_oracle`: the decision whether z of the requests :math:`F_d` fit.
- :mod:`count_problem`: that decision in numbers of requests of each level, and its first tests.
- :mod:`multipliers`: the Lagrangian bound on a count problem, and the y that makes it least.
- :mod:`count_windows`: the range of each level's count that the bound leaves.
- :mod:`walk`: the exact search within the windows, level by level.
- :mod:`lattice`: the exact search within the windows where many levels have a choice and several
  resources have a price.
"""
