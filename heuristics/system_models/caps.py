r"""Caps: the lengths that an edge node makes a batch for, chosen with the batch.

The text extends prompts "to the maximum token length" and sets it "to not exceed s'". Read as a
constant, s' is the longest prompt of the scenario whatever is in the batch, and that is what
:func:`heuristics.system_models.assemble.assemble` does. Read as a cap, each batch is padded to
its own longest prompt. P1's coefficients hold for one s' only; but a batch whose longest prompt
is at most c is one of the problem in which s' = c and longer prompts are left out, so the best
over all choices of a cap for each edge node is exactly the optimum with own padding. For N
lengths these are :math:`N^J` problems.

The same goes for the longest output, where a latency model counts the reading of weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.coefficients import FIELDS, Coefficients
from heuristics.system_models.assemble import assemble, fits_padding, served_output_tokens
from heuristics.system_models.latency import LatencyModel

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
    if setting.latency is not LatencyModel.COMPUTE and fits.any():
        outputs = sorted(set(served_output_tokens(scenario)[fits].tolist()))
    return tuple(Cap(prompt, output) for prompt in values for output in outputs)


def assemble_capped(scenario: Scenario, cap: Cap) -> Coefficients:
    """Derive the integers of P1 for batches of this cap; what is longer is eligible nowhere."""
    setting = scenario.setting
    changes: dict[str, object] = {"padding_tokens": cap.prompt_tokens}
    if cap.output_tokens is not None:
        lengths = setting.output_levels_tokens or scenario.requests.output_tokens
        kept = sorted({each for each in lengths if each <= cap.output_tokens})
        changes["output_levels_tokens"] = tuple(kept)
    return assemble(scenario.model_copy(update={"setting": setting.model_copy(update=changes)}))


def mixed(of_edge_node: Sequence[Coefficients]) -> Coefficients:
    """Return the problem whose edge node j is that of the j-th of these problems."""
    return Coefficients(
        **{
            name: np.stack([getattr(data, name)[j] for j, data in enumerate(of_edge_node)])
            for name in FIELDS
        }
    )
