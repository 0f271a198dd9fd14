"""Methods: the solvers by name, with the options of each.

- :mod:`registry`: every method of this distribution by its name.
- :mod:`method`: a named solver with its properties and options.
- :mod:`option`: a named parameter of a method, its default and its allowed values.
- :mod:`adapters`: functions that call the solvers with a task and import them when called.
- :mod:`describe`: families and methods as ``--json`` of the command line lists them.
"""
