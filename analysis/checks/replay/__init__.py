"""Replay: the last step of a certificate, made again by other code.

- :mod:`amounts`: integers of any size, shortened so that their sums fit in 64 bits.
- :mod:`column_choice`: one column for each edge node and a schedule of them, as a MILP.
- :mod:`columns`: the count vectors of an edge node that a certificate does not rule out.
- :mod:`combination_prices`: prices of requests and of spectrum that a combination of columns
  cannot pay.
- :mod:`combinations`: one column for each edge node, all tried where they are few enough.
- :mod:`requirements`: what columns of different edge nodes ask for, so that they can be compared.
- :mod:`states`: what of the requirements taken so far decides which may follow, searched in
  integers.
- :mod:`recursion`: combinations of columns ruled out together, by what they require of the
  requests.
- :mod:`replay`: the last step of a certificate by enumeration, made again from its multipliers.
"""
