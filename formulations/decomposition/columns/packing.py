"""Packing: counts of requests by class, packed into the fields of one machine word.

Each field has a guard bit above its count, so that one subtraction compares all classes at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.columns.request_order import deadline_order, request_classes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from heuristics.coefficients import IntArray


class Offers(NamedTuple):
    """Demands of the columns of an edge node for requests."""

    place: IntArray
    """Number of requests at the start of the shared order that contain F_d, shape (C,)."""
    asked: IntArray
    """Counts of requests of each class, packed, shape (C,)."""


class Packing(NamedTuple):
    """Shared order of the requests, their classes, and the fields that hold counts."""

    order: IntArray
    """Requests that are eligible anywhere, latest deadlines first."""
    of_class: IntArray
    """Class of each request, shape (I,); -1 if it is eligible nowhere."""
    num_classes: int
    """Number of classes."""
    bits: int
    """Number of bits of a field, including the guard bit."""

    @classmethod
    def of(cls, nodes: EdgeNodes, num_requests: int) -> Packing:
        """Find the classes, and choose fields that can count all requests."""
        order = deadline_order(nodes, num_requests)
        of_class = request_classes(nodes, order, num_requests)
        num_classes = int(of_class.max(initial=-1)) + 1
        return cls(order, of_class, num_classes, len(order).bit_length() + 1)

    @property
    def shift(self) -> IntArray:
        """Position of the lowest bit of each class's field, shape (classes,)."""
        return np.arange(self.num_classes, dtype=np.int64) * self.bits

    @property
    def field(self) -> int:
        """Mask of the bits of a count, in the lowest field."""
        return (1 << (self.bits - 1)) - 1

    @property
    def num_prices(self) -> int:
        """Number of prices of the cheapest requests at one depth: all classes times all counts."""
        sizes = np.bincount(self.of_class[self.order], minlength=self.num_classes)
        return self.num_classes * (int(sizes.max()) + 1)

    @property
    def guards(self) -> int:
        """Mask of the guard bits of all fields."""
        return int((np.int64(1) << (self.shift + self.bits - 1)).sum())

    def offers(self, nodes: EdgeNodes, j: int, columns: Columns) -> Offers:
        """Return the demands of an edge node's columns, and their depths in the shared order."""
        pairs = slice(nodes.first[j], nodes.first[j + 1])
        request, level = nodes.request[pairs], nodes.level[pairs]
        place = np.zeros(len(self.of_class), dtype=np.int64)
        place[self.order] = np.arange(1, len(self.order) + 1)
        furthest = np.concatenate([[0], np.maximum.accumulate(place[request])]).astype(np.int64)
        of_level = np.zeros(columns.counts.shape[1], dtype=np.int64)
        of_level[level] = self.of_class[request]
        return Offers(furthest[columns.depth], (columns.counts << self.shift[of_level]).sum(axis=1))

    def room(self, place: IntArray) -> IntArray:
        """Return the counts of requests of each class up to a depth, packed, guard bits set."""
        exists = np.zeros((len(self.order) + 1, self.num_classes), dtype=np.int64)
        classes = self.of_class[self.order][:, None] == np.arange(self.num_classes)
        exists[1:] = np.cumsum(classes, axis=0)
        return np.asarray(((exists << self.shift).sum(axis=1) | self.guards)[place])

    def cheapest(self, price: FloatArray, places: IntArray) -> FloatArray:
        """Return the total price of the m cheapest requests of a class up to a depth, for all m.

        Returns
        -------
        array of float
            Shape (depths, classes, m); infinite if fewer than m requests exist.
        """
        price, of_class = price[self.order], self.of_class[self.order]
        num_counts = self.num_prices // self.num_classes
        cheapest = np.full((len(places), self.num_classes, num_counts), np.inf)
        for at, place in enumerate(places):
            for k in range(self.num_classes):
                those = np.sort(price[:place][of_class[:place] == k])
                cheapest[at, k, : len(those) + 1] = np.concatenate([[0], np.cumsum(those)])
        return cheapest

    def charges(
        self, price: FloatArray, cheapest: FloatArray, places: IntArray, offers: Sequence[Offers]
    ) -> FloatArray:
        r"""Return the least total price of the m requests that columns up to a depth need.

        They take the first m requests of each class, see :mod:`recursion`. Each other request that
        is dearer than any request that a later column pays for adds the difference.

        Parameters
        ----------
        price
            Prices of the requests, shape (I,).
        cheapest
            Result of :meth:`cheapest`.
        places
            Depths, ascending.
        offers
            Demands of all columns.

        Returns
        -------
        array of float
            Shape (depths, classes, m); infinite if fewer than m requests exist.
        """
        dearest = self._dearest(cheapest, places, offers)
        price, of_class = price[self.order], self.of_class[self.order]
        charges = np.full_like(cheapest, np.inf)
        for k in range(self.num_classes):
            own = price[of_class == k]
            first = np.concatenate([[0], np.cumsum(own)])
            for at, place in enumerate(places):
                extra = np.append(np.maximum(own - dearest[at, k], 0), 0)
                rest = np.cumsum(extra[::-1])[::-1]
                num = int((of_class[:place] == k).sum()) + 1
                charges[at, k, :num] = first[:num] + rest[:num]
        return charges

    def _dearest(
        self, cheapest: FloatArray, places: IntArray, offers: Sequence[Offers]
    ) -> FloatArray:
        """Return the highest price of a request in the profits of columns from a depth on."""
        dearest = np.zeros((len(places), self.num_classes))
        for own in offers:
            at = np.searchsorted(places, own.place)
            for k, shift in enumerate(self.shift):
                count = (own.asked >> shift) & self.field
                some = (count > 0) & np.isfinite(cheapest[at, k, count])
                row, number = at[some], count[some]
                last = cheapest[row, k, number] - cheapest[row, k, number - 1]
                np.maximum.at(dearest[:, k], row, last)
        return np.maximum.accumulate(dearest[::-1], axis=0)[::-1]

    def cheapest_profits(
        self, cheapest: FloatArray, places: IntArray, offers: Offers
    ) -> FloatArray:
        """Return the profit of each column with the cheapest requests of each class."""
        at = np.searchsorted(places, offers.place)
        profit = np.zeros(len(at))
        for k, shift in enumerate(self.shift):
            count = (offers.asked >> shift) & self.field
            profit += count - cheapest[at, k, count]
        return profit
