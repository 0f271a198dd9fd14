"""Conformance: the tests that every method must pass, including methods of plug-ins.

- :mod:`conform`: the checks of a method, each of one promise.
- :mod:`cases`: the instances that a method must solve, with their known optima.
- :mod:`work`: the work of a run, which also checks that the coefficients stay unchanged.
"""
