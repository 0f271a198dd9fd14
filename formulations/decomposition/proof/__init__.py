"""Proof: the certificate of a bound, counted in integers.

- :mod:`cells`: ranges of the batches of one edge node, their bounds, and how to halve them.
- :mod:`edge_node_proof`: edgeNodeProof: a tree of splits that proves how much a batch of one edge
  node can yield.
- :mod:`proof`: the certificate of a bound, made of the prices that the dual ascent found.
"""
