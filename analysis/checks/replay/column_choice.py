"""Column choice: a MILP that chooses one column per edge node and fills it with requests.

Two solvers decide the MILP independently, HiGHS and CBC. Its coefficients are integers of a few
digits, since a solver that neglects 1 beside 10^9 may call a feasible problem infeasible. Spectrum
rows with larger demands are therefore rounded, and the schedule of a solver is checked in integers.
Requests that exceed a spectrum form a cover, and no schedule contains a whole cover (Balas 1975).
The cover becomes a row, and the solver is called again.

References
----------
E. Balas, "Facets of the knapsack polytope", Mathematical Programming 8 (1975) 146-164,
doi:10.1007/BF01580440.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import gcd
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.checks.replay.limits import UNLIMITED, Clock, TooManyColumnsError
from heuristics.result import Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pulp

    from analysis.checks.replay.columns import Column
    from heuristics.judges.verifier import RankedRequests

TIME_LIMIT_S = 600.0
"""Time limit of each solver [s]; the time left of the replay, if that is less."""

LARGEST_NUMBER = 100_000
"""Largest number of columns of all edge nodes together in a MILP."""

FINEST_LOSS = 10**4
"""Number of parts of the slack; losses are counted in whole parts, rounded down."""

LARGEST_DEMAND = 10**5
"""Largest demand in a spectrum row. Rows with larger demands are divided and rounded down."""

MOST_COVERS = 200
"""Largest number of rounds in which covers are added for a solver."""


@dataclass(frozen=True, kw_only=True)
class ColumnChoice:
    """Columns of each edge node, and conditions on a choice of one column per edge node.

    Parameters
    ----------
    ranked
        Eligible requests of each edge node.
    columns
        Columns of each edge node.
    slack
        Largest allowed sum of the losses of the chosen columns.
    throughput
        Smallest allowed number of requests of the chosen columns.
    clock
        End of the replay.
    """

    ranked: Sequence[RankedRequests]
    columns: Sequence[Sequence[Column]]
    slack: int
    throughput: int
    clock: Clock = UNLIMITED

    def model(self) -> pulp.LpProblem:
        """Return the MILP: z[j, c] chooses column c of edge node j, x[j, i] request i there.

        Every schedule of such columns is a feasible point. The counts of the chosen column hold
        for each level. A request of rank r requires a column of rank r or more, w[j, r]. Losses are
        rounded down to parts of the slack, and spectrum to units. The objective is 0, since any
        feasible point is sufficient.
        """
        import pulp

        model = pulp.LpProblem("columns")
        model += pulp.LpAffineExpression()
        size, loss = pulp.LpAffineExpression(), pulp.LpAffineExpression()
        places: dict[int, list[Any]] = {}
        for j, (own, columns) in enumerate(zip(self.ranked, self.columns, strict=True)):
            z = [model.add_variable(f"z_{j}_{c}", cat=pulp.LpBinary) for c in range(len(columns))]
            model += pulp.lpSum(z) == 1
            for column, chosen in zip(columns, z, strict=True):
                size.addterm(chosen, column.size)
                loss.addterm(chosen, column.loss * FINEST_LOSS // max(1, self.slack))
            last = max(column.last for column in columns)
            x = [model.add_variable(f"x_{j}_{i}", cat=pulp.LpBinary) for i in own.requests[:last]]
            for i, chosen in zip(own.requests, x, strict=False):
                places.setdefault(i, []).append(chosen)
            for row in (*_counts(own, columns, x, z), *_ranks(model, j, columns, x, z)):
                model += row
            for row in _spectrum(own, x):
                model += row
        for edge_nodes in places.values():
            if len(edge_nodes) > 1:
                model += pulp.lpSum(edge_nodes) <= 1
        model += size >= self.throughput
        model += loss <= FINEST_LOSS
        return model


def _counts(
    own: RankedRequests, columns: Sequence[Column], x: Sequence[Any], z: Sequence[Any]
) -> Iterator[Any]:
    import pulp

    for level, places in enumerate(own.levels):
        row = pulp.LpAffineExpression([(x[place], 1) for place in places if place < len(x)])
        for column, chosen in zip(columns, z, strict=True):
            if column.counts[level]:
                row.addterm(chosen, -column.counts[level])
        if row:
            yield row == 0


def _ranks(
    model: pulp.LpProblem, j: int, columns: Sequence[Column], x: Sequence[Any], z: Sequence[Any]
) -> Iterator[Any]:
    """Yield x <= w, where w is 1 if a column of this rank or a larger one is chosen."""
    import pulp

    above: Any = 0
    thresholds = sorted({column.last for column in columns})
    for before, last in reversed(tuple(pairwise(thresholds))):
        own = [chosen for column, chosen in zip(columns, z, strict=True) if column.last == last]
        deep = model.add_variable(f"w_{j}_{last}", 0, 1)
        yield deep == pulp.lpSum(own) + above
        for place in range(before, last):
            yield x[place] <= deep
        above = deep


def _spectrum(own: RankedRequests, x: Sequence[Any]) -> Iterator[Any]:
    """Yield the rows of uplink and downlink that a choice of requests could break."""
    import pulp

    for resource in range(2):
        demands = [each[resource] for each in own.demands[: len(x)]]
        capacity = own.capacities[resource]
        if sum(demands) <= capacity:
            continue
        unit = gcd(*demands)
        unit *= -(-max(demands) // unit // LARGEST_DEMAND)
        terms = [
            (chosen, demand // unit) for chosen, demand in zip(x, demands, strict=True) if demand
        ]
        yield pulp.LpAffineExpression(terms) <= capacity // unit


def decide(choice: ColumnChoice) -> Iterator[tuple[str, Status, Schedule | None]]:
    """Yield the answer of each solver, with the schedule that it claims.

    Parameters
    ----------
    choice
        Columns of each edge node, and conditions on the choice.

    Yields
    ------
    tuple
        Name and version of the solver; its answer INFEASIBLE, FEASIBLE or NONE, which means that
        it ended without an answer; and, if FEASIBLE, a schedule that must still be judged.

    Raises
    ------
    TooManyColumnsError
        If there are more than :data:`LARGEST_NUMBER` columns.
    OutOfTimeError
        If the time of the replay is over.
    """
    import pulp

    num_columns = sum(map(len, choice.columns))
    if num_columns > LARGEST_NUMBER:
        raise TooManyColumnsError(f"{num_columns} columns are too many for a MILP")
    model = choice.model()
    for solve in (_highs, _cbc):
        for _ in range(MOST_COVERS):
            choice.clock.check()
            time_limit_s = min(TIME_LIMIT_S, choice.clock.left_s)
            solver, status, schedule = solve(model, len(choice.ranked), time_limit_s)
            covers = [] if schedule is None else list(_covers(choice, schedule))
            if not covers:
                yield solver, status, schedule
                break
            variables = model.variablesDict()
            for j, requests, most in covers:
                model += pulp.lpSum(variables[f"x_{j}_{i}"] for i in requests) <= most
        else:
            yield solver, Status.NONE, None


def _covers(choice: ColumnChoice, schedule: Schedule) -> Iterator[tuple[int, list[int], int]]:
    """Yield violated covers: edge node, requests, and the number of them that fit in its spectrum.

    A cover holds the largest demands of the batch that together exceed the capacity, and all
    requests whose demand is at least the largest of these.
    """
    for j, (own, batch) in enumerate(zip(choice.ranked, schedule.batches, strict=True)):
        last = max(column.last for column in choice.columns[j])
        for resource in range(2):
            demand = {
                request: demands[resource]
                for request, demands in zip(own.requests[:last], own.demands, strict=False)
            }
            taken = sorted(batch, key=lambda request: -demand[request])
            for size, total in enumerate(accumulate(demand[i] for i in taken), start=1):
                if total > own.capacities[resource]:
                    cover = {*taken[:size], *(i for i in demand if demand[i] >= demand[taken[0]])}
                    yield j, sorted(cover), size - 1
                    break


def _highs(
    model: pulp.LpProblem, num_edge_nodes: int, time_limit_s: float
) -> tuple[str, Status, Schedule | None]:
    import highspy

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    for name, value in {
        "threads": 1,
        "time_limit": time_limit_s,
        "mip_feasibility_tolerance": 1e-9,
    }.items():
        highs.setOptionValue(name, value)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "columns.mps"
        model.writeMPS(str(path))
        highs.readModel(str(path))
    highs.run()
    solver, solution = f"HiGHS {highs.version()}", highs.getSolution()
    match highs.getModelStatus().name:
        case "kInfeasible":
            return solver, Status.INFEASIBLE, None
        case "kOptimal" if solution.value_valid:
            names = [highs.getColName(column)[1] for column in range(highs.getNumCol())]
            values = dict(zip(names, solution.col_value, strict=True))
            return solver, Status.FEASIBLE, _schedule(values, num_edge_nodes)
    return solver, Status.NONE, None


def _cbc(
    model: pulp.LpProblem, num_edge_nodes: int, time_limit_s: float
) -> tuple[str, Status, Schedule | None]:
    import pulp

    solver = "CBC, which PuLP brings"
    path = pulp.PULP_CBC_CMD.pulp_cbc_path
    command = pulp.COIN_CMD(path=path, msg=False, threads=1, timeLimit=time_limit_s)
    if not command.available():
        return f"{solver} but not for this platform", Status.NONE, None
    model.solve(command)
    if model.status == pulp.LpStatusInfeasible:
        # At its time limit CBC has not searched the whole tree, whatever it reports.
        in_time = model.solutionTime < time_limit_s
        return solver, Status.INFEASIBLE if in_time else Status.NONE, None
    # PuLP also calls a run optimal that reached its limit with a point. Only the point is used.
    if model.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        values = {each.name: each.varValue or 0.0 for each in model.variables()}
        return solver, Status.FEASIBLE, _schedule(values, num_edge_nodes)
    return solver, Status.NONE, None


def _schedule(values: dict[str, float], num_edge_nodes: int) -> Schedule:
    batches: list[list[int]] = [[] for _ in range(num_edge_nodes)]
    for name, value in values.items():
        kind, j, *request = name.split("_")
        if kind == "x" and value > 0.5:
            batches[int(j)].append(int(request[0]))
    return Schedule.of(batches)
