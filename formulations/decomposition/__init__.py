"""P1 solved exactly by Lagrangian decomposition into one pricing problem an edge node.

The order to read in: :mod:`edge_nodes` (the data), :mod:`prices`, :mod:`screen` (a bound on the
batches of an edge node under prices), :mod:`count_vectors` and :mod:`pricing` (the best batch),
:mod:`dual_ascent` (better prices), :mod:`schedules` (what prices are good for), :mod:`columns`
and :mod:`master` (all that could still be better), :mod:`cells`, :mod:`edge_node_proof` and
:mod:`proof` (the certificate), :mod:`search` and :mod:`decomposition` (the whole).
"""
