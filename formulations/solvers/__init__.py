"""Solvers: adapters that hand a model to a solver and read its answer.

- :mod:`options`: time limit, node limit, seed and threads of a solver run.
- :mod:`watch`: clock, incumbents and bounds of a running solver, and Ctrl-C.
- :mod:`conclusion`: result that a solver's answer proves, judged in integers.
- :mod:`exact_run`: loop over two feasibility tolerances, shared by the MILP solvers.
- :mod:`endings`: one table of the final statuses of all solvers.
- :mod:`highs`: options and interrupts of HiGHS, and runs of big-M and threshold models.
- :mod:`pyomo_highs`: translation of a Pyomo model for HiGHS.
- :mod:`pulp_highs`: translation of a PuLP model for HiGHS.
- :mod:`solver_entry`: solvers that a MILP method can use, with what installs each of them.
- :mod:`native`: model inside the Python interface of a solver, and its exact run.
- :mod:`pyomo_native`: translation of a Pyomo model for these solvers.
- :mod:`pulp_native`: translation of a PuLP model for these solvers.
- :mod:`gurobi_run`: options, interrupt and answer of Gurobi.
- :mod:`cplex_run`: options, interrupt and answer of CPLEX.
- :mod:`xpress_run`: options, interrupt and answer of Xpress.
- :mod:`copt_run`: options, interrupt and answer of COPT.
- :mod:`scip_run`: options, interrupt, incumbents and answer of SCIP.
- :mod:`licence`: limit of size that the licence of a solver sets.
- :mod:`silence`: no line of a solver on standard output.
- :mod:`scip`: method ``scip``: P1, P2, P3 and P3' with ordered thresholds, solved by SCIP.
- :mod:`pyomo_scip`: translation of a Pyomo model for SCIP.
- :mod:`cp_sat`: method ``cp-sat``: P1, P2, P3 and P3' in whole numbers, solved by CP-SAT.
- :mod:`cp_sat_process`: model of CP-SAT and main module of the process that solves it.
- :mod:`worker`: connection to a solver process that is kept for the next question.
"""
