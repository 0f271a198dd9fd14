"""Beyond the paper: a quantization scheme or a length chosen at each edge node, beside fixed ones.

The paper says in Sections II-C and V-C that quantization should be selected to match services with
edge nodes, and fixes it for each figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments import choice_cases
from analysis.experiments.choice_cases import (
    ACCURACIES,
    ALIKE,
    BY_OT_GAH,
    CASE,
    CASES,
    CHOSEN,
    FIXED,
    LENGTH_CASES,
    LOAD,
    LOADS,
    REQUIRED,
    SCHEME_CASES,
    UP_TO,
    USERS,
)
from analysis.experiments.choice_figures import draw
from analysis.experiments.choice_gains import POINTS, gains, largest
from analysis.experiments.chosen_epochs import LAST_SHARE, chosen_epochs
from analysis.experiments.claim import Answer, Claim, Finding, settle
from analysis.experiments.comparing import ABOVE, HOLM, RISES, above, every, rises
from analysis.experiments.experiment import LABEL, Effort, Experiment
from analysis.experiments.statistics import by_seed, chosen, mean, significant_signs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

    from analysis.experiments.claim import Reading

BEYOND = "Beyond the paper"
_SELECTED = f"{BEYOND}; Sections II-C and V-C say that quantization should be selected"

SUBSTANTIAL = 0.1
"""Gain, as a fraction of the best fixed alternative's rate, that counts as substantial."""

NEAR = 0.02
"""Largest relative gap at which a heuristic counts as near the optimum."""

_FULL = {USERS: UP_TO, REQUIRED: 1}


def _under_each(
    table: pd.DataFrame, cases: Iterable[str], test: Callable[[pd.DataFrame, str], Answer]
) -> Finding:
    """Settle a claim by a test for each case with rows."""
    own = {case: chosen(table, {CASE: case}) for case in cases}
    answers: dict[Reading, Answer] = {
        (case,): test(rows, case) for case, rows in own.items() if len(rows)
    }
    return settle(answers or {(): Answer(holds=None, evidence="no rows")})


def _above_fixed(rows: pd.DataFrame, case: str) -> Answer:
    at_one = chosen(rows, {USERS: UP_TO, LOAD: 1})
    return every(
        {
            f"over {name}": above(at_one, {LABEL: CHOSEN.label}, {LABEL: name}, REQUIRED)
            for name in CASES[case].names
        }
    )


def _above_longest(rows: pd.DataFrame, case: str) -> Answer:
    longest = CASES[case].names[-1]
    return above(rows, {LABEL: CHOSEN.label}, {LABEL: longest}, LOAD)


def _gains_substantially(rows: pd.DataFrame, case: str) -> Answer:
    found = gains(rows)
    if not found:
        return Answer(holds=None, evidence="no rows")
    signs = significant_signs([each.change for each in found])
    best = max(found, key=lambda each: each.relative or 0.0)
    size = "from nothing" if best.relative is None else f"{100 * best.relative:+.3g} %"
    is_large = [each.rate > 0 and (each.relative or 0) >= SUBSTANTIAL for each in found]
    passed = [large and sign > 0 for large, sign in zip(is_large, signs, strict=True)]
    return Answer(
        holds=True if any(passed) else None if any(is_large) else False,
        evidence=(
            f"most at {best.place}: {best.change.text('+.2f', POINTS)} points over {best.fixed}, "
            f"{size}; a tenth or more at {sum(passed)} of {len(found)} points"
        ),
    )


def _compresses_more(rows: pd.DataFrame, case: str) -> Answer:
    own = chosen(rows, {**_FULL, LABEL: CHOSEN.label})
    known = own[own[LAST_SHARE].notna()].assign(**{LAST_SHARE: POINTS * own[LAST_SHARE]})
    return rises(known, {}, LOAD, LAST_SHARE)


def _is_near(rows: pd.DataFrame, case: str) -> Answer:
    quick, best = (by_seed(rows, {LABEL: line.label}, "completed") for line in (BY_OT_GAH, CHOSEN))
    gaps = ((best - quick) / best)[best > 0].dropna()
    found = mean(gaps.to_numpy()) if len(gaps) else None
    if found is None or found.low is None or found.high is None:
        return Answer(holds=None, evidence="fewer than two seeds")
    return Answer(
        holds=True if found.high <= NEAR else False if found.low > NEAR else None,
        evidence=f"{found.text('.2f', 100)} % of the optimum are missing",
    )


CHOICE = Experiment(
    name="choice",
    title="Beyond the paper: schemes and lengths chosen at each edge node",
    place=BEYOND,
    question=(
        "The paper fixes the quantization of each figure and pads every prompt to 512 tokens. What "
        "is gained if each edge node chooses its scheme, or its s', with its batch, where, and "
        "what is chosen as the load grows? Epochs are solved one by one. With β = 1 and ample "
        "memory the least compressed scheme is never worse; β = (bits/16)² is the text's factor "
        "of 4 for 8 bits, and where reading counts, smaller weights are read faster. Settings and "
        "loads were chosen after a look at one epoch of three seeds; tests and thresholds were "
        "stated after this look and before the first run."
    ),
    varies={CASE: tuple(CASES), USERS: (UP_TO, ALIKE), REQUIRED: ACCURACIES, LOAD: LOADS},
    fixed={},
    lines=(*FIXED.values(), CHOSEN, BY_OT_GAH),
    has_line=choice_cases.has_line,
    keep=choice_cases.keep,
    settings=choice_cases.settings,
    quick=Effort(
        num_seeds=3,
        only={USERS: (UP_TO,), REQUIRED: (0.0, 0.3, 0.65, 1.0), LOAD: (0.25, 1.0, 4.0)},
    ),
    full=Effort(num_seeds=20),
    claims=(
        Claim(
            sentence="Choosing the scheme of each edge node completes more than any fixed scheme.",
            place=_SELECTED,
            test=f"Of the optima, over each fixed scheme, users requiring up to a, {ABOVE}.",
            judge=lambda table: _under_each(table, SCHEME_CASES, _above_fixed),
        ),
        Claim(
            sentence="At some accuracy or load choosing gains a tenth over the best fixed choice.",
            place=_SELECTED,
            test=(
                "At some point the optimum of the choice completes a tenth more than the fixed "
                "alternative with the highest mean there, and the difference is above 0 by a t "
                f"test at 5 %, paired by seed and {HOLM}."
            ),
            judge=lambda table: _under_each(table, CASES, _gains_substantially),
        ),
        Claim(
            sentence="As the load grows, more of the served requests are served most compressed.",
            place=_SELECTED,
            test=(
                "The percentage of the completed requests that the most compressed scheme serves: "
                f"{RISES}."
            ),
            judge=lambda table: _under_each(table, SCHEME_CASES, _compresses_more),
        ),
        Claim(
            sentence="Choosing s' with each batch completes more than padding to the longest s'.",
            place=f"{BEYOND}; Section III-B pads all prompts to one s'",
            test=f"Of the optima, {ABOVE}.",
            judge=lambda table: _under_each(table, LENGTH_CASES, _above_longest),
        ),
        Claim(
            sentence="OT-GAH chooses nearly as well as the optimum.",
            place=BEYOND,
            test=(
                f"Over all points it completes at most {100 * NEAR:g} % fewer requests than the "
                "optimum of the choice does, with the whole 95 % interval."
            ),
            judge=lambda table: _under_each(table, CASES, _is_near),
        ),
    ),
    draw=draw,
    tabulate=largest,
    measure=chosen_epochs,
)
