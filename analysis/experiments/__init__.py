"""Experiments: the paper's Section V and beyond, each with its claims and their tests.

- :mod:`caps`: the best batches with caps: each edge node pads to a length that is chosen with its
  batch.
- :mod:`claim`: a sentence of the paper, the test that was chosen for it, and what came of it.
- :mod:`statistics`: means over seeds, and paired differences, with intervals.
- :mod:`comparing`: the tests that several claims share, each from rows to an answer.
- :mod:`measures`: what makes a row of an experiment.
- :mod:`experiment`: what varies, what is fixed, what is measured, and which claims it tests.
- :mod:`picture`: drawings with the words that go with them, all in one style.
- :mod:`figure`: lines with bands over what varies, one panel above the other, and what the paper
  says.
- :mod:`lines`: the lines of Section V's figures, and the readings of its text that claims are
  tested under.
- :mod:`waiting_curves`: curves by scheme, a panel an LLM, a drawing for each reading of waiting:
  Figs.
- :mod:`epoch_durations`: Figs.
- :mod:`fig8`: Fig.
- :mod:`fig11`: Fig.
- :mod:`fig12`: Fig.
- :mod:`fig13`: Fig.
- :mod:`half`: Algorithm 3: how near OT-GAH comes to the optimum, where half of it is proved.
- :mod:`tornado`: what each change does to some quantities, one bar a change and one panel a
  quantity.
- :mod:`traced`: the measure of the modern page: epochs of requests that were really made, in
  bursts.
- :mod:`modern`: beyond the paper: the same study on today's LLMs and boards, with requests in
  real bursts.
- :mod:`page`: the claims with their verdicts, then a section for each experiment, in one file.
- :mod:`readings`: what the paper's text leaves open, one alternative each to how it is read here.
- :mod:`solved_epochs`: the measure of the sensitivity: epochs solved one by one, without their
  execution.
- :mod:`sensitivity`: what the study comes to if what the text leaves open is read otherwise.
- :mod:`single`: Algorithms 1 and 2: whether they are optimal for one edge node, and how their
  time grows.
- :mod:`table3`: what pruning the tree saves, in nodes and in time, by the rate of arrivals.
- :mod:`registry`: the experiments, by name, in the order of the page.
- :mod:`runner`: makes the rows of experiments that are not there yet, and returns their tables.
- :mod:`study`: runs experiments, judges the claims, draws the figures, writes tables and one
  page.
"""
