"""Rivals: the heuristics that a reviewer would compare OT-GAH with.

- :mod:`greedy_density`: each edge node in turn takes the requests of least weighted demand.
- :mod:`regret`: the request whose best and second-best edge nodes differ most goes first.
- :mod:`regret_passes`: schedules of that rule under many deadlines, and shifts of requests.
- :mod:`simulated_annealing`: single requests join, leave, move and change places.
- :mod:`genetic`: a biased random-key genetic algorithm of pymoo, with a greedy decoder.
"""
