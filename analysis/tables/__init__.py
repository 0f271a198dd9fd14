"""Tables: runs as rows for other programs, and the schemas of all formats.

- :mod:`named`: Tables: what :mod:`analysis.metrics` says of a table of runs, each under a name,
  for export.
- :mod:`run_schema`: the table of runs as one JSON document, and the schema of that document.
- :mod:`runs`: the table of runs: a row a run, for Python, spreadsheets, papers and other tools.
- :mod:`schemas`: JSON Schemas of everything that is read or written, by the name of the format.
"""
