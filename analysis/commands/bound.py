"""`otgah bound`: a proven bound for an instance of any size."""

from __future__ import annotations

import otgah
from analysis.commands.common import (
    AsJson,
    CertificateOut,
    EdgeNode,
    File,
    TimeLimit,
    app,
    exit_status,
    show,
    show_json,
    write_certificate,
)


@app.command(
    short_help="Prove a bound on the throughput of P1, with a certificate.",
    epilog="Example: otgah bound instance.json --time-limit 10 --certificate proof.json",
)
def bound(
    file: File,
    time_limit: TimeLimit = None,
    edge_node: EdgeNode = None,
    certificate: CertificateOut = None,
    as_json: AsJson = False,
) -> int:
    """Prove a bound on the throughput of P1, with a certificate that `otgah check` verifies."""
    from analysis.runs import limits
    from analysis.text.outcome import bound_text

    outcome = otgah.bound(file, edge_node=edge_node, time_limit=limits.time_limit(time_limit))
    if certificate is not None:
        write_certificate(outcome, certificate)
    if as_json:
        show_json(outcome.to_dict())
    else:
        show(bound_text(outcome))
    return exit_status(outcome)
