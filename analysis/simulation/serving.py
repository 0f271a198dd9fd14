"""Serving metrics of a scheme: latencies, throughput, goodput, utilisation and energy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.simulation.latencies import LATENCIES, latencies, percentiles

if TYPE_CHECKING:
    import pandas as pd

    from analysis.simulation.goodput import Limits

RESOURCES = ("uplink", "downlink", "compute", "memory")

_KEYS = {"e2e_s": "latency_s"}

STREAM, WHOLE = "streamed", "whole"
"""Ways in which outputs leave an edge node: each token when it is computed, or all at the end."""


def serving(
    requests: pd.DataFrame, usage: pd.DataFrame, *, arrivals_s: float, limits: Limits | None
) -> dict[str, Any]:
    """Return the metrics of one scheme as ``otgah simulate --json`` has them.

    Parameters
    ----------
    requests
        Requests of the scheme, each once: received, dropped or refused.
    usage
        Usage of each edge node by the scheme, as
        :data:`analysis.simulation.usage.USAGE_COLUMNS`.
    arrivals_s
        End of the last period whose arrivals count [s].
    limits
        Limits of the goodput; None if it is not asked for.

    Returns
    -------
    dict
        Latencies are of the requests that received an output, completed and late ones, and null
        without any. Throughput counts these requests and their tokens, from the start to the last
        receipt or to the end of the arrivals, whichever is later. The goodput is a share of all
        requests that arrived, dropped and refused ones included. Utilisations are means over edge
        nodes, from the start to the end of the scheme's last activity.
    """
    found = latencies(requests)
    received = requests[found["e2e_s"].notna()]
    duration = max([arrivals_s, *received["received_s"].tolist()])
    arrived = len(requests)
    goodput = None
    if limits is not None and arrived:
        goodput = int(limits.kept(found).sum()) / arrived
    return {
        **{_KEYS.get(name, name): percentiles(found[name]) for name in LATENCIES},
        "num_with_tpot": int(found["tpot_s"].notna().sum()),
        "release": _release(received),
        "goodput": goodput,
        "duration_s": duration,
        "requests_per_s": len(received) / duration,
        "tokens_per_s": int(received["output_tokens"].sum()) / duration,
        "utilisation": _utilisation(usage),
        "joules": _joules(usage),
    }


def _release(received: pd.DataFrame) -> str | None:
    """Return how outputs leave the edge nodes; None without an output of two tokens."""
    long = received[received["output_tokens"] > 1]
    if long.empty:
        return None
    return WHOLE if (long["released_s"] == long["last_token_s"]).all() else STREAM


def _utilisation(usage: pd.DataFrame) -> dict[str, float | None]:
    end = float(usage["end_s"].max()) if len(usage) else 0.0
    return {name: float(usage[f"{name}_s"].mean()) / end if end else None for name in RESOURCES}


def _joules(usage: pd.DataFrame) -> dict[str, float | None]:
    """Return the energy of transmissions; no device states its power, so computing has none."""
    sums = {name: float(usage[f"{name}_joules"].sum()) for name in ("uplink", "downlink")}
    return {**sums, "compute": None}
