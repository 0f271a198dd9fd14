"""Task: a run that is planned."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.methods.method import Method, Origin
    from analysis.methods.option import OptionValue
    from heuristics.coefficients import Coefficients
    from heuristics.problem import Problem
    from instances.instance import Instance


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """A planned run, with everything that its outcome depends on.

    Parameters
    ----------
    whole
        Instance as read from its file.
    edge_node
        Index of the only edge node to solve, as of :meth:`Instance.edge_node_index`; None for all.
    method
        Name of the method.
    problem
        Problem to solve, under which the run is recorded.
    options
        All options of the method, each with its value.
    seed
        Seed of the method's random choices.
    time_limit, node_limit
        Limits on the time of solving [s] and on the nodes visited; None for no limit.
    plugin
        Method of a plug-in, which other processes cannot look up by its name; None for a
        built-in method.
    """

    whole: Instance
    edge_node: int | None = None
    method: str
    problem: Problem
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    seed: int = 0
    time_limit: float | None = None
    node_limit: int | None = None
    plugin: Method | None = None

    @cached_property
    def instance(self) -> Instance:
        """The solved instance: the whole instance, or NAME@EDGE_NODE."""
        return self.whole if self.edge_node is None else self.whole.at(self.edge_node)

    @property
    def rows(self) -> tuple[int, ...] | None:
        """The rows of the whole instance that are solved; None for all."""
        return None if self.edge_node is None else self.whole.rows_of(self.edge_node)

    @property
    def data(self) -> Coefficients:
        """The coefficients of the solved instance."""
        return self.instance.coefficients

    @property
    def origin(self) -> Origin | None:
        """The plug-in that brought the method; None for a built-in method."""
        return None if self.plugin is None else self.plugin.origin

    @property
    def plugin_name(self) -> str | None:
        """Name of the plug-in that brought the method; None for a built-in method."""
        return None if self.origin is None else self.origin.plugin

    @property
    def plugin_sha256(self) -> str | None:
        """The sha256 of the plug-in's file; None for a built-in method."""
        return None if self.origin is None else self.origin.sha256

    @property
    def cardinality(self) -> int | None:
        """The z of P3 and P3'; None for a maximisation."""
        return self.options.get("z")  # type: ignore[return-value]  # an integer option

    def identity(self, *, memory_limit: int | None = None) -> str:
        """Return the key of the run's row: the sha256 of everything that the outcome depends on.

        Parameters
        ----------
        memory_limit
            Memory limit of the run [MB]; None without one.
        """
        parts = [
            self.data.digest(),
            self.instance.name,
            self.problem,
            self.method,
            dict(sorted(self.options.items())),
            self.seed,
            self.time_limit,
            self.node_limit,
            memory_limit,
        ]
        if self.origin is not None:
            parts.append(self.origin.sha256)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
