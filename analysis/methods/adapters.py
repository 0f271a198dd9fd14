"""Adapters: functions that call the solvers with a task and import them when called."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from formulations.solvers.solver_entry import DEFAULT_SOLVER

if TYPE_CHECKING:
    from os import PathLike

    from analysis.runs.task import Task
    from heuristics.anytime import Start
    from heuristics.result import Result
    from heuristics.schedule import Schedule


def algorithm_1(task: Task, warm_start: Schedule | None) -> Result:
    """Run Algorithm 1."""
    from heuristics.algorithm_1 import algorithm_1

    return algorithm_1(task.data, time_limit=task.time_limit, node_limit=task.node_limit)


def ot(task: Task, warm_start: Schedule | None, *, pruning: str) -> Result:
    """Run Algorithm 2 with one of its prunings."""
    from heuristics.ot import ot

    return ot(
        task.data,
        pruning=pruning,
        start=str(task.options["start"]),
        time_limit=task.time_limit,
        node_limit=task.node_limit,
    )


def single_node(task: Task, warm_start: Schedule | None) -> Result:
    """Run the exact method for one edge node."""
    from heuristics.single_node.single_node import single_node

    return single_node(
        task.data, problem=task.problem, time_limit=task.time_limit, node_limit=task.node_limit
    )


def ot_gah(task: Task, warm_start: Schedule | None) -> Result:
    """Run Algorithm 3."""
    from heuristics.ot_gah import ot_gah

    return ot_gah(
        task.data,
        order=str(task.options["order"]),
        ties=str(task.options["ties"]),
        inner=str(task.options["inner"]),
        start=str(task.options["start"]),
        seed=task.seed,
        time_limit=task.time_limit,
        node_limit=task.node_limit,
    )


def ot_gah_fast(task: Task, warm_start: Schedule | None) -> Result:
    """Run Algorithm 3 without trees."""
    from heuristics.ot_gah_fast import ot_gah_fast

    return ot_gah_fast(
        task.data,
        order=str(task.options["order"]),
        ties=str(task.options["ties"]),
        seed=task.seed,
        time_limit=task.time_limit,
        node_limit=task.node_limit,
    )


def ot_gah_plus(task: Task, warm_start: Schedule | None) -> Result:
    """Run Algorithm 3 without trees, and improve its schedule."""
    from formulations.matheuristics.price_start import price_schedule
    from heuristics.ot_gah_plus import ot_gah_plus

    return ot_gah_plus(
        task.data,
        seed=task.seed,
        time_limit=task.time_limit,
        node_limit=task.node_limit,
        start=partial(price_schedule, seed=task.seed),
    )


def count_annealing(task: Task, warm_start: Schedule | None) -> Result:
    """Improve a schedule by annealing over counts of equal requests."""
    from heuristics.count_annealing import count_annealing

    return count_annealing(
        task.data,
        seed=task.seed,
        moves=int(str(task.options["moves"])),
        time_limit=task.time_limit,
        node_limit=task.node_limit,
        warm_start=warm_start,
    )


def greedy_density(task: Task, warm_start: Schedule | None) -> Result:
    """Fill the batches by profit over price-weighted demand."""
    from heuristics.rivals.greedy_density import greedy_density

    return greedy_density(
        task.data,
        order=str(task.options["order"]),
        seed=task.seed,
        time_limit=task.time_limit,
        node_limit=task.node_limit,
    )


def regret(task: Task, warm_start: Schedule | None) -> Result:
    """Serve the requests of largest regret first."""
    from heuristics.rivals.regret import regret

    return regret(task.data, time_limit=task.time_limit, node_limit=task.node_limit)


def local_search(task: Task, warm_start: Schedule | None) -> Result:
    """Improve OT-GAH's schedule, or the given one, by ejections."""
    from formulations.matheuristics.local_search import local_search

    return local_search(
        task.data,
        start=_start(task, warm_start),
        seed=task.seed,
        patience=int(str(task.options["patience"])),
        time_limit=task.time_limit,
        node_limit=task.node_limit,
    )


def configuration_lp(task: Task, warm_start: Schedule | None) -> Result:
    """Round the LP over batches at random."""
    from formulations.matheuristics.configuration_lp import configuration_lp

    return configuration_lp(
        task.data,
        start=_start(task, warm_start),
        seed=task.seed,
        draws=int(str(task.options["draws"])),
        time_limit=task.time_limit,
        node_limit=task.node_limit,
    )


def lns(task: Task, warm_start: Schedule | None) -> Result:
    """Improve OT-GAH's schedule, or the given one, by MILPs of its parts."""
    from formulations.matheuristics.lns import lns

    return lns(
        task.data,
        start=_start(task, warm_start),
        seed=task.seed,
        patience=int(str(task.options["patience"])),
        time_limit=task.time_limit,
        node_limit=task.node_limit,
    )


