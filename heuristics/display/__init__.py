"""Display: the data types as HTML tables for notebooks, with bars for loads.

- :mod:`palette`: the colours of every drawing.
- :mod:`markup`: tables and bars with inline style, every value escaped.
- :mod:`coefficients`: demand and capacity of each edge node.
- :mod:`scenario`: requests and edge nodes in everyday units.
- :mod:`schedule`: the batch of each edge node, and its loads.
- :mod:`result`: schedule, bound and runtime of a method.
"""
