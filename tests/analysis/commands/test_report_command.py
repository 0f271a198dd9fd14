"""`otgah report` with rules and with two files, as a build would call it."""

import json
from importlib import import_module
from pathlib import Path

import nbformat
import pytest

from analysis.cli import main
from instances.files import write_instance
from instances.instance import Instance
from tests.helpers.examples import problem
from tests.helpers.proofs import proof
from tests.helpers.rows import store_of


class Calls(list):
    """Calls of a function, which goes on to do what it does."""

    def __init__(self, monkeypatch, name):
        super().__init__()
        module, function = name.rsplit(".", 1)
        made = getattr(import_module(module), function)
        monkeypatch.setattr(name, lambda *given, **named: self._call(made, given, named))

    def _call(self, made, given, named):
        self.append(given)
        return made(*given, **named)


class Reads(Calls):
    """Reads of stores. Each store is removed after its first read: no process can read it again."""

    def __init__(self, monkeypatch):
        super().__init__(monkeypatch, "analysis.reports.sources.runs_table")

    def _call(self, made, given, named):
        runs = super()._call(made, given, named)
        Path(given[0]).unlink()
        return runs


@pytest.fixture
def files(tmp_path):
    """Return two campaigns: after, OT-GAH serves one more on a, one less on b, and crashes on c."""
    proofs = [proof(10, instance=name, runtime_s=1.0) for name in "abc"]
    before = [{"instance": name, "objective": 7, "runtime_s": 0.5} for name in "abc"]
    after = [
        {"instance": "a", "objective": 8, "runtime_s": 0.5},
        {"instance": "b", "objective": 6, "runtime_s": 0.5},
        {"instance": "c", "ended_by": "crash", "status": "none"},
    ]
    return (
        store_of(tmp_path / "before.sqlite", *proofs, *before),
        store_of(tmp_path / "after.sqlite", *proofs, *after),
    )


