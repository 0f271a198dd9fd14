r"""genetic: a biased random-key genetic algorithm of pymoo, with a greedy decoder, for P1.

A chromosome has a key of [0, 1] for each request, each row of the coefficients and each physical
edge node. The decoder makes a feasible schedule of it:

- the key of an edge node chooses one of its rows;
- the key of a row chooses a deadline, a quantile of its budgets: requests of smaller budgets wait;
- requests come in order of weight times :math:`8^{key - 1/2}`, each to the edge node where it
  fits and weighs least: equal keys give the density order, other keys exceptions from it;
- then, in the same order, each request that still fits anywhere is added.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.anytime import first_schedule, run_anytime
from heuristics.coefficients import Coefficients
from heuristics.compiled import compiled
from heuristics.improvement.counting_bound import counting_bound
from heuristics.improvement.placement import NOWHERE, Batches, PairTable, Placement, fits, join
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.ot_gah_fast import given_or_ot_gah_fast
from heuristics.problem import Problem
from heuristics.rivals.simulated_annealing import demand_weights
from heuristics.schedule import Schedule
from heuristics.single_node.single_node import warm_up as warm_up_single_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from heuristics.coefficients import BoolArray, IntArray
    from heuristics.result import Result

    FloatArray = NDArray[np.float64]

METHOD = "genetic"

DEFAULT_NUM_GENERATIONS = 300
"""Number of generations of a run."""

NUM_ELITES, NUM_OFFSPRING, NUM_MUTANTS = 12, 32, 6
"""Chromosomes of a generation that are kept, made of two others, and drawn anew."""

BIAS = 0.7
"""Probability that a child takes a key of its elite parent."""

SPREAD = 8.0
"""Base of the factor by which a key changes the weight of a request."""


def genetic(
    data: Coefficients,
    *,
    seed: int = 0,
    generations: int = DEFAULT_NUM_GENERATIONS,
    time_limit: float | None = None,
    node_limit: int | None = None,
    warm_start: Schedule | None = None,
) -> Result:
    r"""Improve a population of schedules by a biased random-key genetic algorithm.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    seed
        Seed of all random choices.
    generations
        Number of generations, at most 2 for each eligible pair.
    time_limit
        Time limit [s].
    node_limit
        Maximum number of steps of OT-GAH-fast's searches; generations have no steps.
    warm_start
        Feasible schedule to start from; None for that of OT-GAH-fast.

    Returns
    -------
    Result
        The result of P1, feasible, without a bound; ``trajectory`` has each better schedule.

    Raises
    ------
    InputError
        If a limit is negative.

    Notes
    -----
    *Population.* The first generation has the keys of the start schedule, in which served requests
    come first and each deadline is that of a batch, equal keys with many deadlines, and random
    keys. Later ones have 12 elites, 32 children of an elite and another parent, and 6 mutants.

    *Guarantee.* Never worse than the start: at least half of the optimum from OT-GAH's schedule.

    *Complexity.* A decoding takes O(N + I log I) for N eligible pairs.

    References
    ----------
    J. F. Goncalves, M. G. C. Resende, "Biased random-key genetic algorithms for combinatorial
    optimization", Journal of Heuristics 17(5):487-525, 2011, doi:10.1007/s10732-010-9143-1.
    J. Blank, K. Deb, "pymoo: Multi-objective optimization in Python", IEEE Access 8:89497-89509,
    2020, doi:10.1109/ACCESS.2020.2990567. P. C. Chu, J. E. Beasley, "A genetic algorithm for the
    generalised assignment problem", Computers & Operations Research 24(1):17-23, 1997,
    doi:10.1016/S0305-0548(96)00032-9.
    """
    warm_up()
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, METHOD, limits)
    if nothing is not None:
        return nothing
    start = given_or_ot_gah_fast(data, warm_start, node_limit=node_limit)
    first = first_schedule(data, limits, start)
    generations = min(generations, 2 * data.pairs.num_pairs)
    steps = _generations(data, first, seed, generations, limits)
    return run_anytime(Problem.P1, limits, steps, best=first)


def _generations(
    data: Coefficients, start: Schedule, seed: int, generations: int, limits: Limits
) -> Iterator[Schedule | None]:
    """Yield the schedule of each chromosome that is better than all before, None for others."""
    limits.check_time()
    decoder = _Decoder(data, start)
    bound = counting_bound(data)
    best = start.throughput
    algorithm, evaluate = _brkga(decoder.first(seed), seed)
    for _ in range(generations):
        if best >= bound:
            return
        population = algorithm.ask()
        served = np.zeros(len(population))
        for at, keys in enumerate(population.get("X")):
            placed = decoder.decode(keys)
            served[at] = placed.throughput
            if placed.throughput > best:
                best = placed.throughput
                yield placed.schedule
            else:
                yield None
        evaluate(population, -served)
        algorithm.tell(infills=population)
        yield None


def _brkga(first: FloatArray, seed: int) -> tuple[Any, Any]:
    """Return pymoo's algorithm, and a function that sets the values of a population."""
    import_module("pymoo.config").Config.warnings["not_compiled"] = False
    problem_type = import_module("pymoo.core.problem").Problem
    brkga = import_module("pymoo.algorithms.soo.nonconvex.brkga").BRKGA
    static = import_module("pymoo.problems.static").StaticProblem
    evaluator = import_module("pymoo.core.evaluator").Evaluator()
    problem = problem_type(n_var=first.shape[1], n_obj=1, xl=0.0, xu=1.0)
    algorithm = brkga(
        n_elites=NUM_ELITES,
        n_offsprings=NUM_OFFSPRING,
        n_mutants=NUM_MUTANTS,
        bias=BIAS,
        sampling=first,
        eliminate_duplicates=False,
    )
    never = import_module("pymoo.core.termination").NoTermination()
    algorithm.setup(problem, termination=never, seed=seed, verbose=False)

    def evaluate(population: Any, values: FloatArray) -> None:
        evaluator.eval(static(problem, F=values[:, None]), population)

    return algorithm, evaluate


