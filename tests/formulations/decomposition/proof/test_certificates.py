"""Certificates made during a run: a limit does not lose what the prices proved."""

from math import floor

import numpy as np
import pytest

from formulations.decomposition import search
from formulations.decomposition.decomposition import bound, decomposition
from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.proof.certificates import Certificates
from formulations.decomposition.proof.proof import certificate
from heuristics.judges.verifier import verify
from heuristics.limits import Limits, Stopped
from heuristics.result import EndedBy
from tests.helpers.dense import dense


def climbed(data):
    """Return the edge nodes, and an ascent of some steps with best batches."""
    nodes = EdgeNodes.of(data)
    ascent = DualAscent(nodes, data.num_requests)
    ascent.climb(0, Limits(), exact=True, step=1.0, num_steps=60)
    return nodes, ascent


def test_the_best_certificate_is_kept_where_a_later_one_lacks_time():
    data = dense(60)
    nodes, ascent = climbed(data)
    kept = Certificates(data, nodes, Limits())
    kept.keep_pace(ascent.prices(), floor(ascent.value), is_due=True)
    loosest = certificate(data, nodes, ascent.prices(), 0, Limits(time_limit=0))
    assert kept.best.bound == floor(ascent.value) < loosest.bound
    made = kept.make(ascent.prices(), floor(ascent.value), Limits(time_limit=0))
    assert made == kept.best
    assert verify(data, made) == made.bound


def test_a_certificate_is_made_again_only_for_a_lower_target():
    data = dense(60)
    nodes, ascent = climbed(data)
    kept = Certificates(data, nodes, Limits())
    target = floor(ascent.value)
    kept.keep_pace(ascent.prices(), target + 3, is_due=True)
    first = kept.best
    kept.keep_pace(ascent.prices(), target + 3, is_due=True)
    assert kept.best is first
    kept.keep_pace(ascent.prices(), target, is_due=True)
    assert kept.best.bound == target


def test_a_proof_that_a_limit_cut_is_continued(monkeypatch):
    data = dense(60)
    nodes, ascent = climbed(data)
    kept = Certificates(data, nodes, Limits(time_limit=100))
    target = floor(ascent.value)
    with monkeypatch.context() as patch:
        patch.setattr(Certificates, "_time_s", lambda self, **_: 0.0)
        kept.keep_pace(ascent.prices(), target, is_due=True, is_last=True)
    assert kept.best.bound > target + 1
    kept.keep_pace(ascent.prices(), target, is_due=True, is_last=True)
    assert kept.best.bound == target
    assert verify(data, kept.best) == target


def test_a_proof_that_is_not_due_takes_a_few_times_as_long_as_the_last_one():
    data = dense(60)
    kept = Certificates(data, EdgeNodes.of(data), Limits(time_limit=100))
    kept._proof_s = 2.0
    assert kept._time_s(is_due=False, is_last=False) == 6.0
    assert kept._time_s(is_due=True, is_last=False) > 40
    assert kept._time_s(is_due=False, is_last=True) > 90


def test_part_of_the_time_limit_is_reserved_for_the_last_certificate():
    data, limits = dense(60), Limits(time_limit=10)
    kept = Certificates(data, EdgeNodes.of(data), limits)
    assert 0 < limits.time_limit < 10
    assert limits.left_s < kept.left_s <= 10


@pytest.mark.parametrize("end", [KeyboardInterrupt(), Stopped(EndedBy.TIME_LIMIT)])
@pytest.mark.parametrize("method", [bound, decomposition])
def test_a_run_that_is_stopped_proves_the_bound_of_its_prices(monkeypatch, method, end):
    """The run ends while schedules are made, without time for a last certificate."""

    def stop(self, *, num_vain):
        raise end

    data = dense(60)
    best = decomposition(data).objective
    monkeypatch.setattr(search.Search, "schedule", stop)
    monkeypatch.setattr("formulations.decomposition.decomposition.INTERRUPTED_S", 0.0)
    monkeypatch.setattr(Certificates, "left_s", 0.0)
    for pace in ("PACE", "QUICK_PACE"):
        monkeypatch.setattr(f"formulations.decomposition.proof.certificates.{pace}", 0)
    result = method(data)
    assert result.bound <= result.bound_raw + 1
    assert verify(data, result.certificate) == result.bound >= best
    loosest = certificate(
        data,
        EdgeNodes.of(data),
        climbed(data)[1].prices(),
        0,
        Limits(time_limit=0),
    )
    assert result.bound < loosest.bound


def test_prices_of_any_size_are_counted_in_integers():
    """Numerators beyond machine words: a sum of prices of 2^50 each exceeds 62 bits."""
    data = dense(60)
    nodes, ascent = climbed(data)
    prices = ascent.prices()._replace(request=np.full(60, 100.0))
    made = certificate(data, nodes, prices, 60, Limits())
    assert verify(data, made) == made.bound == 60
