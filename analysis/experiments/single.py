"""Algorithms 1 and 2: optimality on one edge node, and growth of their runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Claim, Finding, Reading, settle
from analysis.experiments.experiment import LABEL, SEED, TIME, Drawing, Effort, Experiment, Line
from analysis.experiments.figure import Axis, curves
from analysis.experiments.measures import solved
from analysis.experiments.printed import PRINTED, printed_or_solved
from analysis.experiments.statistics import chosen, slope

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.experiments.experiment import Point

CPU, SIZE = f"{TIME}cpu_s", "num_requests"
ALGORITHM_1 = Line(label="Algorithm 1", scheme="algorithm-1", settings={"problem": "P2"})
ALGORITHM_1_PRINTED = Line(label="Algorithm 1, as printed", scheme=PRINTED)
OT = Line(label="OT", scheme="ot", settings={"problem": "P1"})
EXACT_P2 = Line(label="exact, P2", scheme="milp-threshold", settings={"problem": "P2"})
EXACT_P1 = Line(label="exact, P1", scheme="milp-threshold", settings={"problem": "P1"})

CASES: dict[str, dict[str, object]] = {
    "server of Section V": {"family": "paper", "edge_node": "server"},
    "scarce spectrum": {"family": "single-node"},
}
CUBIC = 3
LARGEST_PRINTED = 400
"""Largest number of requests for which the printed Algorithm 1 is timed."""


def _settings(point: Point) -> Mapping[str, object]:
    return {**CASES[point["case"]], SIZE: point[SIZE]}


def optimal(table: pd.DataFrame, line: Line, exact: Line) -> Finding:
    """Test if a line serves as many requests as the exact line, on all proved instances.

    Parameters
    ----------
    table
        Rows with both lines.
    line, exact
        The line under test and the exact line.
    """
    case = ["case", SIZE, SEED]
    own = chosen(table, {LABEL: line.label})[[*case, "objective"]]
    proved = chosen(table, {LABEL: exact.label})
    proved = proved[proved["objective"] == proved["bound"]][[*case, "objective"]]
    paired = own.merge(proved, on=case, suffixes=("", "_exact"))
    same = int((paired["objective"] == paired["objective_exact"]).sum())
    return settle(
        {
            (): Answer(
                holds=same == len(paired) if len(paired) else None,
                evidence=f"as many requests in {same} of {len(paired)} problems",
            )
        }
    )


def _cubic(table: pd.DataFrame) -> Finding:
    answers: dict[Reading, Answer] = {}
    for line, name in ((ALGORITHM_1_PRINTED, "as printed"), (ALGORITHM_1, "on a heap")):
        exponent = slope(chosen(table, {LABEL: line.label}), SIZE, CPU)
        if exponent is None or exponent.low is None or exponent.high is None:
            answers[(name,)] = Answer(holds=None, evidence="fewer than two seeds with three sizes")
            continue
        holds = True if exponent.high <= CUBIC else False if exponent.low > CUBIC else None
        evidence = f"time grows as I^{exponent.text('.2f')}"
        answers[(name,)] = Answer(holds=holds, evidence=evidence)
    return settle(answers)


def _draw_sizes(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    picture = curves(
        table,
        title="Requests that are served, of one edge node",
        x=Axis(column=SIZE, title="requests that have arrived, I"),
        y=Axis(column="objective", title="served"),
        panels=("case", {case: case for case in CASES}),
        caption="P2 leaves out the spectrum.",
        source=source,
    )
    return (Drawing(name="single", picture=picture),)


def _draw_growth(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    picture = curves(
        table,
        title="Time of Algorithm 1",
        x=Axis(column=SIZE, title="requests that have arrived, I", is_logarithmic=True),
        y=Axis(column=CPU, title="processor's time [s]", is_logarithmic=True),
        caption="The server of Section V; both axes logarithmic.",
        source=source,
    )
    return (Drawing(name="growth", picture=picture),)


SINGLE = Experiment(
    name="single",
    title="Algorithms 1 and 2: are they optimal for one edge node?",
    place="Section IV-B and IV-C",
    question=(
        "Do Algorithm 1 for P2 and OT for P1 serve as many requests as an exact solver that "
        "shares no code with them?"
    ),
    varies={"case": tuple(CASES), SIZE: (10, 20, 40, 60)},
    fixed={},
    settings=_settings,
    lines=(ALGORITHM_1, EXACT_P2, OT, EXACT_P1),
    quick=Effort(num_seeds=3, only={SIZE: (20, 40)}),
    full=Effort(num_seeds=20),
    measure=solved,
    claims=(
        Claim(
            sentence="Proposition 2: Algorithm 1 is optimal for P2.",
            place="Section IV-B",
            test="It serves as many requests as the proved optimum, in every problem.",
            judge=lambda table: optimal(table, ALGORITHM_1, EXACT_P2),
        ),
        Claim(
            sentence="OT finds the optimum of one edge node.",
            place="Section IV-C",
            test="It serves as many requests as the proved optimum, in every problem.",
            judge=lambda table: optimal(table, OT, EXACT_P1),
        ),
    ),
    draw=_draw_sizes,
)

GROWTH = Experiment(
    name="growth",
    title="Algorithm 1: how its time grows",
    place="Section IV-B",
    question=(
        "Is the time of Algorithm 1 within O(I^3)? As printed, each new card costs a scan of the "
        "hand for the longest, O(I^3). The project keeps the hand on a heap, O(I^2 log I)."
    ),
    varies={SIZE: (50, 100, 200, 400, 800, 1600)},
    fixed={"family": "paper", "edge_node": "server", "count_waiting": False},
    lines=(ALGORITHM_1, ALGORITHM_1_PRINTED),
    has_line=lambda point, line: line is ALGORITHM_1 or point[SIZE] <= LARGEST_PRINTED,
    quick=Effort(num_seeds=4, only={SIZE: (50, 100, 200, 400)}),
    full=Effort(num_seeds=10),
    measure=printed_or_solved,
    claims=(
        Claim(
            sentence="Algorithm 1 takes O(I^3).",
            place="Section IV-B",
            test=(
                "Of the processor's time against I, the mean of the seeds' exponents has its 95 % "
                "interval at most 3: as printed, and on a heap."
            ),
            judge=_cubic,
        ),
    ),
    draw=_draw_growth,
)
