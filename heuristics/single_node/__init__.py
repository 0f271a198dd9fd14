"""Single node: the exact largest batch of one edge node, without trees.

- :mod:`bound`: the Lagrangian bound UB(d) on the largest batch among :math:`F_d`, for all d at
  once.
- :mod:`lattice`: the exact search where many levels have a choice and several resources have a
  price.
- :mod:`multipliers`: the Lagrangian bound on one question, and the y that makes it least.
- :mod:`question`: whether z of the requests :math:`F_d` fit, in counts of each level.
- :mod:`requests`: what one edge node may serve, sorted for the exact search at any size.
- :mod:`walk`: the exact search for counts that fit, level by level.
- :mod:`windows`: the counts of each level that a question may have in its answer.
- :mod:`decision`: the answers to questions about :math:`F_d`, and the work that they take.
- :mod:`search`: the largest batch of one edge node, and of all such the one that OT finds first.
- :mod:`single_node`: the exact single node: the largest batch of one edge node at any size, with
  its proof.
"""
