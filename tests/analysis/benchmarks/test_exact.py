from unittest.mock import MagicMock

import pandas as pd
import pytest

from analysis.benchmarks import bench_exact
from analysis.benchmarks.bench_exact import LIMITS_S, PEERS, Runs, against_peers, at_limits
from analysis.benchmarks.exact_kinds import EASY, HARD, KINDS, LARGE, WITHIN_LICENCES
from analysis.benchmarks.exact_tables import LIMIT_S, OWN, contradictions, paired, tables

OPEN = ("feasible", 9, 10, None)
PROVED = ("optimal", 10, 10, 2.0)


def measured(status, objective, bound, runtime_s):
    return {
        "num_requests": 20,
        "num_edge_nodes": 3,
        "status": status,
        "ended_by": "proof" if status == "optimal" else "time-limit",
        "proof": "bound" if status == "optimal" else None,
        "objective": objective,
        "bound": bound,
        "runtime_s": runtime_s,
        "coefficients": "0" * 64,
    }


@pytest.fixture
def asked(monkeypatch):
    """Let runs come to what is told here by method, and return which were made."""
    told, made = {}, []

    def run(instance, method, limit_s):
        made.append((method, limit_s))
        return measured(*told.get(method, OPEN))

    monkeypatch.setattr(bench_exact, "_measured", run)
    monkeypatch.setattr(bench_exact, "_drawn", lambda kind, seed: None)
    return told, made


def rows(*runs):
    """Rows of (kind, seed, method, limit, what it came to)."""
    keys = ("kind", "seed", "method", "limit_s")
    return pd.DataFrame([dict(zip(keys, run, strict=False)) | measured(*run[4]) for run in runs])


def test_the_kinds_have_names_of_their_own():
    assert len(KINDS) == len(HARD) + len(EASY) + len(LARGE)


def test_results_that_must_not_be_published_have_a_file_of_their_own(asked, tmp_path, monkeypatch):
    asked[0].update({OWN: PROVED, "milp-threshold:gurobi": ("optimal", 10, 10, 20.0)})
    installed = MagicMock(is_installed=True)
    monkeypatch.setattr(bench_exact, "SOLVERS", {"gurobi": installed, "cplex": installed})
    monkeypatch.setattr(bench_exact, "COMMERCIAL", ("gurobi", "cplex"))
    (kind,) = WITHIN_LICENCES
    runs = Runs(tmp_path / "exact.csv")
    bench_exact.against_solvers(runs, kind, 1)
    kept = (tmp_path / "exact.csv").read_text()
    assert "gurobi" not in kept
    assert "milp-threshold:cplex" in kept
    assert "gurobi" in (tmp_path / "exact-not-published.csv").read_text()
    table = tables(Runs(tmp_path / "exact.csv").table)
    assert table.index("milp-threshold:gurobi") < table.index("milp-threshold:cplex")
    assert "10.0" in table


@pytest.mark.parametrize("kind", HARD)
def test_a_hard_kind_has_some_500_requests_and_three_edge_nodes(kind):
    data = HARD[kind].draw(0).coefficients
    assert (data.num_edge_nodes, data.num_requests) == (3, 547)


def test_no_peer_has_more_time_than_another_needed_for_its_proof(asked, tmp_path):
    told, made = asked
    told |= {OWN: PROVED, PEERS[1]: PROVED, PEERS[2]: ("optimal", 10, 10, 1.5)}
    against_peers(Runs(tmp_path / "exact.csv"), "plain", 0)
    limits = [LIMIT_S, LIMIT_S, LIMIT_S, 2.0, 1.5]
    assert made == list(zip((OWN, *PEERS), limits, strict=True))


def test_runs_that_are_there_are_not_made_again(asked, tmp_path):
    told, made = asked
    told |= {
        OWN: ("optimal", 10, 10, 0.1 + 0.2),
        PEERS[0]: PROVED,
        PEERS[3]: ("none", None, None, None),
    }
    first = Runs(tmp_path / "exact.csv")
    against_peers(first, "plain", 0)
    num_made = len(made)
    again = Runs(tmp_path / "exact.csv")
    against_peers(again, "plain", 0)
    assert len(made) == num_made == 1 + len(PEERS)
    pd.testing.assert_frame_equal(again.table, first.table)
    against_peers(again, "plain", 1)
    assert len(made) == 2 * num_made


