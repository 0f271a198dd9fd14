"""Models in PuLP: P1, P2, P3 and P3' in one module each.

- :mod:`rows`: variables and constraints that the problems share, tagged by each of them.
- :mod:`p1`: largest throughput of all edge nodes.
- :mod:`p2`: largest batch of one edge node without spectrum limits.
- :mod:`p3`: batch of exactly z requests at one edge node without spectrum limits.
- :mod:`p3prime`: P1 at one edge node, as maximisation or for exactly z requests.
"""
