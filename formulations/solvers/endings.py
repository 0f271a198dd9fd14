"""Endings: one table that translates the final status of each solver to a status and a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.result import EndedBy, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from formulations.solvers.conclusion import Ending

_PROVED: Ending = (Status.OPTIMAL, EndedBy.PROOF)
_INFEASIBLE: Ending = (Status.INFEASIBLE, EndedBy.PROOF)
_TIME: Ending = (Status.FEASIBLE, EndedBy.TIME_LIMIT)
_NODES: Ending = (Status.FEASIBLE, EndedBy.NODE_LIMIT)
_MEMORY: Ending = (Status.FEASIBLE, EndedBy.MEMORY_LIMIT)
_INTERRUPTED: Ending = (Status.FEASIBLE, EndedBy.INTERRUPTED)

# "Infeasible or unbounded" is infeasible: every variable of every model is bounded.
ENDINGS: Mapping[str, Mapping[str, Ending]] = {
    # https://ergo-code.github.io/HiGHS/dev/structures/enums/#HighsModelStatus
    "highs": {
        "kOptimal": _PROVED,
        "kInfeasible": _INFEASIBLE,
        "kUnboundedOrInfeasible": _INFEASIBLE,
        "kTimeLimit": _TIME,
        "kSolutionLimit": _NODES,  # only its node limit is set
        "kInterrupt": _INTERRUPTED,
        "kHighsInterrupt": _INTERRUPTED,
        "kMemoryLimit": _MEMORY,
    },
    # https://docs.gurobi.com/projects/optimizer/en/current/reference/numericcodes/statuscodes.html
    "gurobi": {
        "OPTIMAL": _PROVED,
        "INFEASIBLE": _INFEASIBLE,
        "INF_OR_UNBD": _INFEASIBLE,
        "TIME_LIMIT": _TIME,
        "NODE_LIMIT": _NODES,
        "INTERRUPTED": _INTERRUPTED,
        "MEM_LIMIT": _MEMORY,
    },
    # SolutionStatus of the Python interface, the CPXMIP codes of the callable library.
    "cplex": {
        "MIP_optimal": _PROVED,
        "optimal_tolerance": _PROVED,  # the gap limit is 0; the bound decides
        "MIP_infeasible": _INFEASIBLE,
        "MIP_infeasible_or_unbounded": _INFEASIBLE,
        "MIP_time_limit_feasible": _TIME,
        "MIP_time_limit_infeasible": _TIME,
        "node_limit_feasible": _NODES,
        "node_limit_infeasible": _NODES,
        "MIP_abort_feasible": _INTERRUPTED,
        "MIP_abort_infeasible": _INTERRUPTED,
        "mem_limit_feasible": _MEMORY,
        "mem_limit_infeasible": _MEMORY,
    },
    # SolStatus of a completed solve, else StopType.
    "xpress": {
        "OPTIMAL": _PROVED,
        "INFEASIBLE": _INFEASIBLE,
        "TIMELIMIT": _TIME,
        "NODELIMIT": _NODES,
        "USER": _INTERRUPTED,
        "CTRLC": _INTERRUPTED,
        "MEMORYERROR": _MEMORY,
    },
    # Constants of the class COPT.
    "copt": {
        "OPTIMAL": _PROVED,
        "INFEASIBLE": _INFEASIBLE,
        "INF_OR_UNB": _INFEASIBLE,
        "TIMEOUT": _TIME,
        "NODELIMIT": _NODES,
        "INTERRUPTED": _INTERRUPTED,
    },
    # https://scipopt.org/doc/html/type__stat_8h.php
    "scip": {
        "optimal": _PROVED,
        "infeasible": _INFEASIBLE,
        "inforunbd": _INFEASIBLE,
        "timelimit": _TIME,
        "nodelimit": _NODES,
        "totalnodelimit": _NODES,
        "memlimit": _MEMORY,
        "userinterrupt": _INTERRUPTED,
    },
}
"""Status and reason for each status of a solver, by solver; any other status is an error.

FEASIBLE becomes NONE without an incumbent.
"""
