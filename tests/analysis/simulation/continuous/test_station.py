"""An edge node of continuous batching: by hand, and against a plain loop over single steps."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import simpy

from analysis.simulation import execution
from analysis.simulation.continuous.job import Job
from analysis.simulation.continuous.policy import Cache, Overdue, Policy, QueueOrder
from analysis.simulation.continuous.station import Station
from tests.helpers.plain_continuous import PlainJob, serve
from tests.helpers.worlds import FP16, THIN, edge_node, scenario

S = 10**9


def node(*, memory=1000, llm=None, **changes):
    """Return an edge node of 16 MFLOP/s and its setting, the memory in MB."""
    setting = {key: changes.pop(key) for key in ("latency", "include_embedding") if key in changes}
    made = edge_node(1, memory=memory) | {"llm": llm or THIN} | changes
    drawn = scenario(edge_nodes=[made], **setting)
    return drawn.edge_nodes[0], drawn.setting


def run(station_of, jobs):
    """Serve (ready, prompt, output, due, airtime) at one edge node; return jobs and steps."""
    edge, setting, policy = station_of
    clock, steps, ended, made = simpy.Environment(), [], [], []
    station = Station(clock, 0, edge, setting, policy, end=ended.append, observe=steps.append)
    for index, (ready, prompt, output, due, feeding_back) in enumerate(jobs):
        job = Job(
            SimpleNamespace(epoch=0, index=index),
            0,
            prompt_tokens=prompt,
            output_tokens=output,
            due=due,
            sending=0,
            feeding_back=feeding_back,
        )
        job.upload_end = ready
        event = clock.timeout(ready)
        event.callbacks.append(lambda _, job=job: station.add(job))
        made.append(job)
    clock.run()
    assert sorted(map(id, ended)) == sorted(map(id, made))
    return made, steps


def policy(*, cache="reserved", queue="fcfs", overdue="drop", **others):
    """Return a policy of plain texts."""
    kinds = {"cache": Cache(cache), "queue": QueueOrder(queue), "overdue": Overdue(overdue)}
    return Policy(**kinds, **others)


LATER = 10**15


def times(jobs):
    return [
        tuple(None if t is None else t / S for t in (j.compute_start, j.first_token, j.last_token))
        for j in jobs
    ]


def test_two_requests_by_hand():
    """s = 1: a prompt takes 1 s, and step k of a request (12 + 8 (1 + k) / 2) / 16 s.

    With D = D_kv = 1 a pair takes 4 FLOP, so step k takes (12 + 4 (1 + k)) / 16: 1.25, 1.5 s. The
    first starts alone at 0 and has its first token at 1. The second is ready at 0.5 and joins at 1:
    its prompt and step 1 of the first take 2.25 s, and step 1 of the second 1.25 s more.
    """
    station = (*node(), policy())
    jobs, steps = run(station, [(0, 1, 2, LATER, 0), (S // 2, 1, 2, LATER, 0)])
    assert times(jobs) == [(0.0, 1.0, 3.25), (1.0, 3.25, 4.5)]
    assert [(each.start / S, each.end / S) for each in steps] == [(0, 1), (1, 3.25), (3.25, 4.5)]


def test_three_equal_requests_by_hand():
    """All ready at 0, s = 1, n = 3: prompts together 3 s, then steps of 3.75 and 4.5 s."""
    jobs, steps = run((*node(), policy()), [(0, 1, 3, LATER, 0)] * 3)
    assert times(jobs) == [(0.0, 3.0, 11.25)] * 3
    assert [each.num_steps for each in steps] == [1, 2]


def test_the_memory_holds_two_of_three_requests_by_hand():
    """Each holds s + n = 3 tokens of 4 MB beside 12 MB of weights: 36 MB hold two of them.

    The two have their prompts at 2 and end at 4.5. Then the third is computed alone, to 6.75.
    """
    jobs, steps = run((*node(memory=36), policy()), [(0, 1, 2, LATER, 0)] * 3)
    assert times(jobs) == [(0.0, 2.0, 4.5), (0.0, 2.0, 4.5), (4.5, 5.5, 6.75)]
    assert max(each.held for each in steps) == steps[0].capacity


def test_a_paged_cache_preempts_the_youngest_by_hand():
    """12 + 4 * 5 = 32 MB hold five tokens: after their prompts two requests hold two each.

    Step 1 needs six, so the second is preempted at 2 with one token, and the first goes on alone:
    1.25 s to 3.25. The second computes its prompt and its token again, two tokens alone: 2 * 12 +
    4 * 4 = 40 MFLOP, 2.5 s to 5.75, which give its second and last token.
    """
    station = (*node(memory=32), policy(cache="paged"))
    jobs, steps = run(station, [(0, 1, 2, LATER, 0)] * 2)
    assert times(jobs) == [(0.0, 2.0, 3.25), (0.0, 2.0, 5.75)]
    assert [each.num_preemptions for each in jobs] == [0, 1]
    assert sum(each.num_preempted for each in steps) == 1


def test_a_chunk_is_a_part_of_a_prompt_by_hand():
    """A prompt of 4 tokens takes 4 * 12 + 4 * 16 = 112 MFLOP: 7 s, its first half 2.5 s.

    The first has its token at 1. Meanwhile its steps of 1.25 and 1.5 s run with the two halves.
    """
    station = (*node(), policy(chunk_tokens=2))
    jobs, steps = run(station, [(0, 1, 3, LATER, 0), (1, 4, 1, LATER, 0)])
    assert times(jobs) == [(0.0, 1.0, 10.75), (1.0, 10.75, 10.75)]
    assert [[chunk[1:] for chunk in each.chunks] for each in steps] == [
        [(0, 1)],
        [(0, 2)],
        [(2, 4)],
    ]


def test_who_cannot_be_in_time_is_dropped_or_served_late():
    """The second could not end before 4.5, the third not before 5.5 if it has to wait."""
    given = [(0, 1, 2, LATER, 0), (0, 1, 1, 2 * S - 1, 0), (0, 1, 1, S - 1, 0)]
    jobs, _ = run((*node(), policy(max_requests=1)), given)
    assert [each.last_token for each in jobs] == [2.25 * S, None, None]
    jobs, _ = run((*node(), policy(max_requests=1, overdue="serve")), given)
    assert [each.last_token / S for each in jobs] == [2.25, 3.25, 4.25]


@pytest.mark.parametrize(
    ("queue", "order"),
    [("fcfs", [0, 1, 2]), ("deadline", [2, 0, 1]), ("shortest", [1, 2, 0]), ("slack", [0, 2, 1])],
)
def test_the_order_of_the_queue(queue, order):
    """While one request is computed, three wait: of n = 6, 1 and 2, due after 100, 200 and 96 s.

    The first computes 1 + 1.25 + ... + 2.25 = 9.75 s alone, so its slack is the least.
    """
    given = [
        (0, 1, 4, LATER, 0),
        (1, 1, 6, 100 * S, 0),
        (2, 1, 1, 200 * S, 0),
        (3, 1, 2, 96 * S, 0),
    ]
    jobs, _ = run((*node(), policy(queue=queue, max_requests=1)), given)
    waiting = jobs[1:]
    assert sorted(range(3), key=lambda i: waiting[i].compute_start) == order


def test_a_request_that_is_ready_in_the_tick_of_a_boundary_joins():
    jobs, _ = run((*node(), policy()), [(0, 1, 2, LATER, 0), (S, 1, 1, LATER, 0)])
    assert times(jobs)[1] == (1.0, 3.25, 3.25)
    jobs, _ = run((*node(), policy()), [(0, 1, 2, LATER, 0), (S + 1, 1, 1, LATER, 0)])
    assert times(jobs)[1][0] == 2.25


WINDOWED = THIN | {"window": 4}
MIXED = {
    **{key: THIN[key] for key in ("name", "model_dimension", "vocabulary_size", "ties_embeddings")},
    "layers": [
        {
            "count": 3 * 10**5,
            "attention": {
                "kind": "full",
                "num_heads": 1,
                "num_kv_heads": 1,
                "key_dimension": 1,
                "value_dimension": 1,
            },
            "ffn": {
                "kind": "mixture",
                "num_experts": 4,
                "num_active": 1,
                "expert_dimension": 1,
                "num_matrices": 3,
                "router_dimension": 4,
            },
        },
        {
            "count": 4 * 10**5,
            "attention": {
                "kind": "window",
                "window": 5,
                "num_heads": 1,
                "num_kv_heads": 1,
                "key_dimension": 1,
                "value_dimension": 1,
            },
            "state": {"form": "mamba2", "weights": 7, "state_bytes": 9, "scan_flop": 11},
        },
    ],
}
PROFILE = {
    "device": "board",
    "llm": "thin",
    "quantization": "fp16",
    "num_devices": 1,
    "c0_s": 0.3,
    "c1_s": 0.07,
    "d0_s": 0.11,
    "d1_s": 0.013,
    "d2_s": 0.0017,
    "margin": 0.1,
    "measured_range": {
        name: [0 if name == "context_tokens" else 1, 99]
        for name in ("batch", "prompt_tokens", "output_tokens", "context_tokens")
    },
}


def drawn_station(rng):
    """Draw an edge node, its setting and a policy."""
    latency = str(rng.choice(["compute", "roofline", "serial", "measured"]))
    llm = [THIN, THIN, WINDOWED, MIXED][rng.integers(4)]
    quantization = FP16 | {"beta": float(rng.choice([1.0, 0.83])), "alpha_kv_cache": 0.5}
    changes = {"latency": latency, "include_embedding": bool(rng.integers(2))}
    changes["gpu_memory_bytes_per_s"] = float(rng.choice([1e6, 2.3e7, 1e8]))
    if latency == "measured":
        changes["latency_profile"] = PROFILE
    made = node(memory=int(rng.integers(80, 160)), llm=llm, quantization=quantization, **changes)
    chosen = policy(
        chunk_tokens=int(rng.integers(1, 9)) if rng.integers(2) else None,
        cache=str(rng.choice(["reserved", "paged"])),
        queue=str(rng.choice(["fcfs", "deadline", "shortest", "slack"])),
        overdue=str(rng.choice(["drop", "serve"])),
        max_requests=int(rng.integers(1, 5)) if rng.integers(3) == 0 else None,
    )
    return (*made, chosen)


def drawn_jobs(rng, station):
    """Draw requests that the memory holds alone: (ready, prompt, output, due, airtime)."""
    edge, setting, _ = station
    limit, jobs = edge.num_gpus * edge.gpu_memory_bytes, []
    span = int(rng.choice([2, 20, 200]))
    for _ in range(int(rng.integers(1, 9))):
        ready = int(rng.integers(0, span * S)) if rng.integers(4) else int(rng.integers(3)) * S
        prompt, output = int(rng.integers(1, 9)), int(rng.integers(1, 13))
        due = ready + int(rng.integers(S, 60 * S))
        if execution.memory_bytes(edge, setting, prompt + output) <= limit:
            jobs.append((ready, prompt, output, due, int(rng.integers(0, S))))
    return jobs


def agrees(seed):
    """Compare a drawn run with the plain loop, and hold its invariants."""
    rng = np.random.default_rng(seed)
    station = drawn_station(rng)
    given = drawn_jobs(rng, station)
    jobs, steps = run(station, given)
    plain = [PlainJob(*each) for each in given]
    serve(plain, *station)
    for mine, other in zip(jobs, plain, strict=True):
        found = (mine.compute_start, mine.first_token, mine.last_token, mine.num_preemptions)
        assert found == (other.start, other.first, other.last, other.preempted)
        assert (mine.last_token is None) == (other.dropped is not None)
        holds(mine)
    before = 0
    for step in steps:
        assert before <= step.start <= step.end
        assert step.held <= step.capacity
        assert station[2].cache == "paged" or step.num_preempted == 0
        before = step.end
    for job in jobs:  # every prompt is computed from its first token, and again when preempted
        parts = [part[1:] for step in steps for part in step.chunks if part[0] is job]
        assert sum(start == 0 for start, _ in parts) <= job.num_preemptions + 1
        assert all(a[1] == b[0] or b[0] == 0 for a, b in pairwise(parts))
    return len(jobs)


def holds(job):
    """Hold the order of a request's times, and no token before its prompt is computed."""
    reached = (job.upload_end, job.compute_start, job.first_token, job.last_token)
    there = [each for each in reached if each is not None]
    assert there == sorted(there)
    if job.first_token is not None:
        assert job.first_token > job.compute_start
    if job.last_token is not None:
        assert job.num_generated == job.output_tokens


def test_agrees_with_a_plain_loop():
    assert sum(agrees(seed) for seed in range(60)) > 120


@pytest.mark.long
def test_agrees_with_a_plain_loop_in_many_runs():
    assert sum(agrees(seed) for seed in range(10_000)) > 20_000
