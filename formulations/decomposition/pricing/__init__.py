"""Pricing: prices of requests, and the best batches of each edge node at these prices.

- :mod:`prices`: prices of requests and resources, and the profits that they leave.
- :mod:`count_vectors`: how many requests of each level a batch takes, searched by what they lose.
- :mod:`descent`: steps that bring down a convex function of prices, along deflected subgradients.
- :mod:`screen`: fractional knapsacks that bound the batches of all deadlines in one pass.
- :mod:`pricing`: the best batch of each edge node, where requests and spectrum have prices.
- :mod:`dual_ascent`: prices whose bound on P1 falls step by step.
- :mod:`edge_nodes`: edgeNodes: the eligible requests of each edge node, in latency order, by
  levels.
- :mod:`schedules`: what prices are good for.
"""
