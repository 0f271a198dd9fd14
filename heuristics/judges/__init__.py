"""Judges: what checks schedules and certificates, imported by no solver.

- :mod:`checker`: the judge: every constraint of a problem, in integers, named with its slack.
- :mod:`verifier`: the bound that a certificate proves, in exact integers.
"""
