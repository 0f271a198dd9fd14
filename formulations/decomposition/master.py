r"""Master: whether columns, one for each edge node, make a schedule that beats the incumbent.

*The counts.* One integer variable for each column and type of edge node: nodes that are alike
have one list of columns and share it. As many columns as nodes of the type; losses within the
slack; enough requests. By Hall's theorem the requests that are asked for from a set T must exist:
T are the first requests of one class in order of their deadlines, a class being what levels have
in common across the edge nodes. A column counts whose F_d has no request of the level outside T.
Where levels, eligibility and order agree at all nodes these rows are exact, spectrum aside;
elsewhere they are weaker, and never wrong. Requests whose price exceeds the slack must be served,
of those above an m-th of it all but m - 1.

*The requests.* What the counts leave open is asked in full: a variable for each pair that the
slack allows, tied to the columns by the count of each level and the largest d; each request once;
uplink and downlink.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.columns import within_reach
from formulations.decomposition.linear_model import LinearModel, Terms
from formulations.evaluation import broken_rows
from heuristics.problem import Problem
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from formulations.decomposition.columns import Columns
    from formulations.decomposition.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.prices import Prices
    from heuristics.limits import Limits
    from heuristics.system_models.coefficients import BoolArray, Coefficients, IntArray

GUARD = 1e-7
"""By how much rows of losses are let go, for what floating point takes."""

PARTS = (1, 2, 3, 4, 6, 8)
"""The m of the rows that ask for requests whose price exceeds an m-th of the slack."""

DIGITS = 10**5
"""Rows of spectrum are scaled to have no larger coefficients than this."""


class MasterProblem(NamedTuple):
    """Whether columns make a schedule of at least ``target`` requests."""

    data: Coefficients
    nodes: EdgeNodes
    prices: Prices
    value: FloatArray
    """V of each edge node."""
    slack: float
    target: int
    columns: list[Columns]


class Verdict(NamedTuple):
    """The answer to a question."""

    is_refuted: bool
    """Whether no schedule of the target's size uses these columns."""
    schedule: Schedule | None
    """One that has the target's size, checked in integers."""


def answer(
    question: MasterProblem, limits: Limits, *, time_limit: float | None, seed: int
) -> Verdict:
    """Answer a question, the counts first.

    Parameters
    ----------
    question
        What is asked.
    limits
        Of the whole run; nodes are counted there.
    time_limit
        Of each model [s].
    seed
        Of HiGHS.
    """
    if any(len(each.profit) == 0 for each in question.columns):
        return Verdict(is_refuted=True, schedule=None)
    counts = Counts(question)
    found = counts.model.solve(limits, time_limit=time_limit, seed=seed)
    if found.is_infeasible:
        return Verdict(is_refuted=True, schedule=None)
    if found.values is None:
        return Verdict(is_refuted=False, schedule=None)
    chosen = question._replace(columns=counts.chosen(found.values))
    for asked in (chosen, question):
        requests = Requests(asked)
        found = requests.model.solve(limits, time_limit=time_limit, seed=seed)
        schedule = None if found.values is None else requests.schedule(found.values)
        if schedule is not None:
            return Verdict(is_refuted=False, schedule=schedule)
        if found.values is not None or not (found.is_infeasible or asked is chosen):
            break
    return Verdict(is_refuted=found.is_infeasible and asked is question, schedule=None)


