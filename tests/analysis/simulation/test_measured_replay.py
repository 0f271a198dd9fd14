"""Schedules that measured coefficients allow are never late in exact arithmetic, with the margin.

Worlds have random profiles, lengths, deadlines and slots. A random schedule takes requests in
random order wherever the integers of P1 allow them. The simulation executes it by the coefficients
of the profile, and no batch is longer than the time that its most urgent request leaves.
"""

import itertools

import numpy as np
import pytest

from analysis.simulation import execution
from heuristics.system_models.assemble import assemble
from heuristics.system_models.choices import own_setting
from heuristics.system_models.rounding import as_fraction
from tests.helpers.measured import measured_scenario, write_profile


def world(rng, folder):
    """Draw a scenario by a random profile."""
    scale = 10 ** rng.uniform(-0.5, 0.5, 5)
    names = ("c0_s", "c1_s", "d0_s", "d1_s", "d2_s")
    base = (0.02, 1e-4, 0.008, 5e-4, 1e-7)
    values = {
        name: float(f"{value * factor * rng.integers(0, 2 if at else 3):.12g}")
        for at, (name, value, factor) in enumerate(zip(names, base, scale, strict=True))
    }
    path = write_profile(
        folder / "board.toml", margin=float(rng.choice([0, 0.0613692, 0.3])), **values
    )
    lengths = np.unique(rng.integers(1, 600, int(rng.choice([1, 3, 25])))).tolist()
    return measured_scenario(
        path,
        seed=int(rng.integers(2**31)),
        num_requests=int(rng.integers(1, 60)),
        output_tokens=tuple(lengths),
        output_levels_tokens=(200, 600) if rng.integers(3) == 0 else None,
        epoch_s=float(rng.choice([2.0, 6.0, 12.0])),
        deadline_s=(1.0, float(rng.choice([3.0, 20.0]))),
        count_waiting=bool(rng.integers(2)),
    )


def random_batches(rng, data):
    """Return a random batch of one alternative of each edge node, as full as the integers allow."""
    free = set(range(data.num_requests))
    for rows in data.alternatives or [[row] for row in range(data.num_edge_nodes)]:
        row = int(rng.choice(rows))
        batch = []
        for request in rng.permutation(sorted(free)).tolist():
            if data.eligible[row, request] and fits(data, row, [*batch, request]):
                batch.append(request)
        free -= set(batch)
        yield row, batch


def fits(data, row, batch):
    load = data.compute[row, batch].sum()
    return load <= data.compute_budget[row, batch].min() and all(
        getattr(data, name)[row, batch].sum() <= getattr(data, f"{name}_capacity")[row]
        for name in ("uplink", "downlink", "memory")
    )


def time_left(scenario, request):
    """Return min(tau', T_C) of a request from the times of the scenario, exactly [s]."""
    setting, requests = scenario.setting, scenario.requests
    waited = as_fraction(setting.epoch_start_s) - as_fraction(requests.arrival_s[request])
    slots = as_fraction(setting.uplink_slot_s) + as_fraction(setting.downlink_slot_s)
    left = as_fraction(requests.deadline_s[request]) - slots
    return min(left - (waited if setting.count_waiting else 0), as_fraction(setting.compute_slot_s))


def replayed(num_schedules, folder, seed):
    """Replay random schedules, and return the numbers of batches and of those that were late."""
    rng = np.random.default_rng(seed)
    num_batches = num_late = 0
    for _ in range(-(-num_schedules // 20)):
        scenario = world(rng, folder)
        data = assemble(scenario)
        for row, batch in itertools.chain.from_iterable(
            random_batches(rng, data) for _ in range(20)
        ):
            if not batch:
                continue
            edge_node = scenario.edge_nodes[row]
            setting = own_setting(scenario.setting, edge_node)
            outputs = [scenario.requests.output_tokens[each] for each in batch]
            _, took = execution.stages_s(
                edge_node, setting, setting.padding_tokens, outputs, num_gpus=edge_node.num_gpus
            )
            promised = took * (1 + as_fraction(edge_node.latency_profile.margin))
            num_late += promised > min(time_left(scenario, each) for each in batch)
            num_batches += 1
    return num_batches, num_late


def test_no_schedule_of_a_few_hundred_is_late(tmp_path):
    num_batches, num_late = replayed(300, tmp_path, 1)
    assert num_batches > 100
    assert num_late == 0


@pytest.mark.long
def test_no_schedule_of_ten_thousand_is_late(tmp_path):
    num_batches, num_late = replayed(10_000, tmp_path, 2)
    assert num_batches > 5_000
    assert num_late == 0
