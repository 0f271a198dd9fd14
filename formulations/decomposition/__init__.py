"""Decomposition: P1 solved exactly by Lagrangian relaxation, one pricing problem an edge node.

- :mod:`pricing`: prices of requests, best batches of each edge node at these prices, and bounds.
- :mod:`columns`: batches that a bound leaves open, and the search over their combinations.
- :mod:`proof`: certificate of the bound, counted in integers.
- :mod:`approach`: dual ascent and schedules from prices in turn, before columns are listed.
- :mod:`wide_approach`: the same for many edge nodes: annealing, beams, steps of fixed lengths.
- :mod:`neighbourhood`: moves that reschedule a few edge nodes of a schedule.
- :mod:`components`: parts of a problem that share neither edge nodes nor requests.
- :mod:`search`: approach, then columns until the gap between bound and incumbent is closed.
- :mod:`fixed_search`: the search of one choice of rows, where edge nodes have alternatives.
- :mod:`choice_search`: branch and bound over alternatives, each choice of which is a search.
- :mod:`decomposition`: methods ``decomposition`` and ``bound``.
"""
