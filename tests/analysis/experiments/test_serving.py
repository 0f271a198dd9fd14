"""Epochs and continuous batching: each verdict of each claim, its measure, and its table."""

import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.experiment import LABEL
from analysis.experiments.lines import NONE_BY_EPOCH, NONE_IN_TIME, OT_GAH
from analysis.experiments.serving import CONTINUOUS, P95, SERVING, WORLD, WORLDS
from analysis.simulation.simulate import simulate
from tests.helpers.experiment_tables import served, table_of, verdict

NAMES = [line.label for line in CONTINUOUS]


def story(gain, worlds=tuple(WORLDS)):
    """Return a story in which continuous batching gains, by rate, goodput and time."""

    def told(row):
        ahead = gain * (row[LABEL] in NAMES and row[WORLD] in worlds)
        rate = 0.5 + ahead - 0.1 * (row[LABEL] == NONE_BY_EPOCH.label) * bool(gain)
        values = served(rate, row["seed"])
        latency = 2.0 - 5 * ahead + 0.001 * row["seed"]
        return values | {"goodput": values["completion_rate"] / 2, P95: latency}

    return told


@pytest.mark.parametrize(
    "words",
    [
        "completes more requests than OT-GAH",
        pytest.param("goodput", marks=pytest.mark.long),
        pytest.param("At p95", marks=pytest.mark.long),
    ],
)
def test_a_gain_of_continuous_batching_decides(words):
    for gain, expected in ((0.1, Verdict.HOLDS), (0.0, Verdict.FAILS), (-0.1, Verdict.FAILS)):
        assert verdict(SERVING, table_of(SERVING, story(gain)), words) is expected
    found = table_of(SERVING, story(0.1, ("boards",)))
    assert verdict(SERVING, found, words) is Verdict.DEPENDS


def test_what_the_epoch_costs_decides():
    words = "The wait for the epoch"
    assert verdict(SERVING, table_of(SERVING, story(0.1)), words) is Verdict.HOLDS
    assert verdict(SERVING, table_of(SERVING, story(0.0)), words) is Verdict.FAILS


@pytest.mark.parametrize(
    ("label", "expected"),
    [(OT_GAH.label, Verdict.HOLDS), (NONE_IN_TIME.label, Verdict.FAILS)],
)
def test_ot_gah_against_no_batching(label, expected):
    def told(row):
        return story(0.0)(row) | served(0.6 if row[LABEL] == label else 0.5, row["seed"])

    words = "OT-GAH in epochs completes more requests than no batching"
    assert verdict(SERVING, table_of(SERVING, told), words) is expected


@pytest.mark.long
def test_figures():
    found = table_of(SERVING, story(0.1))
    assert [each.name for each in SERVING.draw(found, "made up")] == [
        "serving-completed",
        "serving-goodput",
        "serving-latency",
    ]


def test_the_table_of_winners():
    found = table_of(SERVING, story(0.1))
    rows = SERVING.tabulate(found)
    assert len(rows) == 3 * 2
    assert set(rows["most completed"]) <= set(NAMES)
    assert rows["the epoch costs [points]"].tolist() == [10.0] * 6
    nobody = found.assign(arrived=0)
    assert SERVING.tabulate(nobody).empty


def test_a_row_is_what_the_simulation_reports():
    [(_, work)] = [
        (row, work)
        for row, work in SERVING.works(SERVING.quick)
        if row == {WORLD: "boards", "load": 1.0, LABEL: "continuous", "seed": 0}
    ]
    values = work.measured().values
    settings = {"latency": "roofline", "rate_per_s": 5.0}
    names = ["continuous-batching"]
    limits = work.settings["limits"]
    again = simulate("trace", names, num_epochs=10, settings=settings, goodput=limits)
    [row] = again.to_dict()["schemes"]
    assert values["goodput"] == row["goodput"]
    assert values[P95] == row["latency_s"]["p95"]
    assert values["completed"] == row["completed"] > 0
