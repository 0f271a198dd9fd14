"""A study end to end: tables, figures, claims and one page that asks nobody for anything."""

import csv
import json
import re
from dataclasses import replace

import pytest

from analysis.cli import main
from analysis.experiments import registry
from analysis.experiments.study import study
from heuristics.errors import InputError
from tests.helpers.tiny import MARKUP, TINY

NEEDY = replace(TINY, name="needy", missing=lambda: "no <data> here")


@pytest.fixture(autouse=True)
def experiments(monkeypatch):
    monkeypatch.setattr(registry, "EXPERIMENTS", {"tiny": TINY, "needy": NEEDY})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "EXPERIMENTS", {"tiny": TINY, "needy": NEEDY})
        return folder, study(["all"], folder)


def test_the_folder_has_tables_figures_claims_and_the_page(made):
    folder, _ = made
    names = {path.name for path in folder.iterdir()}
    assert names == {
        *("tiny.csv", "tiny.times.csv", "tiny.svg", "tiny.png"),
        *("claims.csv", "index.html", "made.json", "rows.sqlite"),
    }


def test_what_is_timed_is_kept_apart_from_what_is_counted(made):
    folder, _ = made
    counted, timed = (
        list(csv.DictReader((folder / name).open())) for name in ("tiny.csv", "tiny.times.csv")
    )
    assert not [name for name in counted[0] if name.startswith("time_")]
    assert [name for name in timed[0] if not name.startswith("time_")] == [
        *("rate_per_s", "line", "seed")
    ]


def test_the_page_is_one_file_with_all_pictures_and_no_network(made):
    page = made[1].page.read_text(encoding="utf-8")
    assert page.count('src="data:image/svg+xml;base64,') == 1
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    assert not re.findall(r"https?://", page)
    assert "@import" not in page


def test_the_page_escapes_what_is_not_its_own(made):
    page = made[1].page.read_text(encoding="utf-8")
    assert "<b>more</b>" not in page
    assert "<data>" not in page
    assert "&lt;b&gt;more&lt;/b&gt; &amp; more" in page


def test_the_page_says_what_was_left_out_and_why(made):
    assert made[1].skipped == {"needy": "no <data> here"}
    assert "needy (no &lt;data&gt; here)" in made[1].page.read_text(encoding="utf-8")


def test_claims_are_a_table_too(made):
    folder, result = made
    [row] = csv.DictReader((folder / "claims.csv").open())
    assert row["sentence"] == MARKUP
    assert row["verdict"] == "holds"
    assert result.to_dict()["claims"] == [row]


def test_a_study_that_is_made_again_writes_the_same_files(made, tmp_path):
    folder, _ = made
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    study(["tiny", "needy"], folder)
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name for name in before if before[name] != after[name]} <= {"rows.sqlite"}


def test_what_it_was_made_with_stands_beside_it(made):
    told = json.loads((made[0] / "made.json").read_text())
    assert told["command"] == "otgah experiment tiny --out DIR"
    assert told["seeds"] == {"tiny": 2}
    assert {"otgah", "numpy", "python"} <= told.keys()


def test_bad_names_and_folders_are_refused_before_anything_is_made(tmp_path):
    with pytest.raises(InputError, match="must be one of tiny, needy, all"):
        study(["fig7"], tmp_path / "new")
    assert not (tmp_path / "new").exists()
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(InputError, match="must be a folder"):
        study(["tiny"], file)


def test_the_command_prints_verdicts_or_one_document(tmp_path, capsys):
    arguments = ["experiment", "tiny", "--out", str(tmp_path), "--quick"]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert MARKUP in shown
    assert shown.rstrip().endswith("index.html")
    assert main([*arguments, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["claims"][0]["verdict"] == "holds"


def test_the_command_says_which_experiments_there_are(tmp_path, capsys):
    assert main(["experiment", "fig7", "--out", str(tmp_path)]) == 2
    assert "must be one of tiny, needy, all, found 'fig7'" in capsys.readouterr().err
    assert main(["experiment", "tiny", "--out", str(tmp_path), "--jobs", "0"]) == 2
    assert "at least 1" in capsys.readouterr().err


def test_the_command_tells_on_stderr_what_was_left_out(tmp_path, capsys):
    assert main(["experiment", "needy", "--out", str(tmp_path)]) == 0
    assert "needy was left out: no <data> here" in capsys.readouterr().err
