"""Enumeration: the last step of a certificate, made again from its multipliers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from time import perf_counter
from typing import TYPE_CHECKING

from analysis.checks.replay.column_choice import ColumnChoice
from analysis.checks.replay.columns import combinable, surviving
from analysis.checks.replay.combinations import answers
from analysis.checks.replay.limits import Clock, OutOfTimeError, TooManyColumnsError
from analysis.checks.replay.recursion import STATES, possible
from heuristics.judges.checker import check
from heuristics.judges.verifier import RankedRequests, cells
from heuristics.result import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.checks.replay.columns import Column
    from heuristics.certificate import Certificate
    from heuristics.coefficients import Coefficients
    from heuristics.judges.verifier import Cell
    from heuristics.schedule import Schedule

LONGEST_S = 3600.0
"""Time after which a replay ends without an answer [s]; a step in progress may exceed it."""

LARGEST_NUMBER = 2_000_000
"""Largest number of columns of all edge nodes together."""

WITHOUT_A_CHOICE = "as they bring too few or lose too much"


class ReplayStatus(StrEnum):
    """Answer of a replay."""

    CONFIRMED = "confirmed"
    """No schedule exceeds the bound."""

    REFUTED = "refuted"
    """A schedule exceeds the bound."""

    UNDECIDED = "undecided"
    """The replay ended without an answer."""


@dataclass(frozen=True, kw_only=True)
class ReplayResult:
    """Result of a replay.

    Parameters
    ----------
    ended
        Answer of the replay.
    num_cells, num_columns
        Number of leaves of the tree of P1 whose bound exceeds the claim, and number of columns
        that remain in them.
    message
        Explanation of the answer.
    schedule
        Schedule that exceeds the bound; None if none was found.
    """

    ended: ReplayStatus
    num_cells: int
    num_columns: int
    message: str
    schedule: Schedule | None = None


def replay(data: Coefficients, certificate: Certificate) -> ReplayResult:
    r"""Decide if a schedule exceeds the bound that a certificate claims.

    Parameters
    ----------
    data
        Coefficients of the problem.
    certificate
        Certificate whose proof is an enumeration.

    Raises
    ------
    InputError
        If the certificate is malformed.

    Notes
    -----
    A schedule of B + 1 requests lies in a leaf of the tree of P1 whose value L is at least
    :math:`(B + 1) Q`. There its batches together lose at most :math:`L - (B + 1) Q` against the
    :math:`V_j`, so each batch is in a column that loses no more. These columns are enumerated in
    integers, and columns that no columns of the other edge nodes complete are left out.
    An edge node with alternatives uses one row at most, so each choice of rows is replayed by
    itself; row v of group g loses :math:`W_g - V_v` before any of its columns is chosen.
    Combinations of one column per edge node are ruled out by states and by prices, in integers.
    Two MILP solvers decide if a remaining combination can be filled with requests, each request
    at most once and within the spectrum. The bound is confirmed only if both solvers report
    infeasibility. A schedule that a solver claims is judged in integers.
    """
    ranked = [RankedRequests.of(data, edge_node) for edge_node in range(data.num_edge_nodes)]
    floor = (certificate.bound + 1) * certificate.denominator
    num_cells = num_columns = 0
    deciders: dict[str, None] = {}
    clock = Clock(end_s=perf_counter() + LONGEST_S)

    def ended(how: ReplayStatus, message: str, schedule: Schedule | None = None) -> ReplayResult:
        return ReplayResult(
            ended=how,
            num_cells=num_cells,
            num_columns=num_columns,
            message=message,
            schedule=schedule,
        )

    try:
        for cell in cells(data, certificate):
            if cell.value is None or cell.value < floor:
                continue
            num_cells += 1
            for rows, slack in _uses(cell, floor):
                clock.check()
                choice = _choice(ranked, rows, slack, cell, certificate, clock)
                if choice is None:
                    continue
                num_columns += sum(map(len, choice.columns))
                for decider, status, found in _answers(choice, cell, certificate):
                    deciders[decider] = None
                    if status is Status.INFEASIBLE:
                        continue
                    if found is None:
                        clock.check()
                        return ended(ReplayStatus.UNDECIDED, f"{decider} ended without an answer")
                    schedule = found.on_rows(rows, data.num_edge_nodes)
                    return ended(*_judgement(data, certificate.bound, decider, schedule))
    except TooManyColumnsError as error:
        return ended(ReplayStatus.UNDECIDED, f"{error}, not replayed")
    except OutOfTimeError:
        late = f"not decided within {LONGEST_S:g} s, {num_cells} leaves begun"
        return ended(ReplayStatus.UNDECIDED, late)
    how = f"by {' and by '.join(deciders)}" if deciders else WITHOUT_A_CHOICE
    excess = certificate.bound + 1
    message = f"no choice of the columns is a schedule of {excess}, {how}"
    return ended(ReplayStatus.CONFIRMED, message)


def _answers(
    choice: ColumnChoice, cell: Cell, certificate: Certificate
) -> Iterator[tuple[str, Status, Schedule | None]]:
    """Yield answers on a choice of columns: of states, and of others for the remaining columns."""
    left = possible(choice, cell.prices, certificate.denominator)
    if left is not None:
        yield STATES, Status.INFEASIBLE, None
        if not all(left):
            return
        choice = replace(choice, columns=left)
    yield from answers(choice)


def _judgement(
    data: Coefficients, bound: int, decider: str, schedule: Schedule
) -> tuple[ReplayStatus, str, Schedule | None]:
    """Return the answer that follows from a schedule which a solver claims."""
    violations = check(data, schedule)
    if not violations and schedule.throughput > bound:
        message = f"{decider} found a schedule of {schedule.throughput} requests"
        return ReplayStatus.REFUTED, message, schedule
    why = violations[0] if violations else f"has {schedule.throughput} requests"
    return ReplayStatus.UNDECIDED, f"{decider} claims an invalid schedule: {why}", None


def _uses(cell: Cell, floor: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield each choice of one row of each group of a cell, and the slack of its batches.

    Choices whose value is below ``floor`` are left out; so are all choices that begin with the
    same rows, if no rows of the other groups suffice.
    """
    values = cell.edge_node_values
    largest = [
        max(value for row in rows if (value := values[row]) is not None) for rows in cell.groups
    ]

    def longer(rows: tuple[int, ...], slack: int) -> Iterator[tuple[tuple[int, ...], int]]:
        if len(rows) == len(cell.groups):
            yield rows, slack
            return
        for row in cell.groups[len(rows)]:
            value = values[row]
            lost = 0 if value is None else largest[len(rows)] - value
            if value is not None and lost <= slack:
                yield from longer((*rows, row), slack - lost)

    yield from longer((), (cell.value or 0) - floor)