class Counts:
    """The model of the counts."""

    def __init__(self, question: MasterProblem) -> None:
        self._question = question
        self.model = LinearModel()
        self._types = _types(question)
        self._variable = []
        losses, sizes = [], []
        for alike in self._types:
            columns = question.columns[alike[0]]
            num = len(columns.profit)
            variable = self.model.add_columns(num, upper=len(alike), is_integer=True)
            self.model.add_row((variable, np.ones(num)), lower=len(alike), upper=len(alike))
            losses.append((variable, question.value[alike[0]] - columns.profit))
            sizes.append((variable, columns.size))
            self._variable.append(variable)
        self.model.add_row(*losses, upper=question.slack + GUARD)
        self.model.add_row(*sizes, lower=question.target)
        order = _deadline_order(question.nodes, len(question.prices.request))
        for members in _classes(question.nodes, order):
            self._limit(members)
            self._serve(members)
        self._serve(order)

    def _limit(self, members: IntArray) -> None:
        """State Hall's rows of one class: a chain of sums, so that each column appears once."""
        position = np.full(len(self._question.prices.request), -1)
        position[members] = np.arange(len(members))
        asked: dict[int, list[tuple[int, int]]] = {}
        for alike, variable in zip(self._types, self._variable, strict=True):
            nodes, columns = self._question.nodes, self._question.columns[alike[0]]
            pairs = slice(nodes.first[alike[0]], nodes.first[alike[0] + 1])
            at, level = position[nodes.request[pairs]], nodes.level[pairs]
            for k in np.unique(level[at >= 0]):
                furthest = np.maximum.accumulate(np.where(level == k, at, -1))
                for column in np.flatnonzero(columns.counts[:, k]):
                    place = int(furthest[columns.depth[column] - 1])
                    count = int(columns.counts[column, k])
                    asked.setdefault(place, []).append((variable[column], count))
        before: IntArray | None = None
        for place in sorted(asked):
            total = self.model.add_columns(1, upper=place + 1, is_integer=False)
            chain: Terms = ([], []) if before is None else (before, [1.0])
            here, counts = zip(*asked[place], strict=True)
            self.model.add_row((here, counts), (total, [-1.0]), chain, lower=0, upper=0)
            before = total

    def _serve(self, members: IntArray) -> None:
        """State which requests must be served, as their price is too high to lose."""
        question = self._question
        price = question.prices.request
        for part in PARTS:
            dear = np.zeros(len(price), dtype=bool)
            dear[members] = price[members] > question.slack / part + GUARD
            if not dear.any():
                continue
            terms = []
            for alike, variable in zip(self._types, self._variable, strict=True):
                columns = question.columns[alike[0]]
                terms.append((variable, _most_served(question.nodes, alike[0], columns, dear)))
            self.model.add_row(*terms, lower=int(dear.sum()) - (part - 1))

    def chosen(self, values: FloatArray) -> list[Columns]:
        """Return the one column of each edge node."""
        chosen = list(self._question.columns)
        for alike, variable in zip(self._types, self._variable, strict=True):
            times = np.rint(values[variable]).astype(np.int64)
            for j, column in zip(alike, np.repeat(np.arange(len(times)), times), strict=True):
                chosen[j] = chosen[j].take(np.array([column]))
        return chosen


class Requests:
    """The model of the requests: exact."""

    def __init__(self, question: MasterProblem) -> None:
        self._question = question
        self.model = LinearModel()
        self._pairs: list[tuple[IntArray, IntArray]] = []
        offered: dict[int, list[int]] = {}
        losses, sizes = [], []
        for j, columns in enumerate(question.columns):
            variable = self.model.add_columns(len(columns.profit), is_integer=True)
            self.model.add_row((variable, np.ones(len(variable))), lower=1, upper=1)
            losses.append((variable, question.value[j] - columns.profit))
            sizes.append((variable, columns.size))
            places, taken = self._tie(j, columns, variable)
            for request, column in zip(
                question.nodes.request[question.nodes.first[j] + places], taken, strict=True
            ):
                offered.setdefault(int(request), []).append(int(column))
            self._pairs.append((places, taken))
            self._limit_spectrum(j, places, taken)
        self.model.add_row(*losses, upper=question.slack + GUARD)
        self.model.add_row(*sizes, lower=question.target)
        for request, variables in offered.items():
            is_dear = question.prices.request[request] > question.slack + GUARD
            if is_dear or len(variables) > 1:
                self.model.add_row(
                    (variables, np.ones(len(variables))), lower=float(is_dear), upper=1
                )

    def _tie(self, j: int, columns: Columns, variable: IntArray) -> tuple[IntArray, IntArray]:
        """Declare the requests of an edge node and tie them to its columns."""
        question, nodes, model = self._question, self._question.nodes, self.model
        can = within_reach(nodes, question.prices, j, columns, question.value[j], question.slack)
        places = np.flatnonzero(can.may)
        taken = model.add_columns(len(places), lower=can.must[places], is_integer=True)
        level = nodes.level[nodes.first[j] + places]
        for k in range(columns.counts.shape[1]):
            here = taken[level == k]
            model.add_row(
                (here, np.ones(len(here))), (variable, -columns.counts[:, k]), lower=0, upper=0
            )
        # Of the columns, as many reach at least so deep: a chain, so that each appears once.
        depths = np.unique(columns.depth)
        reaching = model.add_columns(len(depths), is_integer=False)
        for at, depth in enumerate(depths):
            here = variable[columns.depth == depth]
            deeper = reaching[at + 1 : at + 2]
            model.add_row(
                (here, np.ones(len(here))),
                (deeper, np.ones(len(deeper))),
                (reaching[at : at + 1], [-1.0]),
                lower=0,
                upper=0,
            )
        for place, column in zip(places, taken, strict=True):
            at = int(np.searchsorted(depths, place, side="right"))
            if at > 0:
                model.add_row(([column], [1.0]), (reaching[at : at + 1], [-1.0]), upper=0)
        return places, taken

    def _limit_spectrum(self, j: int, places: IntArray, taken: IntArray) -> None:
        data, nodes = self._question.data, self._question.nodes
        request = nodes.request[nodes.first[j] + places]
        for name in ("uplink", "downlink"):
            demand = getattr(data, name)[j, request]
            capacity = int(getattr(data, f"{name}_capacity")[j])
            if demand.sum() > capacity:
                scale = max(float(demand.max()) / DIGITS, 1.0)
                self.model.add_row((taken, demand / scale), upper=capacity / scale)

    def schedule(self, values: FloatArray) -> Schedule | None:
        """Return the schedule of a solution if it keeps every row in integers."""
        nodes = self._question.nodes
        schedule = Schedule.of(
            nodes.request[nodes.first[j] + places[values[taken] > 0.5]]
            for j, (places, taken) in enumerate(self._pairs)
        )
        if schedule.throughput < self._question.target:
            return None
        broken = next(broken_rows(self._question.data, schedule, Problem.P1, None), None)
        return schedule if broken is None else None


