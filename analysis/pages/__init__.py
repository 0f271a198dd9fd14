"""The parts of the pages of a report: tables, charts, the table of runs. None of them solves."""
