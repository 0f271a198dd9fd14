"""Matheuristics: heuristics made of the prices, the linear programs and the MILPs of P1.

- :mod:`price_ascent`: prices of P1 for heuristics, with alternatives or without.
- :mod:`price_start`: a schedule of many edge nodes made from prices after a few quick steps.
- :mod:`local_search`: ejections: one edge node chooses anew, and the edge nodes that lose requests
  choose after it.
- :mod:`part_model`: the threshold model of some pairs, beside requests that stay where they are.
- :mod:`exact_pricing`: the batch of an edge node of largest profit under (12a) to (12d).
- :mod:`configuration_master`: the LP over the batches found so far.
- :mod:`rounding`: schedules drawn from the weights of batches.
- :mod:`configuration_lp`: column generation over batches, then randomised rounding.
- :mod:`lns`: large neighbourhood search with HiGHS on parts of the schedule.
"""
