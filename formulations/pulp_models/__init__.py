"""Models in PuLP: P1, P2, P3 and P3′, a module each.

- :mod:`p1`: the largest throughput of all edge nodes.
- :mod:`p2`: the largest batch of one edge node, its spectrum left aside.
- :mod:`p3`: a batch of exactly z requests at one edge node, its spectrum left aside.
- :mod:`p3prime`: P3' in PuLP: P1 at one edge node, as maximisation or for exactly z requests.
"""
