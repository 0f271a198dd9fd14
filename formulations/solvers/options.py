"""Options of a solver run: time limit, node limit, seed and threads."""

from __future__ import annotations

from dataclasses import dataclass, replace

from heuristics.errors import InputError

LARGEST_OPTION = 2**31 - 1
"""Largest integer that every solver accepts for an option."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options of a solver run.

    Parameters
    ----------
    time_limit
        Time limit of the solve [s].
    node_limit
        Maximum number of branch-and-bound nodes.
    seed
        Seed of the solver's random choices.
    threads
        Number of threads of the solver; 1 for reproducible figures.

    Raises
    ------
    InputError
        If a value is outside the range that every solver accepts.
    """

    time_limit: float | None = None
    node_limit: int | None = None
    seed: int = 0
    threads: int = 1

    def __post_init__(self) -> None:
        if self.time_limit is not None and not self.time_limit >= 0:
            raise InputError(
                "must be a number of seconds, at least 0", field="time_limit", found=self.time_limit
            )
        for name, least in (("node_limit", 0), ("seed", 0), ("threads", 1)):
            value = getattr(self, name)
            if value is not None and not least <= value <= LARGEST_OPTION:
                raise InputError(f"must lie in {least}..{LARGEST_OPTION}", field=name, found=value)

    def less(self, elapsed_s: float) -> Options:
        """Return the options with the rest of the time limit, at least 0."""
        if self.time_limit is None:
            return self
        return replace(self, time_limit=max(0.0, self.time_limit - elapsed_s))
