"""Improvement: better schedules from a feasible one.

- :mod:`batch_walk`: a random walk through the feasible schedules of P1, and its moves.
- :mod:`subgradient_prices`: Lagrange multipliers of requests and resources by a subgradient method,
  their bound on P1, and a ranking of the requests by them.
"""