def simulated_annealing(task: Task, warm_start: Schedule | None) -> Result:
    """Improve a schedule by annealing over single requests."""
    from heuristics.rivals.simulated_annealing import simulated_annealing

    return simulated_annealing(
        task.data,
        seed=task.seed,
        moves=int(str(task.options["moves"])),
        time_limit=task.time_limit,
        node_limit=task.node_limit,
        warm_start=warm_start,
    )


def genetic(task: Task, warm_start: Schedule | None) -> Result:
    """Improve a population of schedules."""
    from heuristics.rivals.genetic import genetic

    return genetic(
        task.data,
        seed=task.seed,
        generations=int(str(task.options["generations"])),
        time_limit=task.time_limit,
        node_limit=task.node_limit,
        warm_start=warm_start,
    )


def _start(task: Task, warm_start: Schedule | None) -> Start:
    """Return the start of an improvement, imported before the clock of the method starts."""
    from heuristics.ot_gah_fast import given_or_ot_gah_fast

    return given_or_ot_gah_fast(task.data, warm_start)


def milp_bigm(task: Task, warm_start: Schedule | None, *, language: str) -> Result:
    """Solve the big-M model in one of the modelling languages."""
    from formulations.milp import milp_bigm

    return milp_bigm(
        task.data,
        problem=task.problem,
        language=language,
        z=task.cardinality,
        time_limit=task.time_limit,
        node_limit=task.node_limit,
        seed=task.seed,
        solver=str(task.options.get("solver", DEFAULT_SOLVER)),
        warm_start=warm_start,
    )


def milp_threshold(task: Task, warm_start: Schedule | None) -> Result:
    """Solve the model with ordered thresholds."""
    from formulations.milp import milp_threshold

    return milp_threshold(
        task.data,
        problem=task.problem,
        z=task.cardinality,
        time_limit=task.time_limit,
        node_limit=task.node_limit,
        seed=task.seed,
        solver=str(task.options.get("solver", DEFAULT_SOLVER)),
        warm_start=warm_start,
    )


def export(
    task: Task, path: str | PathLike[str], *, language: str = "pyomo", form: str = "big-m"
) -> None:
    """Write a model of one of the forms in one of the modelling languages."""
    from formulations.export import export

    export(
        task.data,
        path,
        problem=task.problem,
        language=language,
        form=form,
        z=task.cardinality,
    )


def cp_sat(task: Task, warm_start: Schedule | None) -> Result:
    """Solve in integers with CP-SAT, which has no limit on nodes."""
    from formulations.solvers.cp_sat import cp_sat

    return cp_sat(
        task.data,
        problem=task.problem,
        z=task.cardinality,
        time_limit=task.time_limit,
        seed=task.seed,
        warm_start=warm_start,
    )


def scip(task: Task, warm_start: Schedule | None) -> Result:
    """Solve the model with ordered thresholds with SCIP."""
    from formulations.solvers.scip import scip

    return scip(
        task.data,
        problem=task.problem,
        z=task.cardinality,
        time_limit=task.time_limit,
        node_limit=task.node_limit,
        seed=task.seed,
        warm_start=warm_start,
    )


def decomposition(task: Task, warm_start: Schedule | None) -> Result:
    """Solve P1 by decomposition; run ot-gah-plus where its own schedules are too poor."""
    from formulations.decomposition.decomposition import decomposition
    from heuristics.ot_gah_plus import DEFAULT_TIME_LIMIT_S, ot_gah_plus

    def ask(left_s: float | None) -> Schedule | None:
        limit = DEFAULT_TIME_LIMIT_S if left_s is None else min(left_s, DEFAULT_TIME_LIMIT_S)
        return ot_gah_plus(task.data, seed=task.seed, time_limit=limit).schedule

    return decomposition(
        task.data,
        time_limit=task.time_limit,
        node_limit=task.node_limit,
        seed=task.seed,
        warm_start=warm_start,
        ask=ask,
    )


def greedy(task: Task, warm_start: Schedule | None) -> Result:
    """Run the deterministic baseline that has the method's name."""
    from heuristics import greedy

    by_name = {
        "greedy-by-output": greedy.greedy_by_output,
        "greedy-by-deadline": greedy.greedy_by_deadline,
        "first-come-first-served": greedy.first_come_first_served,
    }
    return by_name[task.method](task.data, time_limit=task.time_limit, node_limit=task.node_limit)


def random_order(task: Task, warm_start: Schedule | None) -> Result:
    """Run the baseline that takes the requests in random order."""
    from heuristics.greedy import random_order

    return random_order(
        task.data, seed=task.seed, time_limit=task.time_limit, node_limit=task.node_limit
    )
