"""Reports: executed notebooks and one-file pages of the runs in a store.

- :mod:`iri_grammars`: what jsonschema builds at its import, for a format that nothing here
  checks.
- :mod:`pages`: the parts of the pages of a report: tables, charts, the table of runs.
- :mod:`page`: the parts of a report's page, as HTML that a notebook shows too.
- :mod:`report`: the report: an executed notebook, and a page in one file that asks no network for
  anything.
- :mod:`rules`: what must not be so in a file of runs, for a command that ends a build.
"""
