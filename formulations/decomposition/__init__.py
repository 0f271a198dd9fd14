"""P1 solved exactly by Lagrangian decomposition into one pricing problem an edge node.

The order to read in: :mod:`edge_nodes` (the data), :mod:`pricing` (the best batch of an edge node
under prices), :mod:`dual_ascent` (better prices), :mod:`schedules` (what prices are good for),
:mod:`columns` and :mod:`master` (all that could still be better), :mod:`branching`,
:mod:`proof` (the certificate), :mod:`bounding` and :mod:`decomposition` (the whole).
"""
