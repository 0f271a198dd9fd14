"""Columns: batches that prices leave open, and exact searches over their combinations.

- :mod:`master`: the question whether all edge nodes together can serve a number of requests.
- :mod:`columns`: list of the batches that a better schedule could still use.
- :mod:`column_arrays`: columns and requests of all edge nodes as arrays for kernels.
- :mod:`column_prices`: bound on the profit of each column at its own spectrum prices.
- :mod:`column_descent`: kernel of the steps that lower this bound.
- :mod:`refinement`: descent that lowers the bound of the remaining columns and drops columns.
- :mod:`combinations`: branch and bound over one column for each edge node.
- :mod:`assignment`: requests for edge nodes whose counts by level are fixed.
- :mod:`matching`: the same by bipartite matchings at prices of the bands.
- :mod:`request_order`: one order of deadlines and one set of classes for all edge nodes.
- :mod:`packing`: counts of requests by class, packed into one machine word.
- :mod:`states`: states of the dynamic program and the ways to them.
- :mod:`layout`: columns of all edge nodes as the steps of a program over their depths.
- :mod:`recursion`: dynamic program over the columns of all edge nodes in order of depth.
- :mod:`frontier`: states of least loss at a depth, and their extension by columns.
- :mod:`beam`: search for a schedule that keeps the best states of each depth.
- :mod:`remainder`: one MILP of requests and thresholds, if columns are too many to list.
- :mod:`exact_rows`: MILP rows in small integers, and solutions checked in exact integers.
- :mod:`linear_model`: small MILP, built row by row and solved by HiGHS.
"""
