"""Reports: executed notebooks and one-file pages of the runs in a store.

- :mod:`report`: the report of a store: an executed notebook and a page in one file.
- :mod:`subject`: the title, answer and tables of a report, read and computed once.
- :mod:`sources`: the tables of a report, read from stores.
- :mod:`handover`: those tables, given to the kernel that runs the notebook.
- :mod:`faults`: contradictions and failed runs, which ``--strict`` refuses.
- :mod:`rules`: rules that a store of runs must not break, for builds that check results.
- :mod:`pages`: the parts of a report's page: sentences, tables and charts.
"""
