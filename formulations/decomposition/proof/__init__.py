"""Proof: the certificate of a bound, counted in integers.

- :mod:`cells`: ranges of the batches of one edge node, their bounds, and splits in two halves.
- :mod:`edge_node_proof`: tree of splits that proves a bound on the batches of one edge node.
- :mod:`proof`: certificate of a bound, from the prices of the dual ascent.
- :mod:`certificates`: certificates made during a run, and the time reserved for the last one.
- :mod:`choice_tree`: certificates of choices of alternatives, joined to one of all of them.
"""
