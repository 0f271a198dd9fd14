"""Replay: the last step of a certificate by enumeration, made again from its multipliers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from analysis.checks.replay.column_choice import ColumnChoice
from analysis.checks.replay.columns import TooManyColumnsError, combinable, surviving
from analysis.checks.replay.combinations import answers
from analysis.checks.replay.recursion import STATES, possible
from heuristics.judges.checker import check
from heuristics.judges.verifier import RankedRequests, cells
from heuristics.result import Status

if TYPE_CHECKING:
    from analysis.checks.replay.columns import Column
    from heuristics.certificate import Certificate
    from heuristics.coefficients import Coefficients
    from heuristics.judges.verifier import Cell
    from heuristics.schedule import Schedule

WITHOUT_A_CHOICE = "as they bring too few or lose too much"


class ReplayStatus(StrEnum):
    """What a replay came to."""

    CONFIRMED = "confirmed"
    """No schedule exceeds the bound."""

    REFUTED = "refuted"
    """A schedule does."""

    UNDECIDED = "undecided"
    """It could not be told."""


@dataclass(frozen=True, kw_only=True)
class ReplayResult:
    """What a replay found.

    Parameters
    ----------
    ended
        What it came to.
    num_cells, num_columns
        The leaves of the tree of P1 whose bound exceeds the claim, and the columns that a choice
        in them can have.
    message
        What was found, as a sentence.
    schedule
        The schedule that exceeds the bound; None if there is none.
    """

    ended: ReplayStatus
    num_cells: int
    num_columns: int
    message: str
    schedule: Schedule | None = None


def replay(data: Coefficients, certificate: Certificate) -> ReplayResult:
    r"""Decide whether a schedule exceeds the bound that a certificate claims.

    Parameters
    ----------
    data
        The coefficients of the problem.
    certificate
        A certificate whose proof is an enumeration.

    Raises
    ------
    InputError
        If the certificate is malformed.

    Notes
    -----
    A schedule of B + 1 requests lies in a leaf of the tree of P1 whose value L is at least
    :math:`(B + 1) Q`. There its batches lose at most :math:`L - (B + 1) Q` together against the
    :math:`V_j`, so each is in one of the columns that lose no more. They are enumerated in
    integers, and those left out that no others complete. Combinations of one column an edge node
    are ruled out by states and by prices, in integers. Whether one that is left can be filled with
    requests, each once and within the spectrum, is decided by two MILP solvers; both must say no.
    A schedule that one of them claims is judged in integers.
    """
    ranked = [RankedRequests.of(data, edge_node) for edge_node in range(data.num_edge_nodes)]
    floor = (certificate.bound + 1) * certificate.denominator
    num_cells = num_columns = 0
    deciders: dict[str, None] = {}

    def ended(how: ReplayStatus, message: str, schedule: Schedule | None = None) -> ReplayResult:
        return ReplayResult(
            ended=how,
            num_cells=num_cells,
            num_columns=num_columns,
            message=message,
            schedule=schedule,
        )

    for cell in cells(data, certificate):
        if cell.value is None or cell.value < floor:
            continue
        num_cells += 1
        try:
            choice = _choice(ranked, cell, certificate)
        except TooManyColumnsError as error:
            return ended(ReplayStatus.UNDECIDED, f"{error}, not replayed")
        if choice is None:
            continue
        num_columns += sum(map(len, choice.columns))
        left = possible(choice, cell.prices, certificate.denominator)
        if left is not None:
            deciders[STATES] = None
            if not all(left):
                continue
            choice = replace(choice, columns=left)
        for decider, status, schedule in answers(choice):
            deciders[decider] = None
            if status is Status.INFEASIBLE:
                continue
            if schedule is None:
                return ended(ReplayStatus.UNDECIDED, f"{decider} came to no end")
            violations = check(data, schedule)
            if not violations and schedule.throughput > certificate.bound:
                message = f"{decider} found a schedule of {schedule.throughput} requests"
                return ended(ReplayStatus.REFUTED, message, schedule)
            why = violations[0] if violations else f"has {schedule.throughput} requests"
            return ended(ReplayStatus.UNDECIDED, f"{decider} claims a schedule that is none: {why}")
    how = f"by {' and by '.join(deciders)}" if deciders else WITHOUT_A_CHOICE
    excess = certificate.bound + 1
    message = f"no choice of the columns is a schedule of {excess}, {how}"
    return ended(ReplayStatus.CONFIRMED, message)


def _choice(
    ranked: list[RankedRequests], cell: Cell, certificate: Certificate
) -> ColumnChoice | None:
    """Return the columns that are left to choose from in a cell; None if there is no choice."""
    slack = (cell.value or 0) - (certificate.bound + 1) * certificate.denominator
    values = cell.edge_node_values
    columns: dict[int, list[Column]] = {}
    # Where batches are small, few columns are left, and often none.
    for j in sorted(range(len(ranked)), key=lambda j: values[j] or 0):
        own = ranked[j]
        surplus = [certificate.denominator - cell.prices[request] for request in own.requests]
        try:
            columns[j] = surviving(own, cell.leaves[j], surplus, slack)
        except TooManyColumnsError as error:
            raise TooManyColumnsError(f"{error} at edge node {j}") from error
        if not columns[j]:
            return None
    needed = certificate.bound + 1
    kept = combinable([columns[j] for j in range(len(ranked))], slack, needed)
    if not all(kept):
        return None
    return ColumnChoice(ranked=ranked, columns=kept, slack=slack, throughput=needed)
