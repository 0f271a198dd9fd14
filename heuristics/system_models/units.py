"""Units of the amounts of an instance, where they are not the usual ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.system_models.compute import compute_unit
from heuristics.system_models.memory import unit_name

if TYPE_CHECKING:
    from heuristics.system_models.scenario import Scenario


def unit_names(scenario: Scenario) -> dict[str, str]:
    """Return the units of (12c) and (12d) that an instance records among its parameters.

    Parameters
    ----------
    scenario
        Scenario of the instance.

    Returns
    -------
    dict
        ``memory_unit`` where memory does not count tokens, and ``compute_unit`` where compute does
        not count MFLOP.
    """
    units = {"memory_unit": unit_name(scenario), "compute_unit": compute_unit(scenario)}
    return {name: unit for name, unit in units.items() if unit is not None}
