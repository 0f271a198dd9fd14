"""No option is dead: each, when it is given, changes what its verb asks of the API or prints."""

import inspect
import re
import sys
from functools import partial
from unittest.mock import MagicMock

import pytest
import typer

import otgah
from analysis.cli import main
from analysis.commands.common import app
from analysis.reports.report import Report

VERBS = typer.main.get_command(app).commands
OPTIONS = [
    (verb, parameter.opts[0])
    for verb, command in VERBS.items()
    for parameter in command.params
    if parameter.param_type_name == "option" and parameter.name != "help"
]

BASES = {
    "demo": [],
    "new": ["method", "mine"],
    "families": [],
    "methods": [],
    "catalogue": [],
    "generate": ["dense", "--out", "folder"],
    "solve": ["a.json", "--method", "ot-gah"],
    "bound": ["a.json"],
    "check": ["a.json"],
    "batch": ["a.json", "--methods", "ot-gah", "--out", "runs.sqlite"],
    "status": ["runs.sqlite"],
    "show": ["runs.sqlite", "abc"],
    "merge": ["a.sqlite", "b.sqlite", "--out", "c.sqlite"],
    "simulate": ["section-v"],
    "experiment": ["growth", "--out", "folder"],
    "report": ["runs.sqlite", "--out", "report.html"],
    "export": ["a.json", "--method", "milp-bigm", "--out", "a.mps"],
    "import": ["a.json", "a.sol", "--method", "milp-bigm"],
    "convert": ["a.json", "--out", "b.json"],
    "calibrate": ["rows.csv"],
    "export-runs": ["runs.sqlite", "--out", "runs.csv"],
    "conform": [],
    "doctor": [],
}
"""What each verb is given in any case."""

VALUES = {
    "--arrivals": "trace.csv",
    "--bound": "9",
    "--bound-time-limit": "3",
    "--certificate": "proof.json",
    "--check": "board.toml",
    "--edge-node": "server",
    "--engine": "dask",
    "--epochs": "7",
    "--error": "gain=db:3",
    "--fail-if": "gap.mean > 0.02",
    "--format-version": "2",
    "--goodput": "e2e:2s",
    "--grace": "5",
    "--hindsight-time-limit": "5",
    "--instance": "a.json",
    "--isolation": "pool",
    "--jobs": "2",
    "--memory-limit": "100",
    "--method": "milp-threshold",
    "--methods": "milp-threshold",
    "--node-limit": "9",
    "--notebook": "other.ipynb",
    "--out": "other{suffix}",
    "--picture": "errors.svg",
    "--plugin": "mine.py",
    "--predictions": "predictions.csv",
    "--prefer": "first",
    "--problem": "P2",
    "--quantile": "0.9",
    "--retry": "failed",
    "--runs": "other.sqlite",
    "--runtime-s": "1.5",
    "--schedule": "schedule.json",
    "--scheduler": "tcp://10.0.0.1:8786",
    "--seed": "3",
    "--seeds": "0:3",
    "--set": "key=1",
    "--table": "means",
    "--tables": "tables",
    "--template": "campaign",
    "--time-limit": "2",
    "--tune-slots": "5",
    "--warm-start": "greedy-by-output",
}
"""A value of each option that takes one, and that no verb has by default."""

TOGETHER = {"--engine": ["--scheduler", "tcp://10.0.0.2:8786"], "--scheduler": ["--engine", "dask"]}
"""What an option is refused without."""


WRITERS = {
    "analysis.tables.simulation": ("write_tables",),
    "analysis.calibration.document": ("write_profile", "write_predictions"),
    "analysis.calibration.picture": ("write_picture",),
    "analysis.text.calibration": ("calibration_text", "check_text"),
}
"""Functions by module that a verb calls with what the API returned."""


@pytest.fixture
def asked(monkeypatch):
    """Return what a call of the command does: what it asks, prints and answers; nothing is run."""
    calls = []

    def recorded(name, *arguments, **given):
        calls.append(f"{name} {arguments} {sorted(given.items())}")
        made = Report(page="p", notebook="n", answer="a", problems=("contradiction",))
        return made if name == "report" else MagicMock()

    for name in otgah.__all__:
        if inspect.isfunction(getattr(otgah, name)):
            monkeypatch.setattr(otgah, name, partial(recorded, name))
    engine = MagicMock(DaskEngine=partial(recorded, "DaskEngine"))
    monkeypatch.setitem(sys.modules, "analysis.engines.dask_engine", engine)
    for module, names in WRITERS.items():
        written = {name: partial(recorded, name) for name in names}
        monkeypatch.setitem(sys.modules, module, MagicMock(**written))
    for module in [each for each in sys.modules if each.startswith("analysis.commands.")]:
        for name in ("show", "show_json"):
            if hasattr(sys.modules[module], name):
                monkeypatch.setattr(f"{module}.{name}", partial(recorded, name))

    def run(*arguments):
        calls.clear()
        status = main(list(arguments))
        return [re.sub(r"id='\d+'", "", each) for each in [*calls, f"status {status}"]]

    return run


@pytest.mark.parametrize(("verb", "option"), OPTIONS, ids=[" ".join(each) for each in OPTIONS])
def test_an_option_that_is_given_makes_a_difference(asked, verb, option):
    (parameter,) = (each for each in VERBS[verb].params if option in each.opts)
    base = BASES[verb]
    given = [option]
    if not parameter.is_flag:
        suffix = next((f".{each.rsplit('.')[-1]}" for each in base if "." in each), "")
        given.append(VALUES[option].format(suffix=suffix))
    if option in base:  # one that must be there: it is given another value
        place = base.index(option)
        changed = [*base[:place], *given, *base[place + 2 :]]
    else:
        changed = [*base, *TOGETHER.get(option, []), *given]
    without, with_it = asked(verb, *base), asked(verb, *changed)
    assert with_it != without
    assert with_it[-1] != "status 2"  # what is refused makes a difference too


def test_the_same_call_makes_no_difference(asked):
    """Or the test above could not fail."""
    for verb, base in BASES.items():
        assert asked(verb, *base) == asked(verb, *base)
