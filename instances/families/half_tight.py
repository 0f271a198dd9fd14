r"""The family half-tight: OT-GAH in the given order finds exactly half of the optimum.

Each pair of edge nodes has two groups of K requests. Group A is eligible at the pair's first
edge node only, group B at both. Any K requests fit an edge node, and no K + 1 do.

*The optimum serves all requests*: A at the first edge node, B at the second, 2K per pair.

*OT-GAH serves half.* At the first edge node K is the optimum. OT looks for z = K among the d
requests of largest budget, d rising from K, and B has the larger budgets: at d = K it finds B,
and no other set. The second edge node then has no eligible request left. So the bound of one
half, :math:`|S| \ge |S^*| / 2` for an exact single-node method, cannot be improved.

Demands for every resource lie in :math:`[c,\, c + c/(K+1))`. With capacity :math:`(K+1)c - 1`
any K fit, since :math:`K (c + c/(K+1) - 1) < (K+1) c - 1`, and K + 1 ask for at least
:math:`(K+1)c`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from heuristics.coefficients import RESOURCES, Coefficients
from instances.families.family import Drawn, Family, Parameters
from instances.instance import BestKnown

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAST_DEMAND = 1000


class Binding(StrEnum):
    """The constraint that limits every batch to K requests."""

    UPLINK = "uplink"
    DOWNLINK = "downlink"
    MEMORY = "memory"
    COMPUTE = "compute"


class HalfTight(Parameters):
    """Size of the instances, and the binding constraint."""

    num_pairs: int = Field(2, ge=1, le=50)
    """Number of pairs of edge nodes, J / 2."""

    batch: int = Field(3, ge=1, le=500)
    """Largest number of requests that fit an edge node, K."""

    binding: Binding = Binding.MEMORY
    """The constraint that limits the batches: (12a), (12b), (12c) or (12d)."""

    num_levels: int = Field(2, ge=1, le=100)
    """Number of output lengths."""


def draw(parameters: HalfTight, seed: int) -> Iterator[Drawn]:
    """Draw the one problem of a seed: demands, order of the requests and of the edge nodes.

    Notes
    -----
    The order of the edge nodes is random, but the first of each pair comes before its second.
    """
    rng = np.random.default_rng(seed)
    num_pairs, batch = parameters.num_pairs, parameters.batch
    num_requests = 2 * num_pairs * batch
    pair = rng.permutation(np.repeat(np.arange(num_pairs), 2))
    is_first = np.array([value not in pair[:j] for j, value in enumerate(pair)])
    request_pair, in_group_b = np.divmod(
        rng.permutation(np.repeat(np.arange(2 * num_pairs), batch)), 2
    )
    eligible = (pair[:, None] == request_pair) & (is_first[:, None] | (in_group_b == 1))

    spread = _LEAST_DEMAND // (batch + 1)
    lengths = _LEAST_DEMAND + rng.integers(0, spread, parameters.num_levels)
    output = lengths[rng.integers(0, parameters.num_levels, num_requests)]
    uplink = _LEAST_DEMAND + rng.integers(0, spread, num_requests)

    tight = (batch + 1) * _LEAST_DEMAND - 1
    loose = 2 * _LEAST_DEMAND * num_requests
    capacities = dict.fromkeys((*RESOURCES, "compute"), loose) | {parameters.binding.value: tight}
    # Budgets of group B are larger by one, so that the order of budgets is strict. K + 1 requests
    # still do not fit: where compute binds they demand at least (K + 1)c, elsewhere it is loose.
    compute_budget = capacities["compute"] - 1 + in_group_b
    num_edge_nodes = len(pair)
    demands = {"uplink": uplink, "downlink": output, "memory": output, "compute": output}
    yield Drawn(
        coefficients=Coefficients(
            **{name: np.tile(row, (num_edge_nodes, 1)) for name, row in demands.items()},
            **{f"{name}_capacity": np.full(num_edge_nodes, capacities[name]) for name in RESOURCES},
            compute_budget=np.tile(compute_budget, (num_edge_nodes, 1)),
            eligible=eligible,
        ),
        edge_node_names=tuple(
            f"{'first' if first else 'second'}-{value}"
            for first, value in zip(is_first.tolist(), pair.tolist(), strict=True)
        ),
        best_known=BestKnown(
            objective=num_requests, bound=num_requests, proved_by="construction: all are served"
        ),
    )


FAMILY = Family(
    name="half-tight",
    summary="instances on which OT-GAH in the given order finds exactly half of the optimum",
    binds="the constraint `binding`, (12c) by default: each edge node holds `batch` requests",
    parameters=HalfTight,
    draw=draw,
)
