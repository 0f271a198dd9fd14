"""Small problems for tests of the algorithms, given by what matters in them."""

from heuristics.coefficients import Coefficients

PLENTY = 10**6


def one_edge_node(output, budget, **given):
    """One edge node where everything a request asks for is its output length, and plenty of it.

    `uplink` gives demands of the uplink (0 each if absent), `compute` of compute; `room`,
    `uplink_capacity` and `downlink_capacity` give capacities, `eligible` who is eligible.
    """
    num_requests = len(output)
    return Coefficients(
        uplink=[given.get("uplink", [0] * num_requests)],
        uplink_capacity=[given.get("uplink_capacity", PLENTY)],
        downlink=[given.get("downlink", output)],
        downlink_capacity=[given.get("downlink_capacity", PLENTY)],
        memory=[output],
        memory_capacity=[given.get("room", PLENTY)],
        compute=[given.get("compute", output)],
        compute_budget=[budget],
        eligible=[given.get("eligible", [1] * num_requests)],
    )


def unit_requests(eligible, room):
    """Edge nodes with `room` for so many requests, all of which are alike."""
    num_edge_nodes, num_requests = len(eligible), len(eligible[0]) if eligible else 0
    ones, zeros = [[1] * num_requests] * num_edge_nodes, [[0] * num_requests] * num_edge_nodes
    return Coefficients(
        uplink=zeros,
        uplink_capacity=[0] * num_edge_nodes,
        downlink=zeros,
        downlink_capacity=[0] * num_edge_nodes,
        memory=ones,
        memory_capacity=room,
        compute=zeros,
        compute_budget=zeros,
        eligible=eligible,
    )
