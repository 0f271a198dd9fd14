"""The study that is kept in the repository: its rows come out again, and so do its verdicts."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis.experiments.experiment import LABEL, SEED
from analysis.experiments.registry import EXPERIMENTS

KEPT = Path("analysis", "results", "study")
FOLDER = next(each / KEPT for each in Path(__file__).parents if (each / KEPT).is_dir())
CLAIMS = pd.read_csv(FOLDER / "claims.csv", keep_default_na=False)


def _read(text, like):
    """Return what a cell says; every float is written so that it is read as it was."""
    if isinstance(like, int | float):
        return float(text)
    return text or None


@pytest.mark.parametrize("name", [path.name for path in sorted(FOLDER.glob("fig*.csv"))])
def test_a_row_is_regenerated_bit_for_bit(name):
    """The last row of the least and of the largest seed, of whatever line it is.

    All optimal schedules serve as many; how long their batches take is theirs alone.
    """
    experiment = EXPERIMENTS[name.removesuffix(".csv")]
    lines = {line.label: line for line in experiment.lines}
    table = pd.read_csv(FOLDER / name, dtype=str, keep_default_na=False)
    for seed in (table[SEED].min(), table[SEED].max()):
        kept = table[table[SEED] == seed].iloc[-1].to_dict()
        point = next(
            each
            for each in experiment.points(experiment.full)
            if all(str(value) == kept[name] for name, value in each.items())
        )
        work = experiment.work(point, lines[kept[LABEL]], int(seed), int(kept["num_epochs"]))
        again = dict(work.measured().values)
        if kept[LABEL] == "optimum":
            assert again.pop("batch_s") > 0
        assert {key: _read(kept[key], value) for key, value in again.items()} == again


@pytest.mark.parametrize("name", sorted(set(CLAIMS["experiment"])))
def test_every_claim_of_an_experiment_has_its_verdict(name):
    own = CLAIMS[CLAIMS["experiment"] == name]
    assert own["sentence"].tolist() == [claim.sentence for claim in EXPERIMENTS[name].claims]
    assert own["test"].tolist() == [claim.test for claim in EXPERIMENTS[name].claims]


def test_verdicts_follow_from_the_rows_that_are_kept():
    table = pd.read_csv(FOLDER / "fig12.csv").convert_dtypes()
    for claim in EXPERIMENTS["fig12"].claims:
        found = claim.judge(table)
        [kept] = CLAIMS[CLAIMS["sentence"] == claim.sentence].to_dict("records")
        assert str(found.verdict) == kept["verdict"]
        assert "; ".join(found.evidence) == kept["evidence"]


def test_the_command_and_the_versions_are_kept():
    made = json.loads((FOLDER / "made.json").read_text())
    assert made["command"].startswith("otgah experiment fig8 ")
    assert "--quick" not in made["command"]
    assert {"otgah", "numpy", "numba", "highspy"} <= made.keys()
