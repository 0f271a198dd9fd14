"""Matheuristics: heuristics made of the prices, the linear programs and the MILPs of P1.

- :mod:`price_ascent`: prices of P1 for heuristics, with alternatives or without.
- :mod:`local_search`: ejections: one edge node chooses anew, and the edge nodes that lose requests
  choose after it.
"""