def report(capsys, *arguments):
    status = main(["report", *map(str, arguments)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize(
    ("rule", "status"), [("gap.mean > 0.02", 3), ("gap.mean > 0.9", 0), ("all: gap.max > 50 %", 0)]
)
def test_a_rule_decides_the_exit_status(files, capsys, rule, status):
    found, out, err = report(capsys, files[0], "--fail-if", rule)
    assert found == status
    assert ("must not be, it is 0.3" in err) == (status == 3)
    assert "checks kept" in out


def test_a_file_of_rules_may_be_given(files, capsys, tmp_path):
    rules = tmp_path / "rules.txt"
    rules.write_text("ot-gah: gap.max > 0.2\nall: failed.count > 0\n")
    status, out, err = report(capsys, files[0], "--fail-if", rules)
    assert status == 3
    assert err == "otgah: ot-gah: ot-gah: gap.max > 0.2 must not be, it is 0.3\n"
    assert out == "1 of 2 checks kept\n"


def test_two_files_are_compared_in_the_terminal(files, capsys):
    status, out, err = report(capsys, *files)
    assert status == 0
    assert "schedules better in 1, equal in 0, worse in 1; 1 failed now, 0 no more" in out
    assert out.index("Worse after: 2") < out.index("Better after: 1")
    assert err == "otgah: 1 of 6 runs failed\n"


def test_strict_refuses_a_later_file_with_failed_runs(files, capsys):
    assert report(capsys, *files, "--strict")[0] == 3
    assert report(capsys, files[1], files[0], "--strict")[0] == 0


def test_rules_speak_of_what_changed(files, capsys):
    status, _, err = report(
        capsys, *files, "--fail-if", "objective.worse > 0", "--fail-if", "ot-gah: gap.p < 0.05"
    )
    assert status == 3
    assert "ot-gah: objective.worse > 0 must not be, it is 1" in err
    assert "gap.p" not in err


def test_json_is_one_document(files, capsys):
    status, out, _ = report(capsys, *files, "--json", "--fail-if", "gap.worse > 5")
    document = json.loads(out)
    assert status == 0
    assert [row["instance"] for row in document["regressions"]] == ["c", "b"]
    assert document["contradictions"] == []
    assert document["problems"] == ["1 of 6 runs failed"]
    assert {each["scope"]: each["broken"] for each in document["findings"]} == {
        "milp-bigm": False,
        "ot-gah": False,
    }
    status, out, _ = report(capsys, files[0], "--json", "--fail-if", "gap.mean > 0.02")
    assert status == 3
    assert json.loads(out)["findings"][0]["rule"] == "gap.mean > 0.02"


def test_the_page_of_two_files_says_the_same(files, capsys, tmp_path):
    status, out, _ = report(capsys, *files, "--out", tmp_path / "page.html")
    assert status == 0
    page = (tmp_path / "page.html").read_text()
    assert "1 failed now, 0 no more" in page
    assert "From before.sqlite to after.sqlite." in page
    assert page.index("<h2>What got worse") < page.index("<h2>What got better")
    assert str(tmp_path / "page.html") in out
    nbformat.validate(nbformat.read(tmp_path / "page.ipynb", as_version=4))


def test_a_report_of_one_file_wants_a_page_or_a_rule(files, capsys):
    status, out, err = report(capsys, files[0])
    assert (status, out, err) == (2, "", "otgah: --out: must be given\n")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("gap.mean", "--fail-if: must be [SCOPE:] METRIC.STATISTIC COMPARATOR NUMBER"),
        ("gap.worse > 1", "must have two files of runs"),
        ("nobody: gap.mean > 1", "scope: must be one of all, ot-gah, milp-bigm, found 'nobody'"),
    ],
)
def test_a_bad_rule_is_bad_input(files, capsys, rule, told):
    status, out, err = report(capsys, files[0], "--fail-if", rule)
    assert (status, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1


@pytest.fixture
def one_instance(tmp_path):
    """Return a store with two runs of an instance, and the file of the instance."""
    write_instance(Instance(name="a", coefficients=problem()), tmp_path / "a.json")
    of_a = {"instance": "a", "coefficients": problem().digest()}
    found = of_a | {"objective": 1, "assignment": '{"0": [0], "1": []}'}
    return store_of(tmp_path / "of_a.sqlite", found, of_a | {"seed": 1}), tmp_path / "a.json"


@pytest.mark.parametrize("template", ["overview", "campaign", "instance"])
def test_a_report_reads_its_store_once_rules_included(
    files, one_instance, capsys, monkeypatch, tmp_path, template
):
    """The store is gone when the kernel starts, so that the page shows what was read before."""
    store, given = files[1], ["--template", template]
    if template == "instance":
        store, given = one_instance[0], ["--instance", one_instance[1]]
    reads = Reads(monkeypatch)
    rules = ["--fail-if", "all: failed.count > 9", "--fail-if", "all: objective.max > 99"]
    status, _, err = report(capsys, store, "--out", tmp_path / "page.html", *given, *rules)
    assert (status, "must not be" in err) == (0, False)
    assert len(reads) == 1
    assert "ot-gah" in (tmp_path / "page.html").read_text().lower()


def test_two_stores_are_read_and_compared_once_rules_included(files, capsys, monkeypatch, tmp_path):
    """Two methods have tests of gaps and times; rules on these add none, another scope one."""
    reads = Reads(monkeypatch)
    compared = Calls(monkeypatch, "analysis.metrics.comparison.compare")
    tests = Calls(monkeypatch, "analysis.metrics.comparison.compare_values")
    rules = [
        "gap.p < 0",
        "gap.worse > 9",
        "runtime_s.p < 0",
        "all: gap.p < 0",
        "all: gap.worse > 9",
    ]
    given = [each for rule in rules for each in ("--fail-if", rule)]
    status, _, err = report(capsys, *files, "--out", tmp_path / "page.html", *given)
    assert (status, err) == (0, "otgah: 1 of 6 runs failed\n")
    assert (len(reads), len(compared), len(tests)) == (2, 1, 2 * 2 + 1)
    assert "1 failed now, 0 no more" in (tmp_path / "page.html").read_text()