def test_a_large_instance_is_left_once_it_is_proved(asked, tmp_path):
    told, made = asked
    at_limits(Runs(tmp_path / "exact.csv"), "J = 9, I = 1,000", 0)
    assert made == [(OWN, limit_s) for limit_s in LIMITS_S]
    made.clear()
    told[OWN] = PROVED
    at_limits(Runs(tmp_path / "exact.csv"), "J = 9, I = 1,000", 1)
    assert made == [(OWN, LIMITS_S[0])]


def test_a_pair_has_the_best_proof_of_the_others_and_the_limit_without_one():
    runs = rows(
        ("plain", 0, OWN, 60.0, ("optimal", 10, 10, 0.5)),
        ("plain", 0, "scip", 60.0, ("optimal", 10, 10, 7.0)),
        ("plain", 0, "cp-sat", 7.0, ("optimal", 10, 10, 4.0)),
        ("plain", 0, "milp-bigm", 4.0, ("feasible", 9, 10, 4.0)),
        ("plain", 1, OWN, 60.0, ("feasible", 9, 10, 60.0)),
        ("plain", 1, "scip", 60.0, ("feasible", 9, 11, 60.0)),
    )
    pairs = paired(runs).reset_index().to_dict("records")
    assert [(row["seed"], row["own_s"], row["best_s"], row["is_open"]) for row in pairs] == [
        (0, 0.5, 4.0, False),
        (1, 60.0, 60.0, True),
    ]


def test_the_ratio_is_of_shifted_geometric_means():
    runs = rows(
        ("plain", 0, OWN, 60.0, ("optimal", 10, 10, 0.9)),
        ("plain", 0, "scip", 60.0, ("optimal", 10, 10, 9.9)),
    )
    (line,) = (line for line in tables(runs).splitlines() if line.startswith("all "))
    # 9.9 / 0.9 under both shifts, and with the shift kept 9.91 / 0.91 and 10 / 1
    assert line.split()[-4:] == ["11.0", "11.0", "10.9", "10.0"]


def test_an_instance_proved_under_a_limit_counts_under_the_greater_ones():
    kind = "J = 9, I = 1,000"
    runs = rows(
        (kind, 0, OWN, 10.0, ("feasible", 98, 100, 10.0)),
        (kind, 0, OWN, 30.0, ("optimal", 99, 99, 20.0)),
        (kind, 1, OWN, 10.0, ("optimal", 50, 50, 4.0)),
    )
    lines = [line for line in tables(runs).splitlines() if line.startswith(kind)]
    shown = [line.removeprefix(kind).split("  ") for line in lines]
    assert [[cell.strip() for cell in cells if cell] for cells in shown] == [
        ["10 s", "2", "1", "1.0", "2", "2.00 %", "7 s"],
        ["30 s", "2", "2", "0.0", "0", "0 %", "12 s"],
    ]


def test_optima_that_differ_and_bounds_below_schedules_are_told():
    runs = rows(
        ("plain", 0, OWN, 60.0, ("optimal", 10, 10, 0.5)),
        ("plain", 0, "scip", 60.0, ("optimal", 11, 11, 7.0)),
        ("plain", 1, OWN, 60.0, ("feasible", 7, 8, 60.0)),
        ("plain", 1, "scip", 60.0, ("feasible", 9, 11, 60.0)),
        ("plain", 2, OWN, 60.0, ("optimal", 10, 10, 0.5)),
        ("plain", 2, "scip", 60.0, ("none", None, None, None)),
    )
    assert contradictions(runs) == [
        "plain, seed 0: decomposition proved the optimum 10, scip the optimum 11",
        "plain, seed 1: decomposition proved the bound 8, scip found 9",
    ]
    assert "No two runs contradict" in tables(runs[runs["seed"] == 2])


@pytest.mark.long
def test_a_run_is_made_in_a_process_of_its_own_and_read_back(tmp_path, capsys):
    out = tmp_path / "exact.csv"
    arguments = ["--seeds", "0", "--parts", "easy", "--out", str(out)]
    bench_exact.main(arguments)
    first = capsys.readouterr().out
    assert "No two runs contradict each other." in first
    written = out.read_bytes()
    bench_exact.main(arguments)
    assert out.read_bytes() == written
    assert set(pd.read_csv(out)["status"]) == {"optimal"}
