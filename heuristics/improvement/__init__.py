"""Improvement: moves from schedule to schedule, and prices of requests.

- :mod:`batch_walk`: a random walk through the feasible schedules of P1, and the moves it is made
  of.
- :mod:`prices`: what a request, and a share of an edge node, are worth, by Lagrange multipliers.
"""
