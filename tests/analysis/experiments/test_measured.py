import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.measured import BURSTS, BY_PEAKS, BY_PROFILE, CASES, MEASURED, OPTIMUM
from tests.helpers.experiment_tables import table_of, verdicts

FIRST = next(iter(CASES))


def told(row, *, late_by_peaks, late_by_profile):
    """Return the counts of a row: 80 requests arrived, 40 scheduled in 3 epochs."""
    is_peaks = row["line"] == BY_PEAKS.label
    num_late = late_by_peaks if is_peaks else late_by_profile
    completed = 40 - 10 * num_late
    return {
        "arrived": 80,
        "scheduled": 40,
        "completed": completed,
        "num_schedules": 3,
        "num_late": num_late,
        "completion_rate": completed / 80,
    }


@pytest.mark.parametrize(
    ("late_by_peaks", "late_by_profile", "expected"),
    [
        (3, 0, [Verdict.HOLDS, Verdict.HOLDS, Verdict.HOLDS]),
        (1, 0, [Verdict.FAILS, Verdict.HOLDS, Verdict.HOLDS]),
        (3, 1, [Verdict.HOLDS, Verdict.FAILS, Verdict.HOLDS]),
        (0, 0, [Verdict.FAILS, Verdict.HOLDS, Verdict.FAILS]),
    ],
)
def test_late_schedules_decide(late_by_peaks, late_by_profile, expected):
    table = table_of(
        MEASURED,
        lambda row: told(row, late_by_peaks=late_by_peaks, late_by_profile=late_by_profile),
    )
    found = list(verdicts(MEASURED, table).values())
    assert found[:3] == expected


def test_a_tie_with_a_rule_is_not_above_it():
    table = table_of(MEASURED, lambda row: told(row, late_by_peaks=0, late_by_profile=0))
    assert list(verdicts(MEASURED, table).values())[3] is Verdict.FAILS


def test_a_heuristic_below_the_optimum_is_not_near_it():
    def story(row):
        best = told(row, late_by_peaks=0, late_by_profile=0)
        return {**best, "completed": 44} if row["line"] == OPTIMUM.label else best

    near = MEASURED.claims[4]
    table = table_of(MEASURED, story, num_seeds=2, only={"case": (FIRST,)})
    assert near.judge(table).verdict is Verdict.FAILS
    equal = table.assign(completed=40)
    assert near.judge(equal).verdict is Verdict.HOLDS


def test_bursts_have_the_requests_of_the_trace_for_every_line():
    quick, best = (
        work.measured().values
        for row, work in MEASURED.works(MEASURED.quick)
        if row["case"] == f"{BURSTS}, RTX 4090" and (row["epoch_s"], row["seed"]) == (60.0, 0)
        if row["line"] in (BY_PROFILE.label, OPTIMUM.label)
    )
    assert quick["arrived"] == best["arrived"] > 0
    assert 0 < quick["completed"] <= best["completed"]


def test_schedules_by_the_profile_hold_and_those_by_peaks_do_not():
    rows = [
        work.measured().values
        for row, work in MEASURED.works(MEASURED.quick)
        if row["case"] == FIRST and row["epoch_s"] == 20.0 and row["seed"] == 0
    ]
    peaks, profile = rows[:2]
    assert peaks["scheduled"] > profile["scheduled"] > 0
    assert peaks["num_late"] == peaks["num_schedules"] > 0
    assert all(each["num_late"] == 0 for each in rows[1:])
