"""Tree search: the trees of Algorithm 2 and their prunings.

- :mod:`edge_node`: edgeNode: one edge node as the algorithms of Section IV see it, in latency
  order.
- :mod:`joint_constraint`: the joint test: one weighted sum of the four constraints in their
  place.
- :mod:`search_tree`: the search trees of Algorithm 2 at one edge node, and the walk through them,
  compiled.
- :mod:`candidates`: :math:`F_d`, the requests that Algorithm 2 chooses among, and their trees.
- :mod:`cheap_tests`: the cheap tests: which (z, d) may have a batch, one constraint at a time.
"""
