import numpy as np
import pandas as pd
import pytest

from analysis.metrics import empirical_complexity, shows_growth
from analysis.text.runtimes import complexity_sentence
from tests.helpers.rows import table


def grown(sizes, runtimes, **more):
    return [
        {"instance": f"i{place}", "num_eligible": size, "runtime_s": runtime_s} | more
        for place, (size, runtime_s) in enumerate(zip(sizes, runtimes, strict=True))
    ]


def test_an_exact_power_is_found_exactly():
    """Times 1e-3 n^2 double fourfold, and the interval has no width."""
    runs = table(*grown([10, 20, 40], [0.1, 0.4, 1.6]))
    row = empirical_complexity(runs).iloc[0]
    assert row["exponent"] == pytest.approx(2)
    assert (row["low"], row["high"]) == pytest.approx((2, 2))
    assert row["per_doubling"] == pytest.approx(4)
    assert row["r_squared"] == pytest.approx(1)
    assert (row["smallest"], row["largest"]) == (10, 40)


def test_the_interval_is_that_of_least_squares_by_matrices():
    rng = np.random.default_rng(0)
    sizes = rng.integers(10, 1000, size=30)
    runtimes = 1e-3 * sizes**1.5 * np.exp(rng.normal(scale=0.3, size=30))
    row = empirical_complexity(table(*grown(sizes.tolist(), runtimes.tolist()))).iloc[0]
    design = np.column_stack([np.ones(30), np.log(sizes)])
    solution, (residual,), _, _ = np.linalg.lstsq(design, np.log(runtimes), rcond=None)
    variance = residual / 28 * np.linalg.inv(design.T @ design)[1, 1]
    assert row["exponent"] == pytest.approx(solution[1])
    assert row["high"] - row["exponent"] == pytest.approx(2.048407 * variance**0.5, rel=1e-5)
    assert row["exponent"] - row["low"] == pytest.approx(2.048407 * variance**0.5, rel=1e-5)
    assert row["low"] < 1.5 < row["high"]


def test_runs_that_were_cut_are_left_out_and_told():
    cut = {"ended_by": "time-limit", "num_eligible": 80, "runtime_s": 1.0, "instance": "z"}
    short = {"num_eligible": 1, "runtime_s": 1e-7, "instance": "y"}
    runs = table(*grown([10, 20, 40], [0.1, 0.4, 1.6]), cut, short)
    row = empirical_complexity(runs).iloc[0]
    assert (row["runs"], row["used"], row["censored"], row["small"]) == (5, 3, 1, 1)
    assert row["exponent"] == pytest.approx(2)
    assert complexity_sentence(row, name="ot", size="eligible pairs") == (
        "The time of ot grows like eligible pairs to the power 2.00 (95 % interval 2.00 to 2.00), "
        "from 10 to 40; 1 stopped or failed run is left out."
    )


@pytest.mark.parametrize(
    ("sizes", "times"), [([87, 90, 93], [0.1, 0.2, 0.1]), ([10, 20, 40], [0.1, 0.9, 0.1])]
)
def test_sizes_alike_and_times_that_scatter_are_not_said_to_grow(sizes, times):
    row = empirical_complexity(table(*grown(sizes, times))).iloc[0]
    assert pd.notna(row["exponent"])
    assert not shows_growth(row)
    assert complexity_sentence(row, name="ot", size="pairs") == (
        "3 runs of ot completed with a measurable time: too few, or too similar in size, to show "
        "how its time grows."
    )


@pytest.mark.parametrize("sizes", [[10, 20], [10, 10, 10]])
def test_too_little_gives_no_exponent(sizes):
    row = empirical_complexity(table(*grown(sizes, [0.1, 0.2, 0.3][: len(sizes)]))).iloc[0]
    assert pd.isna(row["exponent"])
    assert "too few, or too similar in size" in complexity_sentence(row, name="ot", size="pairs")


def test_each_group_has_its_own_line():
    runs = table(
        *grown([10, 20, 40], [0.1, 0.2, 0.4], method="ot"),
        *grown([10, 20, 40], [0.1, 0.4, 1.6]),
    )
    fitted = empirical_complexity(runs).set_index("method")["exponent"]
    assert fitted.to_dict() == pytest.approx({"ot": 1, "ot-gah": 2})
