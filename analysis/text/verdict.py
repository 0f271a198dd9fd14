"""Verdict: what a check found, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.checks.certificate import CertificateVerdict
    from analysis.checks.instance_file import FileVerdict
    from analysis.checks.schedule import ScheduleVerdict


def file_verdict_text(verdict: FileVerdict) -> str:
    """Return the findings in an instance file, one line for each."""
    edge_nodes = f"{verdict.num_edge_nodes} edge nodes"
    if (several := verdict.num_with_alternatives) is not None:
        edge_nodes = f"{several} edge nodes run in {verdict.num_edge_nodes} ways"
    lines = [
        f"{verdict.instance}: {verdict.num_requests} requests, {edge_nodes}, "
        f"{verdict.num_eligible} eligible pairs"
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


def schedule_verdict_text(verdict: ScheduleVerdict) -> str:
    """Return the judgement of a schedule, a line for each violation."""
    head = f"{verdict.instance}: {verdict.objective} requests, "
    if verdict.passed:
        return f"{head}feasible for {verdict.problem}"
    return "\n".join([f"{head}not feasible for {verdict.problem}", *map(str, verdict.violations)])


def certificate_verdict_text(verdict: CertificateVerdict) -> str:
    """Return the bound that a certificate proves, and its consequence for a schedule."""
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
