"""Solvers: adapters that hand a model to a solver and read its answer.

- :mod:`options`: time limit, node limit, seed and threads of a solver run.
- :mod:`watch`: clock, incumbents and bounds of a running solver, and Ctrl-C.
- :mod:`conclusion`: result that a solver's answer proves, judged in integers.
- :mod:`exact_run`: loop over two feasibility tolerances, shared by the MILP solvers.
- :mod:`highs`: options and interrupts of HiGHS, and runs of big-M and threshold models.
- :mod:`pyomo_highs`: translation of a Pyomo model for HiGHS.
- :mod:`pulp_highs`: translation of a PuLP model for HiGHS.
- :mod:`scip`: method ``scip``: P1, P2, P3 and P3' with ordered thresholds, solved by SCIP.
- :mod:`pyomo_scip`: translation of a Pyomo model for SCIP.
- :mod:`cp_sat`: method ``cp-sat``: P1, P2, P3 and P3' in whole numbers, solved by CP-SAT.
- :mod:`cp_sat_process`: model of CP-SAT and main module of the process that solves it.
- :mod:`worker`: connection to a solver process that is kept for the next question.
"""
