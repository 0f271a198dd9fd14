"""Checking: an instance file, a schedule file, or the certificate file of a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.checks.certificate import CertificateVerdict, check_certificate
from analysis.checks.instance_file import FileVerdict, check_file
from analysis.checks.schedule import ScheduleVerdict, check_schedule
from heuristics.errors import InputError
from heuristics.problem import Problem

if TYPE_CHECKING:
    from os import PathLike


def check(
    path: str | PathLike[str],
    schedule: str | PathLike[str] | None = None,
    *,
    problem: str = Problem.P1,
    edge_node: str | int | None = None,
    certificate: str | PathLike[str] | None = None,
    replay: bool = False,
) -> FileVerdict | ScheduleVerdict | CertificateVerdict:
    """Validate an instance file, judge a schedule file, or verify a certificate file.

    Parameters
    ----------
    path
        Path of the instance file.
    schedule
        Path of the schedule file; None to validate the instance alone.
    problem
        Problem whose constraints the schedule must satisfy.
    edge_node
        Name or index of the only edge node that counts; None for all.
    certificate
        Path of a certificate of P1; None without a certificate.
    replay
        True to repeat the last step of a certificate, an enumeration.

    Returns
    -------
    FileVerdict, ScheduleVerdict or CertificateVerdict
        A verdict with the attribute ``passed``.

    Raises
    ------
    InputError
        If a file breaks a rule of its format, or the certificate belongs to another problem.
    """
    if certificate is not None:
        if problem != Problem.P1:
            rule = "must be P1, the problem of every certificate"
            raise InputError(rule, field="problem", found=problem)
        return check_certificate(path, certificate, schedule, edge_node=edge_node, replay=replay)
    if replay:
        raise InputError("must come with a certificate", source="--replay")
    if schedule is None:
        return check_file(path, edge_node=edge_node)
    return check_schedule(path, schedule, problem=problem, edge_node=edge_node)
