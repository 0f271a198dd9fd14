"""Requests that vLLM served, served again by continuous batching with a fitted profile.

The measured requests are those of LLMServingSim (``bench/examples``, MIT). The profiles of the
catalogue were fitted to the steps of the same logs, so this tests the scheduler and the form of the
step time, not how a profile carries over to other loads.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from analysis.simulation.continuous.policy import Cache, Overdue, Policy
from heuristics.system_models.batch_time import COEFFICIENTS
from heuristics.system_models.catalogue.profiles import profile_of
from tests.analysis.simulation.continuous.test_station import LATER, PROFILE, S, node, run

LOGS = {
    "RTX4090/Llama-3.1-8B": ("rtx-4090-llama-3.1-8b", 1),
    "RTXPRO6000/Llama-3.1-8B": ("rtx-pro-6000-llama-3.1-8b", 1),
    "RTXPRO6000/Qwen3-30B-A3B-Instruct-2507": ("rtx-pro-6000x2-qwen3-30b-a3b", 2),
}

WORST = {
    "RTX4090/Llama-3.1-8B": {"ttft": (0.2, 0.3), "e2e": (0.2, 0.25)},
    "RTXPRO6000/Llama-3.1-8B": {"ttft": (0.1, 0.4), "e2e": (0.06, 0.1)},
    "RTXPRO6000/Qwen3-30B-A3B-Instruct-2507": {"ttft": (0.3, 0.95), "e2e": (0.1, 0.3)},
}
"""Largest absolute relative errors of single requests, at p50 and at p95."""


def errors(log):
    """Return measured and simulated times at p50 and p95, and errors, by kind."""
    folder = Path(os.environ["OTGAH_DATA"], "latency", "llmservingsim", log)
    lines = [json.loads(line) for line in (folder / "requests.jsonl").read_text().splitlines()]
    meta = json.loads((folder / "meta.json").read_text())
    name, copies = LOGS[log]
    engine = meta["engine_kwargs"]
    num_tokens = meta.get("kv_cache", {}).get("num_kv_tokens", 10**6)
    coefficients = profile_of(name).coefficients
    values = {each: getattr(coefficients, each).value for each in COEFFICIENTS}
    station = (
        *node(memory=12 + 4 * num_tokens, latency="measured", latency_profile=PROFILE | values),
        Policy(
            chunk_tokens=copies * engine["max_num_batched_tokens"],
            cache=Cache.PAGED,
            overdue=Overdue.SERVE,
            max_requests=copies * engine["max_num_seqs"],
        ),
    )
    begin = min(line["queued_ts"] for line in lines)
    given = [
        (
            round((line["queued_ts"] - begin) * S),
            line["input_toks"],
            line["output_toks"],
            LATER,
            0,
        )
        for line in lines
    ]
    jobs, _ = run(station, given)
    kinds = {"ttft": ("first_token", "first_token_ts"), "e2e": ("last_token", "last_token_ts")}
    found = {}
    for kind, (own, measured) in kinds.items():
        simulated = np.array([(getattr(job, own) - job.upload_end) / S for job in jobs])
        true = np.array([line[measured] - line["queued_ts"] for line in lines])
        off = np.abs(simulated / true - 1)
        found[kind] = {
            key: np.quantile(each, [0.5, 0.95]).tolist()
            for key, each in (("measured", true), ("simulated", simulated), ("error", off))
        }
    return found


@pytest.mark.long
@pytest.mark.skipif("OTGAH_DATA" not in os.environ, reason="OTGAH_DATA is not set")
@pytest.mark.parametrize("log", list(LOGS))
def test_times_of_measured_requests(log):
    found = errors(log)
    for kind, limits in WORST[log].items():
        assert all(
            error <= limit for error, limit in zip(found[kind]["error"], limits, strict=True)
        ), found
