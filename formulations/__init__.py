"""Problems as models, the solvers of these models, and a decomposition that proves optimality.

- :mod:`statement`: the data and the cardinalities z for which each problem is defined.
- :mod:`evaluation`: evaluation of a schedule in the rows of a problem, in exact integers.
- :mod:`question`: a problem with data, cardinality and warm start, as exact methods take it.
- :mod:`parameters`: numbers of the models' rows, shared by Pyomo and PuLP.
- :mod:`row_titles`: names of constraints in exported files, with the tags of the paper.
- :mod:`pyomo_models`: models in Pyomo: P1, P2, P3 and P3', and the threshold form.
- :mod:`pulp_models`: models in PuLP: P1, P2, P3 and P3'.
- :mod:`language`: the two modelling languages and the two forms of a model.
- :mod:`solvers`: adapters that hand a model to a solver and read its answer.
- :mod:`milp`: methods ``milp-bigm``, ``milp-bigm-pulp`` and ``milp-threshold``.
- :mod:`export`: export of a model to an MPS or LP file for other solvers.
- :mod:`solution_file`: solution files that other solvers write for an exported model.
- :mod:`decomposition`: P1 solved exactly by Lagrangian decomposition.
- :mod:`matheuristics`: heuristics made of prices, linear programs and MILPs.
- :mod:`ready`: import that compiles or loads the decomposition's kernels before a fork.
"""
