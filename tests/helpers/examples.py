"""Small problems worked by hand, and the quickest way to write one."""

from heuristics.coefficients import Coefficients
from instances.instance import Instance


def problem(**changes):
    """Return two edge nodes and three requests, one change at a time.

    Edge node 0 can batch two of the three (memory 3 + 3 <= 7, a third would be 9); edge node 1
    can batch one (compute 4, and 4 + 4 exceeds each budget of 6). The optimum of P1 is 3.
    """
    fields = {
        "uplink": [[2, 2, 2], [1, 1, 1]],
        "uplink_capacity": [10, 10],
        "downlink": [[1, 1, 1], [1, 1, 1]],
        "downlink_capacity": [10, 10],
        "memory": [[3, 3, 3], [3, 3, 3]],
        "memory_capacity": [7, 10],
        "compute": [[1, 1, 1], [4, 4, 4]],
        "compute_budget": [[5, 5, 5], [6, 6, 6]],
        "eligible": [[1, 1, 1], [1, 1, 1]],
    }
    return Coefficients(**(fields | changes))


def named():
    """Return the instance of `problem`, whose edge nodes have names."""
    edge_nodes = ({"name": "server"}, {"name": "uav"})
    return Instance(name="hand", coefficients=problem(), edge_nodes=edge_nodes)


def one_edge_node(*, memory, compute, budget, memory_capacity=100, uplink=None, eligible=None):
    """Return one edge node with ample downlink; uplink demands of 0 unless given."""
    num_requests = len(memory)
    return Coefficients(
        uplink=[uplink or [0] * num_requests],
        uplink_capacity=[10],
        downlink=[[0] * num_requests],
        downlink_capacity=[0],
        memory=[memory],
        memory_capacity=[memory_capacity],
        compute=[compute],
        compute_budget=[budget],
        eligible=[eligible or [1] * num_requests],
    )
