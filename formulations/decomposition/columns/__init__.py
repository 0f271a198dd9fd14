"""Columns: batches that prices leave open, and the search over them.

- :mod:`exact_rows`: what HiGHS is asked in small integers, and what integers make of its answers.
- :mod:`linear_model`: a small MILP made row by row and given to HiGHS.
- :mod:`assignment`: requests for edge nodes whose counts are fixed.
- :mod:`column_prices`: what columns yield at most, each at the spectrum prices that suit it best.
- :mod:`columns`: the batches that a schedule better than the incumbent could still use.
- :mod:`refinement`: a bound on what is left to try, where each column has spectrum prices of its
  own.
- :mod:`combinations`: one column for each edge node, branched on till none is left.
- :mod:`master`: what is asked of all edge nodes together.
- :mod:`request_order`: what edge nodes share of the order of deadlines and of levels.
- :mod:`packing`: how many requests of each class are asked for, in the fields of one word.
- :mod:`states`: what of the columns chosen so far decides which may follow, and the ways to them.
- :mod:`recursion`: columns in order of depth, one for each edge node, by dynamic programming.
- :mod:`remainder`: what prices leave open, as one MILP of requests and thresholds.
"""
