"""The LP over batches: its bound, its rounding, and the 1 - 1/e that the rounding keeps."""

from math import e

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.generation.library import LIBRARY
from formulations.matheuristics.configuration_lp import ColumnGeneration, configuration_lp
from heuristics.judges.checker import check
from heuristics.limits import Limits
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.schedule import Schedule
from instances.families.registry import family
from instances.files import read_instance
from tests.helpers.alternatives import compressed, few, with_alternatives
from tests.helpers.examples import problem
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled

GUARANTEE = 1 - 1 / e


def rounded(data, **options):
    return configuration_lp(data, start=lambda left_s: ot_gah_fast(data).schedule, **options)


def mean_of_draws(data, num_draws=200, time_limit=None):
    """Return the mean throughput of plain draws, without the alteration, and the generation."""
    first = ot_gah_fast(data).schedule
    generation = ColumnGeneration(data, first, 0, Limits(time_limit=time_limit))
    for _ in generation.run(0):
        pass
    if generation.solution is None or not generation.is_closed:  # a schedule met the bound before
        for _ in generation._rounds():
            pass
    random, draws = np.random.default_rng(1), generation.rounding()
    drawn = [draws.draw(random) for _ in range(num_draws)]
    for batches in drawn[:5]:
        assert check(data, Schedule.of(batches)) == ()
    return np.mean([sum(map(len, batches)) for batches in drawn]), generation


@few
@given(st.one_of(coefficients(), levelled(), with_alternatives()))
def test_the_bound_is_one_and_the_schedule_lies_within_it(data):
    best = optimum(data)
    for each in (data, compressed(data)):
        result = rounded(each, draws=5)
        assert check(each, result.schedule) == ()
        assert ot_gah_fast(each).objective <= result.objective <= best <= result.bound
        assert (result.status == "optimal") == (result.objective == result.bound)


@few
@given(levelled())
def test_column_generation_closes_the_master(data):
    """The master's value is then the Lagrangian value, so at least the optimum."""
    if data.pairs.num_pairs:
        _, generation = mean_of_draws(data, num_draws=1)
        assert generation.is_closed
        assert generation.solution.value == pytest.approx(generation.value, abs=1e-4)
        assert generation.value >= optimum(data) - 1e-6


def half_tight(seed):
    (instance,) = family("half-tight").generate({}, seed)
    return instance


@pytest.mark.parametrize("seed", range(3))
def test_draws_serve_more_than_ot_gah_where_that_is_half_of_the_optimum(seed):
    data = half_tight(seed).coefficients
    mean, generation = mean_of_draws(data)
    assert generation.is_closed
    assert 2 * ot_gah_fast(data).objective == generation.bound
    assert mean >= GUARANTEE * generation.bound
    assert rounded(data).objective == generation.bound


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200))
def test_the_mean_draw_keeps_the_guarantee_on_half_tight_instances(seed):
    data = half_tight(seed).coefficients
    mean, generation = mean_of_draws(data)
    assert mean >= GUARANTEE * generation.bound


@pytest.mark.long
@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.json")), ids=lambda path: path.stem)
def test_the_mean_draw_keeps_the_guarantee_on_library_instances(path):
    instance = read_instance(path)
    if instance.coefficients.pairs.num_pairs:
        mean, generation = mean_of_draws(instance.coefficients)
        assert generation.is_closed
        assert generation.bound >= instance.best_known.objective
        assert mean >= GUARANTEE * instance.best_known.objective


def test_a_time_limit_keeps_a_bound():
    (instance,) = family("dense").generate({"copies": 2}, 0)
    result = rounded(instance.coefficients, time_limit=0.2)
    assert result.bound >= result.objective
    assert check(instance.coefficients, result.schedule) == ()


def test_a_run_whose_time_is_up_builds_no_master(monkeypatch):
    """A master of 20,000 requests takes longer than a tenth of a second."""
    monkeypatch.setattr(f"{ColumnGeneration.__module__}.ConfigurationMaster", None)
    result = configuration_lp(problem(), start=lambda left_s: None, time_limit=0)
    assert (result.ended_by, result.bound) == ("time-limit", 3)