def _choice(
    ranked: list[RankedRequests],
    rows: tuple[int, ...],
    slack: int,
    cell: Cell,
    certificate: Certificate,
    clock: Clock,
) -> ColumnChoice | None:
    """Return the remaining columns of each row in use of a cell; None if a row has none."""
    values = cell.edge_node_values
    columns: dict[int, list[Column]] = {}
    # Start with small batches: they leave few columns, and often none.
    for j in sorted(rows, key=lambda j: values[j] or 0):
        own = ranked[j]
        surplus = [certificate.denominator - cell.prices[request] for request in own.requests]
        try:
            columns[j] = surviving(own, cell.leaves[j], surplus, slack, clock)
        except TooManyColumnsError as error:
            raise TooManyColumnsError(f"{error} at edge node {j}") from error
        if not columns[j]:
            return None
        if sum(map(len, columns.values())) > LARGEST_NUMBER:
            raise TooManyColumnsError(f"more than {LARGEST_NUMBER} columns survive in all")
    needed = certificate.bound + 1
    kept = combinable([columns[j] for j in rows], slack, needed, clock)
    if not all(kept):
        return None
    own_ranked = [ranked[j] for j in rows]
    return ColumnChoice(
        ranked=own_ranked, columns=kept, slack=slack, throughput=needed, clock=clock
    )
