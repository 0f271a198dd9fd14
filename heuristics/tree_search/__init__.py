"""Tree search: the trees of Algorithm 2 and their prunings.

- :mod:`sorted_edge_node`: one edge node as the algorithms of Section IV see it, with its requests
  in latency order.
- :mod:`candidates`: :math:`F_d`, the requests that Algorithm 2 chooses among, and their trees.
- :mod:`search_tree`: the search trees of one edge node and the compiled walk through them.
- :mod:`cheap_tests`: tests of one constraint at a time that rule out pairs (z, d) before a tree is
  searched.
- :mod:`joint_constraint`: the same by one weighted sum of the four constraints.
"""
