"""Hypothesis strategies: small problems of every kind that the contract allows."""

from hypothesis import strategies as st

from analysis.checks.replay.columns import Column
from heuristics.coefficients import Coefficients


@st.composite
def coefficients(draw, *, max_edge_nodes=3, max_requests=6, largest=8):
    """Draw any small problem: no order, no levels, per-user downlink, unfit pairs."""
    num_edge_nodes = draw(st.integers(1, max_edge_nodes))
    num_requests = draw(st.integers(0, max_requests))

    def vector(low, high):
        each = st.integers(low, high)
        return draw(st.lists(each, min_size=num_edge_nodes, max_size=num_edge_nodes))

    def matrix(low, high):
        row = st.lists(st.integers(low, high), min_size=num_requests, max_size=num_requests)
        return draw(st.lists(row, min_size=num_edge_nodes, max_size=num_edge_nodes))

    return Coefficients(
        uplink=matrix(0, largest),
        uplink_capacity=vector(0, 3 * largest),
        downlink=matrix(0, largest),
        downlink_capacity=vector(0, 3 * largest),
        memory=matrix(0, largest),
        memory_capacity=vector(0, 3 * largest),
        compute=matrix(0, largest),
        compute_budget=matrix(0, 3 * largest),
        eligible=matrix(0, 1) if draw(st.booleans()) else [[1] * num_requests] * num_edge_nodes,
    )


@st.composite
def levelled(draw, *, max_edge_nodes=3, max_requests=7, lengths=(1, 2, 4)):
    """Draw a problem as the system models make it: downlink, memory and compute follow n."""
    num_edge_nodes = draw(st.integers(1, max_edge_nodes))
    num_requests = draw(st.integers(0, max_requests))
    output = draw(st.lists(st.sampled_from(lengths), min_size=num_requests, max_size=num_requests))
    rows = {name: [] for name in ("uplink", "memory", "compute", "compute_budget", "eligible")}
    capacities = {name: [] for name in ("uplink", "downlink", "memory")}
    scale = 2 * max(lengths)
    for _ in range(num_edge_nodes):
        prompt, k3, k4 = (draw(st.integers(0, 3)) for _ in range(3))
        rows["memory"].append([prompt + n for n in output])
        rows["compute"].append([k3 + k4 * n + n * n for n in output])

        def row(low, high):
            return draw(
                st.lists(st.integers(low, high), min_size=num_requests, max_size=num_requests)
            )

        rows["uplink"].append(row(0, 6))
        rows["compute_budget"].append(row(0, 4 * scale))
        rows["eligible"].append(row(0, 1) if draw(st.booleans()) else [1] * num_requests)
        capacities["uplink"].append(draw(st.integers(0, 18)))
        capacities["downlink"].append(draw(st.integers(0, 2 * scale)))
        capacities["memory"].append(draw(st.integers(0, 3 * scale)))
    return Coefficients(
        **rows,
        downlink=[output] * num_edge_nodes,
        **{f"{name}_capacity": value for name, value in capacities.items()},
    )


def columns_of_edge_nodes():
    """Draw columns of one level with a size and a loss, for a few edge nodes."""
    column = st.builds(
        lambda size, loss: Column((size,), 0, loss), st.integers(0, 4), st.integers(0, 6)
    )
    own = st.lists(column, min_size=1, max_size=4)
    return st.lists(own, min_size=1, max_size=4)
