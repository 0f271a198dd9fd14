"""Solvers: adapters that hand a model to a solver and read what comes back.

- :mod:`options`: the limits, the seed and the threads of a solver's run.
- :mod:`verdict`: the verdict on a run of a solver: what its answer proves, and no more.
- :mod:`watch`: the watch over a solver's run: its clock, what it finds on the way, and Ctrl-C.
- :mod:`worker`: a process of its own for a solver that must not share one, and the way to talk
  with it.
- :mod:`cp_sat`: P1, P2, P3 and P3' in integers, solved exactly by CP-SAT in a process of its own.
- :mod:`cp_sat_process`: the process of CP-SAT: ``python -m formulations.solvers.cp_sat_process
  FD``, where FD is a connection.
- :mod:`highs`: running a model in HiGHS: limits, warm start, trajectory.
- :mod:`pulp_highs`: a PuLP model as HiGHS holds it.
- :mod:`pyomo_highs`: a Pyomo model as HiGHS holds it.
- :mod:`pyomo_scip`: a Pyomo model as SCIP holds it.
- :mod:`scip`: P1, P2, P3 and P3' with ordered thresholds, solved exactly by SCIP.
"""
