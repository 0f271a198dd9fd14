"""Scenario: a scenario and its instance, built in memory without a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.plugins.registry import CATALOGUE_GROUP, use_installed
from heuristics.system_models.assemble import assemble
from heuristics.system_models.template import DEFAULT
from heuristics.system_models.units import unit_names
from instances.families.paper import FAMILY, Paper
from instances.families.physical import draw_scenario
from instances.instance import Instance

if TYPE_CHECKING:
    from os import PathLike

    from heuristics.system_models.scenario import Scenario


def build_scenario(
    recipe: str | PathLike[str] = DEFAULT, *, seed: int = 0, **changes: object
) -> Scenario:
    """Draw the requests and channels of one epoch from a recipe.

    Parameters
    ----------
    recipe
        Name of a recipe in the catalogue, such as ``section-v`` or ``modern``, or path of a TOML
        file of the same form.
    seed
        Seed of the draws.
    changes
        Values that replace the recipe's, as for ``otgah generate paper --set``: ``rate_per_s``,
        ``llm``, ``device`` and so on.

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        If the recipe or a change is invalid.

    Examples
    --------
    >>> scenario = build_scenario("section-v", seed=1, num_requests=8)
    >>> scenario.num_requests, [each.name for each in scenario.edge_nodes]
    (8, ['server', 'uav', 'vehicle'])
    """
    use_installed(CATALOGUE_GROUP)
    FAMILY.refuse_seed(seed)
    parameters = FAMILY.parse({"scenario": str(recipe), **changes})
    assert isinstance(parameters, Paper)
    return draw_scenario(parameters, seed)


def build_instance(scenario: Scenario, name: str) -> Instance:
    """Build the instance of a scenario: the coefficients of P1, with the scenario itself.

    Parameters
    ----------
    scenario
        Physical description of one epoch.
    name
        Name of the instance, not empty and free of control characters.

    Returns
    -------
    Instance
        The instance, ready for :func:`otgah.solve` and :func:`otgah.write_instance`.

    Raises
    ------
    ValueError
        If the name is empty or contains control characters.

    Examples
    --------
    >>> instance = build_instance(build_scenario("modern", num_requests=5), "five")
    >>> instance.name, instance.coefficients.num_requests
    ('five', 5)
    """
    return Instance(
        name=name,
        coefficients=assemble(scenario),
        scenario=scenario,
        parameters=dict(unit_names(scenario)),
    )
