"""Pages: sentences, tables and charts of the pages of a report, a file for each kind.

- :mod:`elements`: paragraphs, lists and tables of a page, with every value escaped.
- :mod:`grid`: tables of any length that the page's script sorts, filters and draws.
- :mod:`chart`: an interactive chart with its caption, and the layout that all charts share.
- :mod:`marks`: the marks and staircases of charts of runs, and the sample of many runs.
- :mod:`gap_charts`: charts of gaps: by family and method, and shares of runs within a gap.
- :mod:`runtime_charts`: charts of runtimes: against size, and shares of questions within a time.
- :mod:`node_charts`: charts of node counts against size, one for each kind of node.
- :mod:`charts`: all charts of the runs of one problem.
- :mod:`origin`: the file and the number of runs of a page, and what they were made with.
- :mod:`troubles`: contradictions, failed runs and runs without a schedule.
- :mod:`overview`: the answer of a report, and its table by family and method.
- :mod:`rankings`: mean runtimes, the virtual best, and tests of differences of gaps.
- :mod:`campaign`: the page of a campaign: how its runs ended, and when they were made.
- :mod:`changes`: charts and the grid of the pairs of two campaigns.
- :mod:`comparison`: the page of two campaigns: answers, methods, and pairs that changed.
- :mod:`instance`: the page of one instance: its question, its answer and its size.
- :mod:`simulation`: the page of a simulation: fates, latencies and utilisation by scheme.
- :mod:`simulation_charts`: charts of latencies of a simulation, and of edge nodes over time.
- :mod:`league`: the page of a league: standings, gaps by family and over time.
- :mod:`schedule`: one schedule: its loads, its batches, and what blocks other requests.
"""
