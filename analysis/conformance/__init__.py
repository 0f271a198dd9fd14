"""Conformance: the suite that every method passes, a user's own too.

- :mod:`cases`: the cases of the conformance campaign: instances, and what their optima
  are known by.
- :mod:`work`: the work of a conformance run: as any other, and the input must not be changed by
  it.
- :mod:`conform`: a small campaign that shows whether a method keeps what every method promises.
"""
