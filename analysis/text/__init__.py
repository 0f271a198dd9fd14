"""Text: results as plain sentences and tables for a terminal.

- :mod:`phrases`: counts, shares, durations and aligned tables in words.
- :mod:`outcome`: a run, or a bound.
- :mod:`verdict`: the findings of a check of an instance, a schedule or a certificate.
- :mod:`nodes`: the methods whose tree nodes are of the trees that the bound leaves.
- :mod:`summary`: gaps, times and nodes by family and method.
- :mod:`campaign`: the status of a campaign, and one of its runs.
- :mod:`simulation`: the requests that each scheme completed.
- :mod:`league`: the standings of a league of heuristics.
- :mod:`study`: the verdict on each claim of an experiment.
- :mod:`calibration`: the coefficients of a calibration, and the errors of a profile.
- :mod:`description`: families, methods and the catalogue.
- :mod:`answer`: the answer of a report.
- :mod:`instance`: the best schedule of an instance, and the blocking constraints.
- :mod:`campaign_runs`: the endings, questions, dates and software of the runs of a campaign.
- :mod:`comparison`: the comparison of two campaigns.
- :mod:`paired`: the result of a paired test of two methods.
- :mod:`runtimes`: the fastest method and the growth of runtimes.
"""
