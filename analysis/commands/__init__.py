"""Commands: the verbs of the command line, a file each.

Verbs that prepare and solve:

- :mod:`listing`: `otgah families`, `otgah methods` and `otgah catalogue`: the names that other
  verbs take.
- :mod:`generate`: `otgah generate`: instance files of a family.
- :mod:`convert`: `otgah convert`: an instance file in the other version of the format.
- :mod:`solve`: `otgah solve`: solve an instance with a method.
- :mod:`bound`: `otgah bound`: a proven bound for an instance of any size.
- :mod:`check`: `otgah check`: validate an instance file, judge a schedule, verify a certificate.

Verbs for many runs:

- :mod:`batch`: `otgah batch`: many runs into one file.
- :mod:`status`: `otgah status`: the progress of a campaign.
- :mod:`show_run`: `otgah show`: all data of one run.
- :mod:`merge`: `otgah merge`: merge two files of runs into a third one.
- :mod:`simulate`: `otgah simulate`: many epochs of the protocol, with one or several schemes.
- :mod:`experiment`: `otgah experiment`: measure the figures and Table III of Section V again, judge
  its claims.
- :mod:`calibrate`: `otgah calibrate`: a latency profile from measured times, and its errors.
- :mod:`report`: `otgah report`: a notebook and a page about one or two files of runs, and rules to
  check.
- :mod:`export`: `otgah export`, `otgah export-runs` and `otgah schema`: models, tables and file
  formats.
- :mod:`import_solution`: `otgah import`: the solution that another solver found for an exported
  model.

Verbs that test, and the demonstration:

- :mod:`conform`: `otgah conform`: test that a method keeps the promises of every method.
- :mod:`doctor`: `otgah doctor`: test that this machine gives reliable results.
- :mod:`demo`: `otgah demo`: the demonstration.
- :mod:`new`: `otgah new`: a file of your own from a template.

Parts shared by the verbs:

- :mod:`common`: the application, common options, printing and exit statuses.
- :mod:`settings`: ``key=value`` pairs, and lists of values for a grid.
- :mod:`interrupts`: interrupts of a long verb: the first ends the verb cleanly, the second at once.
"""
