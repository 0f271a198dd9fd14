"""Continuous batching: requests join and leave an edge node's batch between steps.

- :mod:`policy`: the options of the scheme.
- :mod:`job`: a request at an edge node, and how far it has come.
- :mod:`band`: a band in equal shares of those transmitting.
- :mod:`linear_time`: the time of decoding steps as a sum in closed form.
- :mod:`step_time`: the time of an iteration, by each latency model.
- :mod:`pace`: true and planned computing times beside the estimates.
- :mod:`cache_memory`: the memory of an edge node that caches fill.
- :mod:`waiting`: requests that wait for an edge node, in order.
- :mod:`running`: requests that decode, as sums that each step changes alike.
- :mod:`step`: an executed iteration, or several equal ones, for observers.
- :mod:`station`: an edge node: plans and executes iterations.
- :mod:`dispatch`: the edge node that a request is sent to.
- :mod:`continuous_batching`: the scheme over many epochs.
"""
