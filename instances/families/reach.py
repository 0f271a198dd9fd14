"""Reach: the pairs of an edge node and a request in coverage, with their channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from heuristics.system_models.radio import noise_power_w, watt_from_dbm
from heuristics.system_models.rounding import round_significant
from instances.families.drawing import Stream, gains

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from heuristics.system_models.template import Template
    from instances.families.city_map import Sites, Users

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

NUM_CANDIDATES = 16
"""Number of nearest edge nodes whose channels to a user are drawn."""

_BLOCK = 100_000
"""Number of users whose channels are drawn at once, which bounds the memory."""


class Reach(NamedTuple):
    """The N covered pairs by edge node, requests ascending; gains with 12 significant digits.

    All columns have shape (N,), and ``row_pointer`` has shape (J + 1,): the pairs of edge node j
    lie from ``row_pointer[j]`` to ``row_pointer[j + 1]``.
    """

    row_pointer: IntArray
    requests: IntArray
    uplink_gain: FloatArray
    downlink_gain: FloatArray

    def columns(self, edge_node: int) -> dict[str, list[float]]:
        """Return the columns of an edge node, by the names of a scenario."""
        row = slice(*self.row_pointer[edge_node : edge_node + 2].tolist())
        return {
            "covered": self.requests[row].tolist(),
            "uplink_gain": self.uplink_gain[row].tolist(),
            "downlink_gain": self.downlink_gain[row].tolist(),
        }


class _Links(NamedTuple):
    """Channels of a block of users to their candidates, shape (users, candidates) each."""

    edge_node: IntArray
    snr_db: FloatArray
    uplink_gain: FloatArray
    downlink_gain: FloatArray

    def strongest(self, number: int) -> _Links:
        """Return the links of largest signal-to-noise ratio, falling."""
        order = np.argsort(-self.snr_db, axis=1, kind="stable")[:, :number]
        columns = {
            name: np.take_along_axis(column, order, axis=1)
            for name, column in self._asdict().items()
        }
        return self._replace(**columns)


def draw_reach(
    template: Template,
    sites: Sites,
    users: Users,
    *,
    coverage_db: float,
    num_further: int,
    seed: int,
) -> Reach:
    """Draw channels and find the edge nodes that cover each user.

    Parameters
    ----------
    template
        Recipe, whose edge nodes are the kinds of the sites.
    sites, users
        Places of the edge nodes and of the users.
    coverage_db
        Least signal-to-noise ratio of the downlink at which a further edge node covers a user, over
        the whole band [dB].
    num_further
        Largest number of further edge nodes beside the strongest.
    seed
        Seed of all streams.

    Notes
    -----
    An edge node of another district covers no user. Channels are drawn for the
    :data:`NUM_CANDIDATES` nearest edge nodes of the user's district alone: a stronger one farther
    away is left out. Time O((I + J) log J).
    """
    nobody = np.zeros(0, dtype=np.int64)
    pairs = [(nobody, nobody, np.zeros(0), np.zeros(0))]
    for block, links in _blocks(template, sites, users, num_further, seed):
        covers = links.snr_db >= coverage_db
        covers[:, 0] = True
        request = np.broadcast_to(block[:, None], covers.shape)[covers]
        gains_there = (links.uplink_gain[covers], links.downlink_gain[covers])
        pairs.append((request, links.edge_node[covers], *gains_there))
    request, edge_node, uplink, downlink = map(np.concatenate, zip(*pairs, strict=True))
    order = np.lexsort((request, edge_node))
    pointer = np.searchsorted(edge_node[order], np.arange(len(sites.kind) + 1))
    return Reach(
        pointer.astype(np.int64),
        request[order],
        round_significant(uplink[order]),
        round_significant(downlink[order]),
    )


def _blocks(
    template: Template, sites: Sites, users: Users, num_further: int, seed: int
) -> Iterator[tuple[IntArray, _Links]]:
    """Yield requests and their strongest links, district by district."""
    kinds = template.edge_nodes
    noise_w = [
        noise_power_w(
            kind.downlink_bandwidth_hz,
            template.radio.noise_density_dbm_per_hz,
            template.radio.noise_figure_db,
        )
        for kind in kinds
    ]
    snr_at_gain_1 = [
        watt_from_dbm(kind.downlink_transmit_power_dbm) / noise
        for kind, noise in zip(kinds, noise_w, strict=True)
    ]
    for district in range(int(sites.district.max()) + 1):
        here = np.flatnonzero(sites.district == district)
        requests = np.flatnonzero(users.district == district)
        tree = cKDTree(sites.position_m[here])
        nearest = np.arange(1, min(NUM_CANDIDATES, here.size) + 1)
        rngs = [Stream.CHANNEL.generator(seed, district, index) for index in range(len(kinds))]
        for start in range(0, requests.size, _BLOCK):
            block = requests[start : start + _BLOCK]
            _, found = tree.query(users.position_m[block], k=nearest)
            edge_node = here[found]
            offset = users.position_m[block][:, None] - sites.position_m[edge_node]
            up, down = np.zeros(edge_node.shape), np.zeros(edge_node.shape)
            snr = np.zeros(edge_node.shape)
            for index, (kind, rng) in enumerate(zip(kinds, rngs, strict=True)):
                mask = sites.kind[edge_node] == index
                up[mask], down[mask] = gains(kind, offset[mask], rng)
                snr[mask] = snr_at_gain_1[index] * down[mask]
            with np.errstate(divide="ignore"):
                links = _Links(edge_node, 10 * np.log10(snr), up, down)
            yield block, links.strongest(1 + num_further)
