r"""Caps: the lengths that an edge node makes a batch for, chosen with the batch.

The text extends prompts "to the maximum token length" and sets it "to not exceed s'". Read as a
constant, s' is the longest prompt of the scenario whatever is in the batch, and that is what
:func:`heuristics.system_models.assemble.assemble` does. Read as a cap, each batch is padded to
its own longest prompt. P1's coefficients hold for one s' only; but a batch whose longest prompt
is at most c is one of the problem in which s' = c and longer prompts are left out, so the best
over all choices of a cap for each edge node is exactly the optimum with own padding. The N lengths
are alternatives of each edge node, one problem with N rows for each.

The same goes for the longest output, where a latency model counts the reading of weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.system_models.assemble import fits_padding, served_output_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.system_models.scenario import Scenario


class Cap(NamedTuple):
    """Lengths that a batch is made for: s' and the longest output, None for any [tokens]."""

    prompt_tokens: int
    output_tokens: int | None = None


def caps(scenario: Scenario, prompt_levels: Sequence[int] | None = None) -> tuple[Cap, ...]:
    """Return the caps that differ for an edge node of a scenario.

    Parameters
    ----------
    scenario
        Its prompts and outputs are the caps, outputs only where their reading counts.
    prompt_levels
        Values of s' to choose from instead of all lengths, rising; those above the scenario's
        own s' are not taken, and it is always among them.
    """
    setting, fits = scenario.setting, fits_padding(scenario)
    lengths = np.array(scenario.requests.prompt_tokens, dtype=np.int64)[fits].tolist()
    prompts = lengths if prompt_levels is None else [*prompt_levels, setting.padding_tokens]
    values = sorted({each for each in prompts if each <= setting.padding_tokens})
    values = values or [setting.padding_tokens]
    outputs: list[int | None] = [None]
    if setting.latency.counts_reading and fits.any():
        outputs = sorted(set(served_output_tokens(scenario)[fits].tolist()))
    return tuple(Cap(prompt, output) for prompt in values for output in outputs)


def capped(scenario: Scenario, choices: Sequence[Cap]) -> Scenario:
    """Return the scenario in which the caps are alternatives of each edge node.

    Parameters
    ----------
    scenario
        Scenario in which each edge node is run in one way.
    choices
        Caps, in the order of the rows of each edge node.
    """
    rows = tuple(
        edge_node.model_copy(
            update={
                "name": f"{edge_node.name}/{number}",
                "alternative_of": edge_node.name,
                "padding_tokens": cap.prompt_tokens,
                "longest_output_tokens": cap.output_tokens,
            }
        )
        for edge_node in scenario.edge_nodes
        for number, cap in enumerate(choices)
    )
    return scenario.model_copy(update={"edge_nodes": rows})
