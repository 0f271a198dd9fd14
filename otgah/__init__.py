"""The public names of the toolkit: ``import otgah`` is all that a user's file needs.

Each verb of the command line is a function of the same name. A name is imported when it is first
used, so that ``import otgah`` itself costs next to nothing.

- :mod:`_solving`: solve an instance, prove a bound, export a model.
- :mod:`_checking`: check an instance file, a schedule file or a certificate file.
- :mod:`_importing`: judge the solution that another solver found for an exported model.
- :mod:`_hidden_names`: refuse to start where a user's file hides a package of the toolkit.
- :mod:`__main__`: the command ``otgah``, and ``python -m otgah``.

Examples
--------
Draw an epoch of Section V in memory, or write the instance files of a family:

>>> import otgah
>>> folder = getfixture("tmp_path")
>>> scenario = otgah.build_scenario("section-v", seed=1, num_requests=20)
>>> otgah.build_instance(scenario, "twenty").coefficients.num_edge_nodes
3
>>> paths = otgah.generate(
...     "scarce-spectrum", folder, seeds=range(2), grid={"num_requests": [20]}
... )

Solve with a heuristic; the judge checks the schedule. Then prove a bound on all schedules:

>>> outcome = otgah.solve(paths[0], "ot-gah")
>>> str(outcome.result.status), outcome.result.bound, outcome.violations
('feasible', None, ())
>>> otgah.write_schedule(outcome.result.schedule, outcome.task.whole, folder / "schedule.json")
>>> otgah.check(paths[0], folder / "schedule.json").passed
True
>>> outcome.result.objective <= otgah.bound(paths[0]).result.bound
True

Make many runs into one file and a page of them; simulate many epochs:

>>> print(otgah.batch(paths, ["ot-gah", "decomposition"], folder / "runs.sqlite"))
4 runs: 4 new, 0 already in the store, 0 failed
>>> otgah.report(folder / "runs.sqlite", folder / "report.html").problems
()
>>> simulation = otgah.simulate("section-v", ["ot-gah"], num_epochs=3, seed=1)
>>> simulation.num_epochs, list(simulation.summary()["scheme"])
(3, ['ot-gah'])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from otgah._hidden_names import refuse_hidden_names

if TYPE_CHECKING:
    from analysis.calibration.calibration import Calibration, calibrate
    from analysis.calibration.check import ProfileCheck, check_profile
    from analysis.calibration.document import write_profile
    from analysis.campaigns.batch import Tally, batch
    from analysis.campaigns.certificates import write_certificates
    from analysis.campaigns.components import JoinedRuns, join_components, split_components
    from analysis.campaigns.doctor import Diagnosis, compile_kernels, examine
    from analysis.campaigns.doctor import examine as doctor
    from analysis.campaigns.merge import Merge, merge
    from analysis.campaigns.shown_run import ShownRun, show_run
    from analysis.campaigns.shown_run import show_run as show
    from analysis.campaigns.status import CampaignStatus, status
    from analysis.checks.certificate import CertificateVerdict
    from analysis.checks.instance_file import FileVerdict
    from analysis.checks.schedule import ScheduleVerdict
    from analysis.conformance.conform import Check, conform
    from analysis.demonstration.demo import demo
    from analysis.experiments.study import Study
    from analysis.experiments.study import study as experiment
    from analysis.generation.catalogue import CATALOGUE_KINDS, CatalogueEntry, catalogue
    from analysis.generation.convert import Conversion, convert
    from analysis.generation.grid import generate
    from analysis.generation.scenario import build_instance, build_scenario
    from analysis.methods.describe import describe_family, describe_method
    from analysis.methods.method import Method
    from analysis.methods.registry import methods
    from analysis.plugins.lookup import family, method
    from analysis.plugins.new_file import new
    from analysis.plugins.plugin import Plugin
    from analysis.plugins.registry import forget_plugins, use_installed_plugins, use_plugin
    from analysis.reports.faults import comparison_faults as comparison_problems
    from analysis.reports.faults import faults as problems
    from analysis.reports.report import Report, report
    from analysis.reports.rules import Finding, Rule, findings, read_rules
    from analysis.reports.sources import compare_stores, runs_of
    from analysis.reports.subject import Template
    from analysis.runs.outcome import Outcome
    from analysis.simulation.outcome import Simulation
    from analysis.simulation.simulate import simulate
    from analysis.store.store import read_epochs
    from analysis.tables.runs import export_runs, runs_table
    from analysis.tables.schemas import schema
    from heuristics.certificate import Certificate
    from heuristics.coefficients import RESOURCES, Coefficients
    from heuristics.errors import InputError
    from heuristics.limits import Limits, Stopped
    from heuristics.loads import Loads
    from heuristics.pairs import Pairs
    from heuristics.problem import Problem
    from heuristics.reporting import Listener, listening
    from heuristics.reporting import report as report_progress
    from heuristics.result import EndedBy, NodeKind, Progress, Result, Status
    from heuristics.schedule import Schedule
    from heuristics.system_models.catalogue.profiles import read_profile
    from heuristics.system_models.latency_profile import LatencyProfile
    from heuristics.system_models.scenario import Scenario
    from instances.certificate_files import read_certificate, write_certificate
    from instances.families.family import Drawn, Family, Parameters
    from instances.families.registry import families
    from instances.files import read_instance, write_instance
    from instances.instance import BestKnown, Instance
    from instances.schedule_files import read_schedule, write_schedule
    from instances.traces.excerpt import EXCERPT as TRACE_EXCERPT
    from otgah._checking import check
    from otgah._importing import import_solution
    from otgah._solving import bound, export, solve

__all__ = [
    "CATALOGUE_KINDS",
    "RESOURCES",
    "TRACE_EXCERPT",
    "BestKnown",
    "Calibration",
    "CampaignStatus",
    "CatalogueEntry",
    "Certificate",
    "CertificateVerdict",
    "Check",
    "Coefficients",
    "Conversion",
    "Diagnosis",
    "Drawn",
    "EndedBy",
    "Family",
    "FileVerdict",
    "Finding",
    "InputError",
    "Instance",
    "JoinedRuns",
    "LatencyProfile",
    "Limits",
    "Listener",
    "Loads",
    "Merge",
    "Method",
    "NodeKind",
    "Outcome",
    "Pairs",
    "Parameters",
    "Plugin",
    "Problem",
    "ProfileCheck",
    "Progress",
    "Report",
    "Result",
    "Rule",
    "Scenario",
    "Schedule",
    "ScheduleVerdict",
    "ShownRun",
    "Simulation",
    "Status",
    "Stopped",
    "Study",
    "Tally",
    "Template",
    "batch",
    "bound",
    "build_instance",
    "build_scenario",
    "calibrate",
    "catalogue",
    "check",
    "check_profile",
    "compare_stores",
    "comparison_problems",
    "compile_kernels",
    "conform",
    "convert",
    "demo",
    "describe_family",
    "describe_method",
    "doctor",
    "examine",
    "experiment",
    "export",
    "export_runs",
    "families",
    "family",
    "findings",
    "forget_plugins",
    "generate",
    "import_solution",
    "join_components",
    "listening",
    "merge",
    "method",
    "methods",
    "new",
    "problems",
    "read_certificate",
    "read_epochs",
    "read_instance",
    "read_profile",
    "read_rules",
    "read_schedule",
    "report",
    "report_progress",
    "runs_of",
    "runs_table",
    "schema",
    "show",
    "show_run",
    "simulate",
    "solve",
    "split_components",
    "status",
    "use_installed_plugins",
    "use_plugin",
    "write_certificate",
    "write_certificates",
    "write_instance",
    "write_profile",
    "write_schedule",
]

refuse_hidden_names()

_MODULES = {
    "analysis.calibration.calibration": ("Calibration", "calibrate"),
    "analysis.calibration.check": ("ProfileCheck", "check_profile"),
    "analysis.calibration.document": ("write_profile",),
    "analysis.campaigns.batch": ("Tally", "batch"),
    "analysis.campaigns.certificates": ("write_certificates",),
    "analysis.campaigns.components": ("JoinedRuns", "join_components", "split_components"),
    "analysis.campaigns.doctor": ("Diagnosis", "compile_kernels", "examine", "doctor"),
    "analysis.campaigns.merge": ("Merge", "merge"),
    "analysis.campaigns.shown_run": ("ShownRun", "show_run", "show"),
    "analysis.campaigns.status": ("CampaignStatus", "status"),
    "analysis.checks.certificate": ("CertificateVerdict",),
    "analysis.checks.instance_file": ("FileVerdict",),
    "analysis.checks.schedule": ("ScheduleVerdict",),
    "analysis.conformance.conform": ("Check", "conform"),
    "analysis.demonstration.demo": ("demo",),
    "analysis.experiments.study": ("Study", "experiment"),
    "analysis.generation.catalogue": ("CATALOGUE_KINDS", "CatalogueEntry", "catalogue"),
    "analysis.generation.convert": ("Conversion", "convert"),
    "analysis.generation.grid": ("generate",),
    "analysis.generation.scenario": ("build_instance", "build_scenario"),
    "analysis.methods.describe": ("describe_family", "describe_method"),
    "analysis.methods.method": ("Method",),
    "analysis.methods.registry": ("methods",),
    "analysis.plugins.lookup": ("family", "method"),
    "analysis.plugins.new_file": ("new",),
    "analysis.plugins.plugin": ("Plugin",),
    "analysis.plugins.registry": ("forget_plugins", "use_installed_plugins", "use_plugin"),
    "analysis.reports.faults": ("comparison_problems", "problems"),
    "analysis.reports.report": ("Report", "report"),
    "analysis.reports.rules": ("Finding", "Rule", "findings", "read_rules"),
    "analysis.reports.sources": ("compare_stores", "runs_of"),
    "analysis.reports.subject": ("Template",),
    "analysis.runs.outcome": ("Outcome",),
    "analysis.simulation.outcome": ("Simulation",),
    "analysis.simulation.simulate": ("simulate",),
    "analysis.store.store": ("read_epochs",),
    "analysis.tables.runs": ("export_runs", "runs_table"),
    "analysis.tables.schemas": ("schema",),
    "heuristics.certificate": ("Certificate",),
    "heuristics.coefficients": ("RESOURCES", "Coefficients"),
    "heuristics.errors": ("InputError",),
    "heuristics.limits": ("Limits", "Stopped"),
    "heuristics.loads": ("Loads",),
    "heuristics.pairs": ("Pairs",),
    "heuristics.problem": ("Problem",),
    "heuristics.reporting": ("Listener", "listening", "report_progress"),
    "heuristics.result": ("EndedBy", "NodeKind", "Progress", "Result", "Status"),
    "heuristics.schedule": ("Schedule",),
    "heuristics.system_models.catalogue.profiles": ("read_profile",),
    "heuristics.system_models.latency_profile": ("LatencyProfile",),
    "heuristics.system_models.scenario": ("Scenario",),
    "instances.certificate_files": ("read_certificate", "write_certificate"),
    "instances.families.family": ("Drawn", "Family", "Parameters"),
    "instances.families.registry": ("families",),
    "instances.files": ("read_instance", "write_instance"),
    "instances.instance": ("BestKnown", "Instance"),
    "instances.schedule_files": ("read_schedule", "write_schedule"),
    "instances.traces.excerpt": ("TRACE_EXCERPT",),
    "otgah._checking": ("check",),
    "otgah._importing": ("import_solution",),
    "otgah._solving": ("bound", "export", "solve"),
}
"""The names that each module gives, as type checkers read them above; a test compares the two."""

_RENAMED = {
    "comparison_problems": "comparison_faults",
    "problems": "faults",
    "doctor": "examine",
    "show": "show_run",
    "experiment": "study",
    "report_progress": "report",
    "TRACE_EXCERPT": "EXCERPT",
}
"""The public names that differ from the name in their module."""

_PLACES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_PLACES[name]), _RENAMED.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
