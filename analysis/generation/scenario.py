"""Building a scenario and an instance of it in memory, where no file is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.plugins.registry import CATALOGUE_GROUP, use_installed
from heuristics.system_models.assemble import assemble
from heuristics.system_models.template import DEFAULT
from instances.families.paper import FAMILY, Paper
from instances.families.physical import draw_scenario
from instances.instance import Instance

if TYPE_CHECKING:
    from os import PathLike

    from heuristics.system_models.scenario import Scenario


def build_scenario(
    recipe: str | PathLike[str] = DEFAULT, *, seed: int = 0, **changes: object
) -> Scenario:
    """Build the physical description of one epoch: draw its requests and channels.

    Parameters
    ----------
    recipe
        A scenario of the catalogue, such as ``section-v`` or ``modern``, or the path of a TOML
        file made like one.
    seed
        Of the draws.
    changes
        What to change in it, as ``otgah generate paper --set`` takes it: ``rate_per_s``,
        ``llm``, ``device`` and so on.

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        If the recipe or a change is bad.

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
    """Build the instance of a scenario: the integers of P1, and where they come from.

    Parameters
    ----------
    scenario
        The physical description.
    name
        What the instance is called, not empty and free of control characters.

    Returns
    -------
    Instance
        The instance, ready for :func:`otgah.solve` and :func:`otgah.write_instance`.

    Raises
    ------
    ValueError
        If the name is none.

    Examples
    --------
    >>> instance = build_instance(build_scenario("modern", num_requests=5), "five")
    >>> instance.name, instance.coefficients.num_requests
    ('five', 5)
    """
    return Instance(name=name, coefficients=assemble(scenario), scenario=scenario)
