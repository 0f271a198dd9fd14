"""Text: results as plain sentences and tables for a terminal.

- :mod:`phrases`: counts, times, shares and aligned tables as people read them.
- :mod:`answer`: the answer of a report in words, made from the table of runs alone.
- :mod:`campaign`: plain text of what care of a campaign needs: its status, and one run.
- :mod:`comparison`: a comparison of two campaigns in words, and in tables for a terminal.
- :mod:`paired`: the sentence that a paired test of two methods supports.
- :mod:`runtimes`: the fastest method, and the growth of runtimes, in sentences.
- :mod:`description`: families, methods and the catalogue as ``otgah`` lists them in a terminal.
- :mod:`outcome`: plain text for a terminal: a run, a study or a verdict in a few lines.
"""
