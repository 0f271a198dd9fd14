"""Serving metrics: agreement with a second computation, denominators, and bad limits."""

import json

import pandas as pd
import pytest

from analysis.cli import main
from analysis.simulation.goodput import Limits
from analysis.simulation.latencies import LATENCIES, PARTS, latencies, percentiles
from analysis.simulation.simulate import simulate
from heuristics.errors import InputError
from tests.helpers.serving_recomputed import read_requests, recomputed

SCHEMES = ("ot-gah-fast", "static-batching", "no-batching")
LIMITS = "e2e:2s,ttft:1800ms,tpot:50ms"


def test_metrics_are_those_of_an_independent_computation(tmp_path, capsys):
    """The command line, its CSV, and the standard library alone."""
    settings = ("--set", "llm=bloom-3b", "--set", "rate_per_s=20", "--set", "deadline_s=1+4")
    arguments = ["simulate", "section-v", "--epochs", "5", "--method", ",".join(SCHEMES)]
    arguments += [*settings, "--goodput", LIMITS, "--tables", str(tmp_path / "t"), "--json"]
    assert main(arguments) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["goodput_limits"] == {"e2e_s": 2.0, "ttft_s": 1.8, "tpot_s": 0.05}
    rows = read_requests(tmp_path / "t" / "requests.csv")
    good = []
    for shown in document["schemes"]:
        own = [row for row in rows if row["scheme"] == shown["scheme"]]
        limits = {"e2e": 2, "ttft": 1.8, "tpot": 0.05}
        again = recomputed(own, arrivals_s=10.0, limits=limits)
        assert len(own) == shown["arrived"]
        for name, expected in again.items():
            if isinstance(expected, dict):
                assert shown[name] == pytest.approx(expected, abs=2e-9), name
            else:
                assert shown[name] == pytest.approx(expected, rel=1e-12), name
        assert shown["release"] == "whole"
        assert all(0 < share < 1.0000001 for share in shown["utilisation"].values())
        good.append(shown["goodput"])
    assert 0 < max(good) < 1
    parquet = pd.read_parquet(tmp_path / "t" / "schemes.parquet")
    assert parquet["latency_s.p95"].tolist() == [
        each["latency_s"]["p95"] for each in document["schemes"]
    ]


def test_the_text_has_latencies_where_a_goodput_is_asked_for(capsys):
    arguments = ["simulate", "section-v", "--epochs", "2", "--method", "ot-gah-fast"]
    assert main(arguments) == 0
    plain = capsys.readouterr().out
    assert main([*arguments, "--goodput", "e2e:3s"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(plain)
    assert "TTFT" not in plain
    scheme = shown.splitlines()[-2].split()
    assert scheme[0] == "ot-gah-fast"
    assert scheme[-1] == "%"


def test_parts_add_up_to_the_end_to_end_latency():
    requests = simulate("section-v", SCHEMES, num_epochs=4).requests
    found = latencies(requests)
    received = found[found["e2e_s"].notna()]
    assert (received[list(PARTS)].sum(axis=1) - received["e2e_s"]).abs().max() < 1e-8
    assert (received[list(PARTS)] >= 0).all(axis=None)


def table(*rows):
    names = ("arrival", "upload_start", "upload_end", "compute_start", "first_token")
    names += ("last_token", "released", "received")
    columns = [f"{name}_s" for name in names]
    made = pd.DataFrame([each[:8] for each in rows], columns=columns, dtype="Float64")
    return made.assign(output_tokens=[each[8] for each in rows])


ONE = (0.0, 1.0, 1.5, 2.0, 2.25, 4.25, 2.25, 5.0, 5)
LOST = (0.5, None, None, None, None, None, None, None, 3)
SHORT = (1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.5, 1)


def test_latencies_worked_by_hand():
    found = latencies(table(ONE, LOST, SHORT))
    assert found.loc[0].tolist() == [5.0, 2.25, 0.5, 1.5, 0.5, 2.25, 0.75]
    assert found.loc[1].isna().all()
    assert found.loc[2].fillna(-1).tolist() == [1.5, 1.0, -1, 0.0, 0.0, 1.0, 0.5]
    assert list(found) == list(LATENCIES)


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        ("e2e:5s", [True, False, True]),
        ("e2e:4999ms", [False, False, True]),
        ("ttft:2.25s", [True, False, True]),
        ("tpot:500ms", [True, False, True]),
        ("tpot:499999us", [False, False, True]),
        ("ttft:1s,e2e:1.5s", [False, False, True]),
    ],
)
def test_a_request_is_good_if_it_keeps_every_limit(limits, kept):
    found = latencies(table(ONE, LOST, SHORT))
    assert Limits.parse(limits).kept(found).tolist() == kept


def test_percentiles_are_values_that_occur():
    values = pd.Series([float(each) for each in range(1, 11)])
    found = percentiles(values)
    assert found == {"mean": 5.5, "p50": 5.0, "p90": 9.0, "p95": 10.0, "p99": 10.0}
    assert percentiles(pd.Series([None], dtype=float)) is None


def test_nobody_receives_and_nobody_arrives():
    late = simulate(
        "section-v", SCHEMES, num_epochs=2, settings={"deadline_s": "0.1+0.2"}, goodput="e2e:9s"
    )
    for row in late.to_dict()["schemes"]:
        assert row["latency_s"] is None
        assert row["goodput"] == 0
    empty = simulate("section-v", SCHEMES, num_epochs=2, settings={"rate_per_s": 0.0})
    for row in empty.to_dict()["schemes"]:
        assert row["latency_s"] is None
        assert row["goodput"] is None
        assert row["utilisation"]["compute"] is None


@pytest.mark.parametrize("text", ["", "e2e", "e2e:2", "e2e:-2s", "e2e:2 h", "end:2s", "e2e:1s,,"])
def test_refuses_limits_that_are_none(text):
    with pytest.raises(InputError, match="--goodput: must be NAME:TIME of e2e, ttft, tpot"):
        Limits.parse(text)


def test_refuses_a_limit_that_is_named_twice():
    with pytest.raises(InputError, match="--goodput: must be named once, found 'e2e'"):
        Limits.parse("e2e:1s,e2e:2s")
