"""Hosting: the LLM, the quantization and the device of an edge node of a recipe, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heuristics.system_models import choices
from heuristics.system_models.catalogue import profiles, reader
from heuristics.system_models.latency import LatencyModel
from heuristics.system_models.measured_latency import MeasuredLatency

if TYPE_CHECKING:
    from heuristics.system_models.quantization import Quantization
    from heuristics.system_models.template import EdgeNodeTemplate, Inference, Template
    from heuristics.system_models.transformer import Transformer


def hosted(
    template: Template, edge_node: EdgeNodeTemplate, choice: choices.Choice | None = None
) -> tuple[Transformer, Quantization, reader.Device]:
    """Return the LLM, the quantization and the device of an edge node, as numbers.

    Parameters
    ----------
    template, edge_node
        Recipe, and one of its edge nodes.
    choice
        Way in which the edge node is run; None for the first.

    Raises
    ------
    InputError
        If a name is not in the catalogue, or no perplexity is known or given.
    """
    inference = template.inference
    choice = choice or choices.choices(inference, edge_node)[0]
    llm = reader.llm(choice.llm)
    quantization = reader.quantization(
        choice.quantization,
        llm,
        kv_cache=inference.kv_cache,
        beta=inference.beta if edge_node.beta is None else edge_node.beta,
        ppl_differential=(
            inference.ppl_differential
            if edge_node.ppl_differential is None
            else edge_node.ppl_differential
        ),
        needs_accuracy=template.workload.accuracy[1] > 0,
    )
    device = profiles.device(choice.device)
    return llm, quantization, device


def measured_values(
    inference: Inference, edge_node: EdgeNodeTemplate, choice: choices.Choice
) -> dict[str, Any]:
    """Return the number of devices of a row, and its profile if latency is measured.

    Parameters
    ----------
    inference, edge_node
        Values of the recipe, and one of its edge nodes.
    choice
        Way in which the edge node is run.

    Raises
    ------
    InputError
        If the profile does not name its LLM or its quantization.
    """
    profile = profiles.profile_of(choice.device)
    if profile is None:
        return {"num_gpus": edge_node.num_gpus}
    values: dict[str, Any] = {"num_gpus": profile.num_devices}
    if inference.latency is LatencyModel.MEASURED:
        latency = MeasuredLatency.of(profile, margin=inference.margin)
        values["latency_profile"] = latency
    return values
