"""Standings, gaps and curves of a league of three methods on two instances, by hand."""

import pandas as pd
import pytest

from analysis.metrics.league import COLUMNS, anytime, gaps_by_family, standings, with_gap


def table():
    """Return a league with the optima 10, proved, and at most 20; the best schedule there is 18."""
    rows = []
    for seed, served in ((0, {"ot-gah-fast": 8, "lns": 10}), (1, {"ot-gah-fast": 16, "lns": 18})):
        bound = (10, 20)[seed]
        rows.append({"seed": seed, "method": "decomposition", "limit_s": 60.0, "bound": bound})
        rows[-1]["objective"] = (10, 17)[seed]
        rows += [
            {"seed": seed, "method": name, "limit_s": 1.0, "objective": each}
            for name, each in (served | {"regret": (8, None)[seed]}).items()
        ]
    runs = pd.DataFrame(rows).reindex(columns=COLUMNS).assign(family="dense", size="small")
    runs["trajectory"] = [f"0.1:2 0.5:{each}" if each == each else "" for each in runs["objective"]]
    runs["trajectory"] = runs["trajectory"].str.replace(".0", "")
    return runs.assign(load=1.0)


def test_gaps_are_to_the_least_bound_of_any_run():
    found = with_gap(table()).set_index(["seed", "method"])
    assert "decomposition" not in found.index.get_level_values("method")
    assert found.loc[(0, "ot-gah-fast"), "gap"] == pytest.approx(0.2)
    assert found.loc[(1, "lns"), "gap"] == pytest.approx(0.1)
    assert found.loc[(1, "regret"), "gap"] == 1
    assert found.loc[(0, "lns"), "is_solved"]
    assert not found.loc[(1, "lns"), "is_solved"]
    assert found["is_proven"].tolist() == [True] * 3 + [False] * 3


def test_standings_rank_by_throughput_and_share_ties():
    found = standings(with_gap(table()), 1.0)
    assert found.index.tolist() == ["lns", "ot-gah-fast", "regret"]
    assert found["rank"].tolist() == [1, 2.25, 2.75]
    assert found.loc["lns", ["rank_low", "rank_high"]].tolist() == [1, 1]
    assert found.loc["ot-gah-fast", "rank_low"] == 2
    assert found.loc["lns", "mean_gap"] == pytest.approx(0.05)
    assert found.loc["lns", "worst_gap"] == pytest.approx(0.1)
    assert found.loc["lns", "solved"] == 0.5
    # OT-GAH misses 2 and 4 requests; lns serves 4 of these 6.
    assert found.loc["lns", "closed"] == pytest.approx(4 / 6)
    assert found.loc["ot-gah-fast", "closed"] == 0


def test_gaps_by_family_tell_how_many_optima_are_proven():
    found = gaps_by_family(with_gap(table()), 1.0)
    assert found.loc[("dense", "lns"), "mean_gap"] == pytest.approx(0.05)
    assert found.loc[("dense", "lns"), "proven"] == 0.5


def test_a_curve_starts_at_the_first_schedule():
    found = anytime(with_gap(table()), [0.01, 0.1, 1.0])
    assert found.loc[0.01, "lns"] == 1
    assert found.loc[0.1, "lns"] == pytest.approx((0.8 + 0.9) / 2)
    assert found.loc[1.0, "lns"] == pytest.approx(0.05)


def test_an_instance_counts_only_if_all_methods_have_run_on_it():
    runs = table()
    missing = runs[(runs["seed"] != 1) | (runs["method"] != "lns")]
    found = standings(with_gap(missing), 1.0)
    assert found["num_runs"].tolist() == [1, 1, 1]
    assert found.loc["ot-gah-fast", "mean_gap"] == pytest.approx(0.2)
    assert anytime(with_gap(missing), [1.0]).loc[1.0, "ot-gah-fast"] == pytest.approx(0.2)
