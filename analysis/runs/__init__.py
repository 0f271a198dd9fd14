"""Runs: one run of a method, from its plan to its judged outcome.

- :mod:`limits`: durations, counts, and ranges of seeds.
- :mod:`display`: outcome as HTML: the result, the loads of its schedule as bars, and what the
  judge found.
- :mod:`task`: one run before and after it is made.
- :mod:`running`: a run, planned and performed: the one place that joins solvers, warm starts and
  the judge.
- :mod:`bounding`: a proven bound on the throughput of an instance of any size.
- :mod:`provenance`: what a run was made with, and on what.
"""
