"""Decomposition: P1 solved exactly by Lagrangian relaxation, one pricing problem an edge node.

- :mod:`pricing`: prices of requests, the best batches of each edge node at these prices, bounds.
- :mod:`columns`: the batches that a bound leaves open, and the search over their combinations.
- :mod:`proof`: the certificate of the bound, counted in integers.
- :mod:`approach`: prices and schedules in turn, until a round closes no part of the gap.
- :mod:`neighbourhood`: moves from schedule to schedule by solving some edge nodes again.
- :mod:`search`: bound and incumbent brought together; columns where a gap remains.
- :mod:`decomposition`: the method ``decomposition`` and the command ``otgah bound``.
"""
