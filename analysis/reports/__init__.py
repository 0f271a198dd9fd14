"""Reports: executed notebooks and one-file pages of the runs in a store.

- :mod:`report`: the report of a store: an executed notebook and a page in one file.
- :mod:`rules`: rules that a store of runs must not break, for builds that check results.
- :mod:`pages`: the parts of a report's page: sentences, tables and charts.
"""