class _Decoder:
    """The schedules of chromosomes."""

    def __init__(self, data: Coefficients, start: Schedule) -> None:
        self._data, self._start = data, start
        self._table = PairTable.of(data)
        placed = Placement(data, start, self._table)
        self._place, self._least = placed.batches.place, placed.batches.least[:, 0]
        self._weight = demand_weights(placed)
        pairs = data.pairs
        self._budgets = [np.sort(pairs.compute_budget[pairs.row(j)]) for j in range(self._num_rows)]
        self._request_weight = np.full(data.num_requests, np.inf)
        np.minimum.at(self._request_weight, self._table.request, self._weight)

    @property
    def _num_rows(self) -> int:
        return self._data.num_edge_nodes

    def first(self, seed: int) -> FloatArray:
        """Return the first population: the start, densities at many deadlines, and random keys."""
        num, num_requests = NUM_ELITES + NUM_OFFSPRING + NUM_MUTANTS, self._data.num_requests
        rows = slice(num_requests, num_requests + self._num_rows)
        keys = np.random.default_rng(seed).random(
            (num, num_requests + self._num_rows + len(self._data.alternatives))
        )
        keys[: num // 2, :num_requests] = 0.5
        keys[0, :num_requests] = np.where(self._place == NOWHERE, 0.5, 0.0)
        for j, budgets in enumerate(self._budgets):
            at = np.searchsorted(budgets, self._least[j]) / max(len(budgets), 1)
            keys[0, rows.start + j] = min(at + 1e-9, 1.0)
        for g, each in enumerate(self._data.alternatives):
            used = max(range(len(each)), key=lambda at: len(self._start.batches[each[at]]))
            keys[: num // 4, rows.stop + g] = (used + 0.5) / len(each)
        return keys

    def decode(self, keys: FloatArray) -> Placement:
        """Return the batches of a chromosome."""
        num_requests = self._data.num_requests
        is_used = np.zeros(self._num_rows, dtype=np.bool_)
        for key, rows in zip(
            keys[num_requests + self._num_rows :], self._data.alternatives, strict=True
        ):
            is_used[rows[min(int(key * len(rows)), len(rows) - 1)]] = True
        deadline = np.array(
            [
                budgets[min(int(key * len(budgets)), len(budgets) - 1)] if len(budgets) else 0
                for key, budgets in zip(keys[num_requests:], self._budgets, strict=False)
            ],
            dtype=np.int64,
        )
        rank = self._request_weight * SPREAD ** (keys[:num_requests] - 0.5)
        placed = Placement(self._data, table=self._table)
        order = np.argsort(rank, kind="stable")
        for least in (deadline, np.zeros_like(deadline)):
            serve(self._table, placed.batches, self._weight, order, is_used, least)
        return placed


@compiled
def serve(
    table: PairTable,
    batches: Batches,
    weight: FloatArray,
    order: IntArray,
    is_used: BoolArray,
    deadline: IntArray,
) -> None:
    """Serve free requests in turn, each where it fits and weighs least.

    Parameters
    ----------
    table, batches
        Pairs, and batches that grow.
    weight
        Weight of each pair, shape (N,).
    order
        Requests in the order in which they are served, shape (I,).
    is_used
        True for the rows that may serve, shape (J,).
    deadline
        Least budget of a request that a row serves, shape (J,).
    """
    for request in order:
        if batches.place[request] != NOWHERE:
            continue
        best = NOWHERE
        for at in range(table.request_pointer[request], table.request_pointer[request + 1]):
            pair = table.request_pair[at]
            edge_node = table.edge_node[pair]
            if is_used[edge_node] and table.budget[pair] >= deadline[edge_node]:
                is_lighter = best == NOWHERE or weight[pair] < weight[best]
                if is_lighter and fits(table, batches, pair, NOWHERE):
                    best = pair
        if best != NOWHERE:
            join(table, batches, best)


@cache
def warm_up() -> None:
    """Import all that pymoo needs, before the clock starts: it stands for kernels alone."""
    warm_up_decoder()
    for _ in _generations(_two_requests(), Schedule.empty(1), 0, 2, Limits()):
        pass


@cache
def warm_up_decoder() -> None:
    """Compile the kernels, or load them from disk; without pymoo."""
    warm_up_single_node()
    decoder = _Decoder(_two_requests(), Schedule.empty(1))
    decoder.decode(decoder.first(0)[0])


def _two_requests() -> Coefficients:
    ones = np.ones((1, 2), dtype=np.int64)
    return Coefficients(
        uplink=ones,
        uplink_capacity=[1],
        downlink=ones,
        downlink_capacity=[1],
        memory=ones,
        memory_capacity=[1],
        compute=ones,
        compute_budget=ones,
        eligible=ones,
    )
