"""Commands: the verbs of the command line, a file each.

- :mod:`common`: what the verbs share: the application, options with one meaning, printing, exit
  statuses.
- :mod:`interrupts`: the first ends it cleanly, the second at once.
- :mod:`settings`: ``key=value`` pairs, and lists of values for a grid.
- :mod:`batch`: `otgah batch`: many runs into one file.
- :mod:`bound`: `otgah bound`: a proven bound for any instance.
- :mod:`check`: `otgah check`: a file validated, a schedule judged, a certificate verified.
- :mod:`conform`: `otgah conform`: whether methods keep what every method promises.
- :mod:`demo`: the demonstration: generate instances, solve them exactly and by heuristics, write
  a report.
- :mod:`doctor`: `otgah doctor`: whether this machine gives results to be trusted.
- :mod:`experiment`: `otgah experiment`: the figures and Table III of Section V measured again,
  its claims judged.
- :mod:`export`: `otgah export`, `otgah export-runs`, `otgah schema`: models, tables and formats
  for others.
- :mod:`generate`: `otgah generate`: instance files of a family.
- :mod:`listing`: `otgah families` and `otgah methods`: what there is.
- :mod:`merge`: `otgah merge`: two files of runs into a third.
- :mod:`report`: `otgah report`: a notebook and a page of a file of runs, or of two, and rules for
  builds.
- :mod:`show_run`: `otgah show`: everything of one run.
- :mod:`simulate`: `otgah simulate`: many epochs of the protocol, one scheme beside the other.
- :mod:`solve`: `otgah solve`: one run.
- :mod:`status`: `otgah status`: how far a campaign is.
"""
