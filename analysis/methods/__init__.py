"""Methods: what can be solved with, and the options of each.

- :mod:`adapters`: the solvers as the registry calls them: a task in, a result out, imports only
  when called.
- :mod:`describe`: families and methods as the lists of the command line have them.
- :mod:`method`: a named solver and what can be asked of it.
- :mod:`option`: a named parameter, its default, and the values it can take.
- :mod:`registry`: the registry of methods: every name, and the solver behind it.
"""
