"""Pages: charts and tables of a report, a file a kind.

- :mod:`grid`: a table of any length, which sorts and filters, of which the page draws what is in
  view.
- :mod:`chart`: an interactive drawing with the words that go with it, and what all drawings
  share.
- :mod:`markup`: what the pages are made of, with every value escaped unless it is markup already.
- :mod:`campaign`: the page of a campaign: what ran, what failed, with what it was made.
- :mod:`changes`: the pairs of two campaigns on a page: charts of before against after, and the
  grid of all.
- :mod:`marks`: what charts of runs are drawn of, and which runs are drawn where there are very
  many.
- :mod:`gap_charts`: charts of gaps: by family and method, and which share of runs ends within a
  gap.
- :mod:`node_charts`: charts of the nodes that runs visited, each kind by itself, against size.
- :mod:`runtime_charts`: charts of runtimes: against size, and which share of the questions is
  ended within a time.
- :mod:`charts`: the charts of a table of runs: each answers one question and says where it comes
  from.
- :mod:`comparison`: the comparison of two campaigns on a page: the answers, the methods, the
  pairs that changed.
- :mod:`instance`: the page of one instance: who serves how many, what its schedules use, what
  blocks the next.
- :mod:`rankings`: runtimes in three means, the virtual best, and which differences are shown.
- :mod:`schedule`: a schedule on a page: its loads, its batches, and what keeps the other requests
  out.
"""
