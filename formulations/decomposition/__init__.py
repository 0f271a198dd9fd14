"""P1 solved exactly by Lagrangian decomposition into one pricing problem an edge node.

The order to read in:

1. *Prices.* :mod:`edge_nodes` (the data), :mod:`prices`, :mod:`screen` (all deadlines by fractional
   knapsacks), :mod:`count_vectors` (the exact search), :mod:`pricing` (the best batches),
   :mod:`dual_ascent` (better prices), :mod:`schedules` (what prices are good for).
2. *What they leave open.* :mod:`columns` (the batches that could still do better), then of few edge
   nodes :mod:`combinations`, which branches, with the bounds of :mod:`refinement` and
   :mod:`column_prices`; of many :mod:`recursion` over :mod:`states`; :mod:`assignment` for one
   combination; and :mod:`remainder`, one MILP where columns are too many.
3. *What it proves.* :mod:`proof`, the certificate, of trees that :mod:`edge_node_proof` grows from
   :mod:`cells`.
4. *The whole.* :mod:`approach` brings prices and schedules close, :mod:`neighbourhood` moves from
   schedule to schedule, :mod:`search` brings bound and incumbent together; :mod:`decomposition` is
   what is called.
"""
