"""Plain text for a terminal: a run, a study or a verdict in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.text.phrases import ABSENT, aligned, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.checks.certificate import CertificateVerdict
    from analysis.checks.verdict import FileVerdict, ScheduleVerdict
    from analysis.experiments.study import Study
    from analysis.runs.task import Outcome
    from analysis.simulation.outcome import Simulation


def outcome_text(outcome: Outcome) -> str:
    """Return a run as a few lines."""
    shown = outcome.to_dict()
    lines = [
        ("instance", shown["instance"]),
        ("method", f"{shown['method']} on {shown['problem']}"),
        ("status", f"{shown['status']}, {_ending(shown)}"),
        ("objective", _shown(shown["objective"])),
        ("bound", _shown(shown["bound"])),
        ("gap", percent(shown["gap"], 2)),
        ("runtime", seconds(shown["runtime_s"])),
    ]
    if shown["num_nodes"] is not None:
        lines.append(("nodes", f"{shown['num_nodes']} ({shown['node_kind']})"))
    if shown["claimed_objective"] is not None:
        lines.append(("claimed", f"{shown['claimed_objective']}, by a schedule that is left out"))
    for edge_node, batch in (outcome.assignment or {}).items():
        lines.append((f"batch {edge_node}", " ".join(map(str, batch)) or "empty"))
    lines += [("broken", str(violation)) for violation in outcome.violations]
    return aligned(lines)


def simulation_text(simulation: Simulation) -> str:
    """Return how each scheme did: what arrived, and what it ended as."""
    shown = ("arrived", "completed", "late", "dropped", "refused")
    schemes = simulation.to_dict()["schemes"]
    rows = [
        [row["scheme"], *(str(row[name]) for name in shown), percent(row["completion_rate"])]
        for row in schemes
    ]
    header = ["scheme", *shown, "completion rate"]
    unsolved = [
        f"{row['scheme']} found no schedule in {row['num_unsolved']} epochs, which served nobody"
        for row in schemes
        if row["num_unsolved"]
    ]
    return "\n".join([aligned(rows, header, right=range(1, len(header))), *unsolved])


def study_text(study: Study) -> str:
    """Return the verdict of each claim, and where the page is."""
    rows = [
        [row["experiment"], row["verdict"], row["sentence"]]
        for row in study.claims.to_dict("records")
    ]
    return "\n".join([aligned(rows, ["experiment", "verdict", "claim"]), "", str(study.page)])


def bound_text(outcome: Outcome) -> str:
    """Return a bound and what it was compared with, as a few lines."""
    result = outcome.result
    proves = "verified" if result.certificate is not None else ABSENT
    lines = [
        ("instance", outcome.task.instance.name),
        ("bound", _shown(result.bound)),
        ("unrounded", ABSENT if result.bound_raw is None else f"{result.bound_raw:.4f}"),
        ("best found", _shown(result.objective)),
        ("gap", percent(result.gap, 2)),
        ("certificate", proves),
        ("runtime", seconds(result.runtime_s)),
    ]
    return aligned(lines)


def schedule_verdict_text(verdict: ScheduleVerdict) -> str:
    """Return the judgement of a schedule, a line for each violation."""
    head = f"{verdict.instance}: {verdict.objective} requests, "
    if verdict.passed:
        return f"{head}feasible for {verdict.problem}"
    return "\n".join([f"{head}not feasible for {verdict.problem}", *map(str, verdict.violations)])


def certificate_verdict_text(verdict: CertificateVerdict) -> str:
    """Return what a certificate proves, and what that says of the schedule beside it."""
    name, claimed, proved = verdict.instance, verdict.claimed, verdict.tree_bound
    if proved > verdict.tree_claim:
        lines = [
            f"{name}: the certificate proves a bound of {proved}, and not the {claimed} that it "
            f"claims by {verdict.proof}"
        ]
    elif proved <= claimed:
        lines = [f"{name}: the certificate proves a bound of {proved}, and claims {claimed}"]
    else:
        lines = [
            f"{name}: the certificate proves a bound of {proved}, and claims {claimed} by "
            f"enumeration"
        ]
        if verdict.replay is None:
            lines.append(f"that nothing reaches {proved} is its last step, which --replay makes")
        else:
            lines.append(f"{verdict.replay.ended}: {verdict.replay.message}")
    if verdict.schedule is not None:
        lines.append(schedule_verdict_text(verdict.schedule))
        if verdict.proved_optimal:
            lines.append("proved optimal: no schedule has more requests")
        elif verdict.contradicts:
            lines.append(f"contradiction: the schedule exceeds the bound of {verdict.bound}")
        elif verdict.schedule.passed:
            lines.append(f"not proved optimal: the bound is {verdict.bound}")
    return "\n".join(lines)


def file_verdict_text(verdict: FileVerdict) -> str:
    """Return what is to be said of an instance file, a line each."""
    lines = [
        f"{verdict.instance}: {verdict.num_requests} requests, {verdict.num_edge_nodes} edge "
        f"nodes, {verdict.num_eligible} eligible pairs"
    ]
    lines += [
        f"dropped: edge node {edge_node}, request {request} does not fit alone"
        for edge_node, request in verdict.unfit
    ]
    lines.append(
        {
            None: "no scenario: the coefficients stand for themselves",
            True: "the scenario gives the same coefficients",
            False: f"the scenario gives other coefficients: {', '.join(verdict.differences)}",
        }[verdict.derived_again]
    )
    if verdict.best_known is not None:
        lines.append(f"best_known cannot be: {verdict.best_known}")
    return "\n".join(lines)


def summary_text(table: pd.DataFrame) -> str:
    """Return the summary by family and method that :func:`analysis.metrics.summary` makes."""
    from pandas import isna

    def known(value: float) -> float | None:
        return None if isna(value) else float(value)

    rows = [
        [
            str(row["family"]),
            str(row["method"]),
            f"{row['runs']}",
            f"{row['failed']}",
            percent(known(row["mean_gap"])),
            percent(known(row["max_gap"])),
            f"{row['optimal']}/{row['runs']}",
            seconds(known(row["runtime_s"])),
        ]
        for row in table.to_dict("records")
    ]
    header = ["family", "method", "runs", "failed", "mean gap", "max gap", "optimal", "runtime"]
    return aligned(rows, header, right=range(2, 8))


def _ending(shown: Mapping[str, Any]) -> str:
    if shown["proof"] is not None:
        return f"proved by {shown['proof']}"
    return f"ended by {shown['ended_by']}"


def _shown(value: object) -> str:
    return ABSENT if value is None else str(value)
