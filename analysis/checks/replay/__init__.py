"""Replay: the last step of a certificate, made again by code that shares nothing with the solver.

- :mod:`enumeration`: the replay of an enumeration: its leaves, their columns and the decision.
- :mod:`columns`: the count vectors of an edge node that the certificate does not rule out.
- :mod:`leaf_search`: the search of one leaf for its count vectors.
- :mod:`gain_sums`: sums of the largest gains of a level, which leaves share.
- :mod:`requirements`: requests that a column needs, comparable between edge nodes.
- :mod:`recursion`: proof that combinations of columns break requirements or lose too much.
- :mod:`states`: the search of the recursion, in integers of 64 bits.
- :mod:`combinations`: all combinations of one column per edge node, where they are few enough.
- :mod:`combination_prices`: prices of requests and spectrum that rule out a combination.
- :mod:`column_choice`: a MILP that chooses one column per edge node and fills it with requests.
- :mod:`amounts`: large integers, shortened so that their sums fit in 64 bits.
- :mod:`limits`: the time of a replay, and the errors of a replay that exceeds a limit.
"""