def _types(question: MasterProblem) -> list[list[int]]:
    """Return the edge nodes by what they have in common: requests, levels and columns."""
    nodes, types = question.nodes, {}  # type: ignore[var-annotated]
    for j, columns in enumerate(question.columns):
        pairs = slice(nodes.first[j], nodes.first[j + 1])
        same = (nodes.request[pairs], nodes.level[pairs], columns.counts, columns.depth)
        types.setdefault(tuple(array.tobytes() for array in same), []).append(j)
    return list(types.values())


def _deadline_order(nodes: EdgeNodes, num_requests: int) -> IntArray:
    """Return the requests that are eligible anywhere by their mean place in latency order."""
    total, times = np.zeros(num_requests), np.zeros(num_requests)
    for j in range(nodes.num_edge_nodes):
        request = nodes.request[nodes.first[j] : nodes.first[j + 1]]
        total[request] += np.arange(len(request))
        times[request] += 1
    some = np.flatnonzero(times)
    return np.asarray(some[np.argsort(total[some] / times[some], kind="stable")])


def _classes(nodes: EdgeNodes, order: IntArray) -> list[IntArray]:
    """Return the requests in classes: levels of two edge nodes with a request in common are one."""
    parent = list(range(len(nodes.level_compute)))

    def root(level: int) -> int:
        while parent[level] != level:
            parent[level] = parent[parent[level]]
            level = parent[level]
        return level

    of_request: dict[int, int] = {}
    for j in range(nodes.num_edge_nodes):
        for pair in range(nodes.first[j], nodes.first[j + 1]):
            level = int(nodes.first_level[j] + nodes.level[pair])
            other = of_request.setdefault(int(nodes.request[pair]), level)
            parent[root(level)] = root(other)
    classes: dict[int, list[int]] = {}
    for request in order:
        classes.setdefault(root(of_request[int(request)]), []).append(int(request))
    return [np.array(members) for members in classes.values()]


def _most_served(nodes: EdgeNodes, j: int, columns: Columns, which: BoolArray) -> IntArray:
    """Return how many of the given requests each column can serve at most."""
    pairs = slice(nodes.first[j], nodes.first[j + 1])
    is_one, level = which[nodes.request[pairs]], nodes.level[pairs]
    most = np.zeros(len(columns.profit), dtype=np.int64)
    for k in range(columns.counts.shape[1]):
        so_far = np.concatenate([[0], np.cumsum(is_one & (level == k))])
        most += np.minimum(columns.counts[:, k], so_far[columns.depth])
    return most
