"""Runs: one run of a method, from its plan to its judged outcome.

- :mod:`limits`: time limits, counts and seeds, each checked once.
- :mod:`task`: a run that is planned.
- :mod:`plan`: a method, an instance and settings, checked and joined to a task.
- :mod:`method_run`: a task that is performed: the method, its warm start and the judge.
- :mod:`bound_run`: a task that is a bound on P1 or P2, with its certificate.
- :mod:`outcome`: a run that has ended, judged.
- :mod:`violation`: a broken constraint as JSON.
- :mod:`values`: the types of values, and the rules that a value can break.
- :mod:`fields`: the table of a run's fields: JSON, wire, store and schema follow from it.
- :mod:`trees`: the trees that a count of tree nodes covers.
- :mod:`display`: an outcome as HTML for a notebook.
- :mod:`operating_system`: facts about processes, on Linux and elsewhere.
- :mod:`provenance`: versions of the software and properties of the machine.
"""
