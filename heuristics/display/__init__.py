"""Display: the data types as HTML for a notebook, tables and bars of loads.

- :mod:`palette`: the colours of every drawing.
- :mod:`markup`: tables and bars with their style in place, every value escaped.
- :mod:`coefficients`: what is wanted of each edge node beside what it has.
- :mod:`schedule`: the batch of each edge node, and what it takes.
- :mod:`result`: what was found, what is proved, and how long it took.
- :mod:`scenario`: the requests and the edge nodes, in the units of daily use.
"""
