"""The demonstration: first results in a minute, with every kind of problem.

- :mod:`demo`: generate instances, solve them exactly and by heuristics, write a report.
"""
