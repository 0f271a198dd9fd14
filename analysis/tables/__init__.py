"""Tables: runs as rows for other programs, and the schemas of all formats.

- :mod:`runs`: the table with one row for each run, in memory and as a file.
- :mod:`named`: evaluations of that table, by name.
- :mod:`simulation`: the tables of a simulation in a folder.
- :mod:`league`: the file of the runs of a league of heuristics.
- :mod:`run_schema`: the table as one JSON document, and its schema.
- :mod:`schemas`: the JSON Schema of each format.
"""
