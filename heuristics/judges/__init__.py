"""Judges: the checks of schedules and certificates. No solver imports them.

- :mod:`checker`: every constraint of a problem in integers, each violation with its slack.
- :mod:`verifier`: the bound that a certificate proves, in exact integers.
"""
