"""The family city: many edge nodes on a grid of cells, each request covered by few of them.

Each cell has one edge node at a random place: a macro cell, a micro cell or a parked vehicle, the
edge nodes of the recipe. Two thirds of the users lie around hot spots and the others anywhere, as
in 3GPP TR 36.872, Annex A. The strongest edge node always covers a user, and up to three more do
where their signal-to-noise ratio reaches ``coverage_db``. Channels are kept for covered pairs
alone.

Departures from evaluations of 3GPP: cells are squares, not hexagons; macro and micro cells share
the path loss of TR 36.885 with other powers; noise alone counts, as in the paper, and no
interference between cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.choices import choices
from heuristics.system_models.scenario import Scenario
from instances.families import drawing
from instances.families.city_map import Clusters, draw_sites, draw_users
from instances.families.family import Drawn, Family, Sequence
from instances.families.physical import Deployment, adjusted_template
from instances.families.reach import draw_reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.system_models.template import Template
    from instances.families.city_map import Sites
    from instances.families.reach import Reach

_SOURCE = "family city"

_LLM_STREAM = 5  # after the parts of the map


class City(Deployment):
    """Size and shape of a city, and the recipe of its kinds of edge nodes."""

    scenario: str = "city"
    """Recipe whose edge nodes are the kinds: a name of the catalogue, or the path of a TOML file
    like one."""

    edge_node: str | None = None
    """Name of the only kind of edge nodes to place."""

    copies: None = Field(None, exclude=True)
    """Not for a city, as num_edge_nodes sets the number."""

    num_edge_nodes: int = Field(200, ge=1, le=1000)
    """Number of edge nodes, J, one in each cell."""

    num_requests: int = Field(20_000, ge=0, le=1_000_000)
    """Number of requests, I."""

    shares: Sequence[float] = (0.1, 0.6, 0.3)
    """Shares of the kinds in the order of the recipe, macro, micro and vehicle, joined by +."""

    districts: int = Field(1, ge=1, le=1000)
    """Number of groups of cells that are out of reach of each other."""

    cell_m: float = Field(200.0, gt=0, le=1e5)
    """Length of the sides of a cell [m]; 200 m between sites is UMi of TR 38.901."""

    clustered: float = Field(2 / 3, ge=0, le=1)
    """Probability that a user lies at a hot spot; 2/3 in TR 36.872."""

    hot_spots_per_cell: float = Field(0.5, gt=0, le=100)
    """Mean number of hot spots of a cell."""

    hot_spot_m: float = Field(40.0, ge=0, le=1e5)
    """Standard deviation of a user's distance from the hot spot [m]."""

    coverage_db: float = Field(28.0, ge=-400, le=400)
    """Least signal-to-noise ratio of the downlink at which a further edge node covers [dB]."""

    num_further: int = Field(3, ge=0, le=15)
    """Largest number of edge nodes that cover a user beside the strongest."""

    llms: Sequence[str] | None = None
    """LLMs to draw from, one for each edge node with equal probability, joined by +; each kind has
    the LLM of the recipe if absent."""

    prompt_tokens: Sequence[int] | None = None
    """Prompt lengths [token] to choose from, such as 128+256+512."""

    output_tokens: Sequence[int] | None = None
    """Output lengths [token] to choose from, joined by +."""


def draw(parameters: City, seed: int) -> Iterator[Drawn]:
    """Draw the one problem of a seed.

    Raises
    ------
    InputError
        If the recipe or a name is bad, parameters contradict each other, or there are too many
        covered pairs.
    """
    template = adjusted_template(parameters)
    _refuse(parameters, template)
    requests = drawing.draw_requests(template, seed)
    cell_m = parameters.cell_m
    sites = draw_sites(
        parameters.num_edge_nodes,
        _shares(parameters, template),
        districts=parameters.districts,
        cell_m=cell_m,
        seed=seed,
    )
    clusters = Clusters(parameters.clustered, parameters.hot_spots_per_cell, parameters.hot_spot_m)
    reach = draw_reach(
        template,
        sites,
        draw_users(sites, clusters, parameters.num_requests, cell_m=cell_m, seed=seed),
        coverage_db=parameters.coverage_db,
        num_further=parameters.num_further,
        seed=seed,
    )
    most_ways = max(len(choices(template.inference, each)) for each in template.edge_nodes)
    drawing.refuse_covered(most_ways * len(reach.requests), source=_SOURCE, field="num_requests")
    scenario = Scenario.from_parts(
        {name: column.tolist() for name, column in requests.items()},
        _edge_nodes(parameters, template, sites, reach, seed),
        drawing.setting(template),
    )
    yield Drawn(coefficients=assemble(scenario, compress=True), scenario=scenario)


def _refuse(parameters: City, template: Template) -> None:
    kinds = template.edge_nodes
    shares = parameters.shares
    if len(kinds) > 1 and (len(shares) != len(kinds) or min(shares) < 0 or sum(shares) <= 0):
        rule = f"must be {len(kinds)} numbers of at least 0, not all 0, one for each kind"
        raise InputError(rule, source=_SOURCE, field="shares", found=list(shares))
    if parameters.districts > parameters.num_edge_nodes:
        rule = f"must be at most num_edge_nodes, {parameters.num_edge_nodes}"
        raise InputError(rule, source=_SOURCE, field="districts", found=parameters.districts)
    if parameters.llms is not None and parameters.llm is not None:
        rule = "must be left out beside llms"
        raise InputError(rule, source=_SOURCE, field="llm", found=parameters.llm)


def _shares(parameters: City, template: Template) -> tuple[float, ...]:
    return parameters.shares if len(template.edge_nodes) > 1 else (1.0,)


def _edge_nodes(
    parameters: City, template: Template, sites: Sites, reach: Reach, seed: int
) -> list[dict[str, Any]]:
    """Return the edge nodes of a scenario, named after their kind and their cell."""
    llms: tuple[str | None, ...] = parameters.llms or (None,)
    rng = drawing.Stream.POSITION.generator(seed, _LLM_STREAM)
    hosted = rng.integers(len(llms), size=len(sites.kind))
    kinds = template.edge_nodes
    fixed = {
        (kind, choice): drawing.fixed_rows(
            template,
            kinds[kind].model_copy(update={"llm": llms[choice]}) if llms[choice] else kinds[kind],
        )
        for kind, choice in sorted(set(zip(sites.kind.tolist(), hosted.tolist(), strict=True)))
    }
    return [
        drawing.renamed(row, f"{kinds[kind].name}-{cell}") | reach.columns(cell)
        for cell, (kind, choice) in enumerate(
            zip(sites.kind.tolist(), hosted.tolist(), strict=True)
        )
        for row in fixed[kind, choice]
    ]


FAMILY = Family(
    name="city",
    summary="up to 1,000 edge nodes on a grid, users at hot spots, each in reach of one to four",
    binds="compute, (12d), at every edge node, with requests that a neighbour may take over",
    parameters=City,
    draw=draw,
)
