"""Registry of methods: every method of this distribution by its name."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from analysis.methods import adapters
from analysis.methods.method import Method
from analysis.methods.option import Option
from formulations.solvers.solver_entry import DEFAULT_SOLVER, SOLVERS
from heuristics.problem import Problem
from heuristics.result import NodeKind


def methods() -> tuple[Method, ...]:
    """Return every method, in the order of the table at the end of this module; plug-ins last."""
    return tuple(METHODS.values())


_Z = Option(
    name="z",
    summary="the number z of requests; P3 and P3' then ask if a batch of z requests exists",
    default=None,
)
_START = Option(
    name="start",
    summary="the trees that are searched and counted: all, or those that the bound leaves",
    default="all",
    allowed=("all", "bound"),
)
_ORDER = Option(
    name="order",
    summary="the order of the edge nodes; all tries every permutation, of at most 6 edge nodes",
    default="given",
    allowed=("given", "capacity", "random", "all"),
)
_TIES = Option(
    name="ties",
    summary="the preferred of two equal requests: the first, or that of fewer edge nodes",
    default="index",
    allowed=("index", "eligibility"),
)
_INNER = Option(
    name="inner",
    summary="the pruning of the trees of an edge node, by the name of its method",
    default="ot",
    allowed=("ot", "ot-literal", "ot-pseudocode", "ot-unpruned"),
)
_MOVES = Option(
    name="moves",
    summary="the number of moves of the cooling, at most 1,000 for each eligible pair",
    default=10**7,
)
_PATIENCE = Option(
    name="patience",
    summary="the number of moves without a better schedule after which the run ends",
    default=500,
)
_DRAWS = Option(
    name="draws",
    summary="the number of schedules drawn from the last LP",
    default=100,
)
_GENERATIONS = Option(
    name="generations",
    summary="the number of generations",
    default=300,
)
_PRUNINGS = {
    "ot": ("exact", "OT, Algorithm 2, with the exact pruning: k > N(v)"),
    "ot-literal": ("literal", "OT with the pruning as the paper's text has it: k >= N(v)"),
    "ot-pseudocode": ("pseudocode", "OT with the pruning of Algorithm 2's line 22 alone"),
    "ot-unpruned": ("none", "OT without pruning, the paper's benchmark"),
}
_SOLVER = Option(
    name="solver",
    summary="the solver of the model",
    default=DEFAULT_SOLVER,
    allowed=tuple(SOLVERS),
    needs={name: each.module for name, each in SOLVERS.items() if each.extra is not None},
    is_kept=False,
)
_LANGUAGES = {"milp-bigm": ("pyomo", "Pyomo"), "milp-bigm-pulp": ("pulp", "PuLP")}
_EXACT: dict[str, Any] = {
    "problems": tuple(Problem),
    "options": (_Z,),
    "is_random": True,
    "is_exact": True,
    "takes_warm_start": True,
    "takes_alternatives": True,
}
_MILP = _EXACT | {"node_kind": NodeKind.BRANCH_AND_BOUND, "may_crash": True}
_ANY_SOLVER = _MILP | {"options": (_Z, _SOLVER)}
_BASELINES = {
    "greedy-by-output": "requests of few output tokens first, each where it still fits",
    "greedy-by-deadline": "requests of early deadline first, each where it still fits",
    "first-come-first-served": "requests in order of arrival, each where it still fits",
}

METHODS: dict[str, Method] = {
    each.name: each
    for each in (
        Method(
            name="algorithm-1",
            summary="Algorithm 1: the largest batch of one edge node with ample spectrum, P2",
            solve=adapters.algorithm_1,
            modules=("heuristics.algorithm_1",),
            problems=(Problem.P2,),
            single_node=True,
            takes_alternatives=True,
        ),
        *(
            Method(
                name=name,
                summary=summary,
                solve=partial(adapters.ot, pruning=pruning),
                modules=("heuristics.ot", "heuristics.ready"),
                problems=(Problem.P1, Problem.P3PRIME),
                options=(_START,),
                single_node=True,
                takes_alternatives=True,
                node_kind=NodeKind.TREE,
            )
            for name, (pruning, summary) in _PRUNINGS.items()
        ),
        Method(
            name="single-node",
            summary="the largest batch of one edge node at any size, with its proof",
            solve=adapters.single_node,
            modules=("heuristics.single_node.single_node", "heuristics.ready"),
            problems=(Problem.P1, Problem.P3PRIME, Problem.P2),
            single_node=True,
            takes_alternatives=True,
        ),
        Method(
            name="ot-gah",
            summary="OT-GAH, Algorithm 3: OT's trees at one edge node after the other, counted",
            solve=adapters.ot_gah,
            modules=("heuristics.ot_gah", "heuristics.ready"),
            options=(_ORDER, _TIES, _INNER, replace(_START, default="bound")),
            node_kind=NodeKind.TREE,
            is_random=True,
            takes_alternatives=True,
        ),
        Method(
            name="ot-gah-fast",
            summary="the schedule of OT-GAH without trees, for large instances and warm starts",
            solve=adapters.ot_gah_fast,
            modules=("heuristics.ot_gah_fast", "heuristics.ready"),
            options=(_ORDER, _TIES),
            is_random=True,
            takes_alternatives=True,
        ),
        Method(
            name="ot-gah-plus",
            summary="OT-GAH-fast, then annealing and moves for at most half a second",
            solve=adapters.ot_gah_plus,
            modules=("heuristics.ot_gah_plus", "heuristics.ready", "formulations.ready"),
            is_random=True,
            takes_alternatives=True,
        ),
        Method(
            name="count-annealing",
            summary="OT-GAH-fast, then simulated annealing over counts of equal requests",
            solve=adapters.count_annealing,
            modules=("heuristics.count_annealing", "heuristics.ready"),
            options=(_MOVES,),
            is_random=True,
            takes_warm_start=True,
            takes_alternatives=True,
        ),
        Method(
            name="greedy-density",
            summary="each edge node in turn takes requests of least weighted demand",
            solve=adapters.greedy_density,
            modules=("heuristics.rivals.greedy_density", "heuristics.ready"),
            options=(_ORDER,),
            is_random=True,
            takes_alternatives=True,
        ),
        Method(
            name="regret",
            summary="requests whose best and second-best edge nodes differ most first, then shifts",
            solve=adapters.regret,
            modules=("heuristics.rivals.regret", "heuristics.ready"),
            takes_alternatives=True,
        ),
        Method(
            name="local-search",
            summary="OT-GAH-fast, then ejections: an edge node chooses anew, the losers after it",
            solve=adapters.local_search,
            modules=("formulations.matheuristics.local_search", "formulations.ready"),
            options=(_PATIENCE,),
            is_random=True,
            takes_warm_start=True,
            takes_alternatives=True,
        ),
        Method(
            name="configuration-lp",
            summary="the LP over batches by column generation, with its bound, rounded at random",
            solve=adapters.configuration_lp,
            modules=(
                "highspy",
                "formulations.matheuristics.configuration_lp",
                "formulations.ready",
            ),
            options=(_DRAWS,),
            is_random=True,
            takes_warm_start=True,
            takes_alternatives=True,
            may_crash=True,
        ),
        Method(
            name="lns",
            summary="OT-GAH-fast, then large neighbourhood search: HiGHS fills freed parts again",
            solve=adapters.lns,
            modules=("highspy", "formulations.matheuristics.lns", "formulations.ready"),
            options=(replace(_PATIENCE, default=100),),
            is_random=True,
            takes_warm_start=True,
            takes_alternatives=True,
            may_crash=True,
        ),
        Method(
            name="simulated-annealing",
            summary="OT-GAH-fast, then simulated annealing over single requests",
            solve=adapters.simulated_annealing,
            modules=("heuristics.rivals.simulated_annealing", "heuristics.ready"),
            options=(_MOVES,),
            is_random=True,
            takes_warm_start=True,
            takes_alternatives=True,
        ),
        Method(
            name="genetic",
            summary="OT-GAH-fast, then a random-key genetic algorithm of pymoo",
            solve=adapters.genetic,
            modules=(
                "pymoo.algorithms.soo.nonconvex.brkga",
                "heuristics.rivals.genetic",
                "heuristics.ready",
            ),
            options=(_GENERATIONS,),
            is_random=True,
            takes_warm_start=True,
            takes_alternatives=True,
            needs="pymoo",
            extra="metaheuristics",
        ),
        *(
            Method(
                name=name,
                summary=f"the MILP with big-M deadlines in {title}, by HiGHS or another solver",
                solve=partial(adapters.milp_bigm, language=language),
                modules=(
                    "highspy",
                    "formulations.milp",
                    f"formulations.solvers.{language}_highs",
                    f"formulations.{language}_models.p1",
                ),
                export=partial(adapters.export, language=language),
                **_ANY_SOLVER,
            )
            for name, (language, title) in _LANGUAGES.items()
        ),
        Method(
            name="milp-threshold",
            summary="the MILP with ordered thresholds in Pyomo, tighter, by HiGHS or others",
            solve=adapters.milp_threshold,
            modules=(
                "highspy",
                "formulations.milp",
                "formulations.solvers.pyomo_highs",
                "formulations.pyomo_models.p1",
                "formulations.pyomo_models.threshold",
            ),
            export=partial(adapters.export, form="threshold"),
            **_ANY_SOLVER,
        ),
        Method(
            name="decomposition",
            summary="P1 by Lagrangian decomposition, with a certificate: exact at full scale",
            solve=adapters.decomposition,
            modules=("highspy", "formulations.ready", "heuristics.ot_gah_plus", "heuristics.ready"),
            node_kind=NodeKind.BRANCH_AND_BOUND,
            is_random=True,
            is_exact=True,
            takes_warm_start=True,
            takes_alternatives=True,
            may_crash=True,
        ),
        Method(
            name="cp-sat",
            summary="the problem in integers, solved by CP-SAT of OR-Tools",
            solve=adapters.cp_sat,
            modules=("formulations.solvers.cp_sat",),
            takes_node_limit=False,
            needs="ortools",
            **_EXACT,
        ),
        Method(
            name="scip",
            summary="the MILP with ordered thresholds, solved by SCIP",
            solve=adapters.scip,
            modules=(
                "pyscipopt",
                "formulations.solvers.scip",
                "formulations.pyomo_models.threshold",
            ),
            needs="pyscipopt",
            **_MILP,
        ),
        *(
            Method(
                name=name,
                summary=summary,
                solve=adapters.greedy,
                modules=("heuristics.greedy",),
                takes_alternatives=True,
            )
            for name, summary in _BASELINES.items()
        ),
        Method(
            name="random-order",
            summary="requests in random order, each where it still fits",
            solve=adapters.random_order,
            modules=("heuristics.greedy",),
            is_random=True,
            takes_alternatives=True,
        ),
    )
}
"""Every method by its name; plug-ins add their methods here."""
