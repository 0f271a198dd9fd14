"""Pricing: prices of requests, and the best batches of each edge node at these prices.

- :mod:`edge_nodes`: eligible requests of each edge node in latency order, by levels.
- :mod:`prices`: prices of requests and resources, and the profit of each request.
- :mod:`screen`: fractional knapsacks that bound the batches of all deadlines in one pass.
- :mod:`orders`: stable sort for kernels.
- :mod:`count_vectors`: search for the numbers of requests of each level in a batch.
- :mod:`pricing`: best batch of each edge node at given prices.
- :mod:`sorted_pricing`: the same after a single sort of the requests, for many edge nodes.
- :mod:`nested_pairs`: eligible pairs by classes of requests, if the pools of a class are nested.
- :mod:`nested_screen`, :mod:`nested_search`, :mod:`nested_pricing`: the same without a sort there.
- :mod:`group_pricing`: best batch over the alternatives of each edge node.
- :mod:`bins`: groups of requests that share a price while prices are coarse.
- :mod:`descent`: steps that minimise a convex function of prices by deflected subgradients.
- :mod:`dual_ascent`: prices whose bound on P1 falls step by step.
- :mod:`group_ascent`: the same where edge nodes have alternatives.
- :mod:`schedules`: feasible schedules made from prices.
"""
