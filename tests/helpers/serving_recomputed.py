"""Serving metrics computed a second time: from the CSV of requests, with the standard library."""

import csv
from math import ceil

SHARES = {
    "p50": 0.5,
    "p90": 0.9,
    "p95": 0.95,
    "p99": 0.99,
}


def read_requests(path):
    """Return the rows of a table of requests, numbers as floats and absent cells as None."""
    with open(path, newline="", encoding="utf-8") as file:
        return [
            {
                key: None if value == "" else float(value) if key.endswith(("_s", "ens")) else value
                for key, value in row.items()
            }
            for row in csv.DictReader(file)
        ]


def recomputed(rows, *, arrivals_s, limits):
    """Return the metrics of one scheme's requests; limits is a dictionary by latency."""
    received = [row for row in rows if row["received_s"] is not None]
    assert all((row["fate"] in ("completed", "late")) == (row in received) for row in rows)
    lists = {
        "latency_s": [row["received_s"] - row["arrival_s"] for row in received],
        "ttft_s": [row["released_s"] - row["arrival_s"] for row in received],
        "tpot_s": [_pace(row) for row in received if row["output_tokens"] > 1],
        "upload_s": [row["upload_end_s"] - row["upload_start_s"] for row in received],
        "compute_s": [row["last_token_s"] - row["compute_start_s"] for row in received],
        "download_s": [row["received_s"] - row["last_token_s"] for row in received],
    }
    lists["queueing_s"] = [
        whole - upload - compute - download
        for whole, upload, compute, download in zip(
            *(lists[name] for name in ("latency_s", "upload_s", "compute_s", "download_s")),
            strict=True,
        )
    ]
    duration = max([arrivals_s] + [row["received_s"] for row in received])
    return {
        **{name: _statistics(values) for name, values in lists.items()},
        "goodput": sum(_is_good(row, limits) for row in rows) / len(rows),
        "requests_per_s": len(received) / duration,
        "tokens_per_s": sum(row["output_tokens"] for row in received) / duration,
    }


def _pace(row):
    return (row["last_token_s"] - row["first_token_s"]) / (row["output_tokens"] - 1)


def _statistics(values):
    if not values:
        return None
    values = sorted(round(value, 9) for value in values)
    at = {name: values[max(ceil(share * len(values)), 1) - 1] for name, share in SHARES.items()}
    return {"mean": sum(values) / len(values), **at}


def _is_good(row, limits):
    if row["received_s"] is None:
        return False
    found = {
        "e2e": row["received_s"] - row["arrival_s"],
        "ttft": row["released_s"] - row["arrival_s"],
        "tpot": _pace(row) if row["output_tokens"] > 1 else 0,
    }
    return all(round(found[name], 9) <= limit for name, limit in limits.items())
