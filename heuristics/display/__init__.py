"""Display: the data types as HTML for a notebook, tables and bars of loads.

- :mod:`markup`: what displays are made of: tables and bars, escaped, with their style in place.
- :mod:`coefficients`: what is wanted of each edge node beside what it has.
- :mod:`schedule`: the batch of each edge node, and what it takes.
- :mod:`result`: what was found, what is proved, and how long it took.
- :mod:`scenario`: the requests and the edge nodes, in the units of daily use.
"""
