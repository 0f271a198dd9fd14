"""Options: the limits, the seed and the threads of a solver's run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from heuristics.errors import InputError

LARGEST_OPTION = 2**31 - 1
"""The largest integer that every solver takes for an option."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a solver runs.

    Parameters
    ----------
    time_limit
        Of the solve [s].
    node_limit
        Of branch and bound.
    seed
        Of the solver's random choices.
    threads
        Of the solver; 1 for figures that can be repeated.

    Raises
    ------
    InputError
        If a solver would not take a value.
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
