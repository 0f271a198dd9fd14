"""Problems as models, the solvers of these models, and a decomposition that proves optimality.

- :mod:`evaluation`: evaluation of a schedule in the rows of a problem, in exact integers.
- :mod:`statement`: the statement of a problem: which data and which z it is stated for.
- :mod:`question`: the question that an exact method is asked, and what its answer is judged by.
- :mod:`language`: the modelling languages, each a set of modules of its name, and the forms of a
  model.
- :mod:`parameters`: the numbers of the models' rows, shared by both languages.
- :mod:`solvers`: adapters that hand a model to a solver and read what comes back.
- :mod:`decomposition`: P1 solved exactly by Lagrangian decomposition into one pricing problem an
  edge node.
- :mod:`export`: export of a model to a file that any other solver reads.
- :mod:`milp`: P1, P2, P3 and P3' as MILP in Pyomo or PuLP, solved exactly by HiGHS.
- :mod:`pulp_models`: models in PuLP: P1, P2, P3 and P3′, a module each.
- :mod:`pyomo_models`: models in Pyomo: P1, P2, P3 and P3′, a module each, and the threshold form.
- :mod:`ready`: importing this module makes the kernels of the decomposition ready, for forked
  processes.
"""
