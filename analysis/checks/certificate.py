"""Certificate: the verdict on a certificate file, and on a schedule file beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.checks.schedule import check_schedule
from heuristics.errors import InputError
from heuristics.judges.verifier import verify
from instances.certificate_files import read_certificate
from instances.files import read_instance

if TYPE_CHECKING:
    from os import PathLike

    from analysis.checks.replay.enumeration import ReplayResult
    from analysis.checks.schedule import ScheduleVerdict
    from heuristics.certificate import Proof


@dataclass(frozen=True, kw_only=True)
class CertificateVerdict:
    """Verdict on a certificate.

    Parameters
    ----------
    instance
        Name of the instance, or NAME@EDGE_NODE for a certificate of one edge node.
    claimed, proof
        Bound that the certificate claims, and kind of its proof.
    tree_claim, tree_bound
        Bound that the certificate claims for its tree alone, and bound that the tree proves.
    replay
        Result of the replay of its enumeration; None if no replay was requested or needed.
    schedule
        Verdict on the schedule; None without a schedule.
    """

    instance: str
    claimed: int
    proof: Proof
    tree_claim: int
    tree_bound: int
    replay: ReplayResult | None = None
    schedule: ScheduleVerdict | None = None

    @property
    def bound(self) -> int:
        """Bound that was verified."""
        if self.replay is not None and self.replay.ended == "confirmed":
            return self.claimed
        return self.tree_bound

    @property
    def holds(self) -> bool:
        """True if the certificate proves its claim, or that of its tree without a replay."""
        if self.replay is not None:
            return self.bound <= self.claimed
        return self.tree_bound <= self.tree_claim

    @property
    def contradicts(self) -> bool:
        """True if the schedule is feasible and has more requests than the bound."""
        judged = self.schedule
        return judged is not None and judged.passed and judged.objective > self.bound

    @property
    def proved_optimal(self) -> bool | None:
        """True if the schedule is proved optimal; None without a schedule."""
        if self.schedule is None:
            return None
        return self.schedule.passed and self.schedule.objective == self.bound

    @property
    def passed(self) -> bool:
        """True if the certificate holds, and the schedule is feasible and not above the bound."""
        fits = self.schedule is None or (self.schedule.passed and not self.contradicts)
        return self.holds and fits

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as ``otgah check --certificate --json`` prints it."""
        return {
            "instance": self.instance,
            "passed": self.passed,
            "bound": self.bound,
            "claimed": self.claimed,
            "proof": self.proof,
            "tree_bound": self.tree_bound,
            "replay": None if self.replay is None else self.replay.ended,
            "message": None if self.replay is None else self.replay.message,
            "proved_optimal": self.proved_optimal,
            "schedule": None if self.schedule is None else self.schedule.to_dict(),
        }


def check_certificate(
    path: str | PathLike[str],
    certificate_path: str | PathLike[str],
    schedule_path: str | PathLike[str] | None = None,
    *,
    edge_node: str | int | None = None,
    replay: bool = False,
) -> CertificateVerdict:
    """Verify a certificate file, and judge a schedule file by the proven bound.

    Parameters
    ----------
    path, certificate_path, schedule_path
        Paths of the instance, of the certificate and, if there is one, of the schedule.
    edge_node
        Name or index of the edge node that the certificate is about; None for all edge nodes.
    replay
        Make the last step of a proof by enumeration again.

    Raises
    ------
    InputError
        If a file breaks a rule, or the certificate is malformed.
    """
    instance = read_instance(path)
    index = None if edge_node is None else instance.edge_node_index(str(edge_node))
    solved = instance if index is None else instance.at(index)
    certificate = read_certificate(certificate_path, instance, edge_node=index)
    try:
        proved = verify(solved.coefficients, certificate)
    except InputError as error:
        raise error.within(certificate_path) from error
    found = None
    if replay and certificate.bound < proved <= certificate.tree_bound:
        from analysis.checks.replay import enumeration

        found = enumeration.replay(solved.coefficients, certificate)
    return CertificateVerdict(
        instance=solved.name,
        claimed=certificate.bound,
        proof=certificate.proof,
        tree_claim=certificate.tree_bound,
        tree_bound=proved,
        replay=found,
        schedule=None
        if schedule_path is None
        else check_schedule(path, schedule_path, edge_node=edge_node),
    )
