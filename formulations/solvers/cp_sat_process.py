r"""Model of CP-SAT, and main module of the process that solves it.

``python -m formulations.solvers.cp_sat_process FD`` answers the questions that arrive on the
connection with the file descriptor FD.

Deadlines are implications: a chosen pair bounds the load of its edge node by its budget,

.. math::

    x_{ji} \Rightarrow load_j \le budget_{ji}   \quad \forall (j,i) \qquad (12d)

so no big-M appears. All other rows are those of the MILP, in whole numbers: rows are divided by
their greatest common divisor, but not by a power of ten.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ortools.sat.python import cp_model

from formulations.parameters import ALL_DIGITS, Parameters
from formulations.solvers.cp_sat import Asked, Told
from formulations.solvers.worker import serve
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from formulations.parameters import Pair
    from formulations.question import Question
    from formulations.solvers.worker import Stop

    Tell = Callable[[object], None]


VERSION = version("ortools")


class Model:
    """A problem as a model of CP-SAT, with the variable names of the MILP."""

    def __init__(self, question: Question) -> None:
        self.num_edge_nodes = question.data.num_edge_nodes
        parameters = Parameters.of(question.data, digits=ALL_DIGITS)
        self.proto = cp_model.CpModel()
        self.x = {(j, i): self.proto.new_bool_var(f"x_{j}_{i}") for j, i in parameters.pairs}
        for pairs in parameters.contested.values():
            self.proto.add_at_most_one(self.x[pair] for pair in pairs)
        self._choose_alternatives(parameters)
        limited = [parameters.memory]
        if question.problem.limits_spectrum:
            limited += [parameters.uplink, parameters.downlink]
        for rows in limited:
            for demand, capacity in rows.values():
                self.proto.add(self._total(demand) <= int(capacity))
        self._limit_latency(parameters)
        throughput = cp_model.LinearExpr.sum(list(self.x.values()))
        if question.z is not None:
            self.proto.add(throughput == question.z)
        if question.warm_start is not None:
            chosen = set(question.warm_start.pairs())
            for pair, x in self.x.items():
                self.proto.add_hint(x, pair in chosen)
            # Only schedules at least as good as the warm start are of use.
            self.proto.add(throughput >= len(chosen))
        self.proto.maximize(throughput)

    def _choose_alternatives(self, parameters: Parameters) -> None:
        use = {
            j: self.proto.new_bool_var(f"use_{j}") for rows in parameters.alternatives for j in rows
        }
        for rows in parameters.alternatives:
            self.proto.add_at_most_one(use[j] for j in rows)
        for pair, x in self.x.items():
            if pair[0] in use:
                self.proto.add_implication(x, use[pair[0]])

    def _limit_latency(self, parameters: Parameters) -> None:
        batch_load = {}
        for j, demand in parameters.compute.items():
            largest = int(parameters.largest_load[j])
            batch_load[j] = self.proto.new_int_var(0, largest, f"batch_load_{j}")
            self.proto.add(batch_load[j] == self._total(demand))
        for (j, i), budget in parameters.compute_budget.items():
            self.proto.add(batch_load[j] <= int(budget)).only_enforce_if(self.x[j, i])

    def _total(self, demand: dict[Pair, float]) -> Any:
        # Below 2^53 a whole number is exact in floating point too.
        coefficients = [int(value) for value in demand.values()]
        return cp_model.LinearExpr.weighted_sum([self.x[pair] for pair in demand], coefficients)

    def schedule(self, is_chosen: Callable[[Any], bool]) -> Schedule:
        """Return the schedule of the chosen pairs."""
        batches: list[list[int]] = [[] for _ in range(self.num_edge_nodes)]
        for (j, i), x in self.x.items():
            if is_chosen(x):
                batches[j].append(i)
        return Schedule.of(batches)


class Incumbents(cp_model.CpSolverSolutionCallback):
    """Callback that reports each better solution."""

    def __init__(self, model: Model, tell: Tell) -> None:
        super().__init__()
        self._model = model
        self._tell = tell

    def on_solution_callback(self) -> None:
        """Report the schedule and the bound."""
        schedule = self._model.schedule(self.boolean_value)
        bound = self.best_objective_bound
        self._tell(Told(schedule=schedule, bound=bound, version=VERSION))


def solve(asked: Asked, tell: Tell, stop: Stop) -> Told:
    """Solve a question, and report each better schedule during the solve."""
    model = Model(asked.question)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = asked.options.threads
    solver.parameters.random_seed = asked.options.seed
    if asked.options.time_limit is not None:
        solver.parameters.max_time_in_seconds = asked.options.time_limit
    tell(Told(version=VERSION))
    stop.pass_on(solver.stop_search)
    status = solver.solve(model.proto, Incumbents(model, tell))
    said = solver.status_name(status)
    if status == cp_model.MODEL_INVALID:
        said = f"{said}: {model.proto.validate().splitlines()[0]}"
    has_schedule = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    # Without a schedule, CP-SAT also returns 0 for a missing bound.
    has_bound = has_schedule or (status == cp_model.UNKNOWN and solver.best_objective_bound > 0)
    is_cut = status in (cp_model.FEASIBLE, cp_model.UNKNOWN)
    return Told(
        said="stopped" if is_cut and stop.is_wished else said,
        schedule=model.schedule(solver.boolean_value) if has_schedule else None,
        bound=solver.best_objective_bound if has_bound else None,
        version=VERSION,
    )


if __name__ == "__main__":
    serve(solve)
