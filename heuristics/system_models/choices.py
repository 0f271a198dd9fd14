"""Choices: the ways to run one edge node, in a recipe and in a scenario.

A recipe joins values by ``+`` where a single value may stand, such as ``w8a16+w4a16-gptq``. The
values of several keys multiply. Each combination becomes a row of the scenario, and the rows of one
edge node name it as ``alternative_of``.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import Field, PlainSerializer, WrapValidator

from heuristics.errors import InputError
from heuristics.system_models.catalogue.reader import is_path
from heuristics.system_models.validation import Count, Name, broken_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from heuristics.system_models.scenario import EdgeNode, Setting
    from heuristics.system_models.template import EdgeNodeTemplate, Inference

MOST_ALTERNATIVES = 64
"""Maximum number of alternatives of an edge node."""


def split(value: object) -> tuple[object, ...]:
    """Return the values that ``+`` joins; an existing file with ``+`` in its path is one value.

    Examples
    --------
    >>> split("w8a16+w4a16-gptq"), split("128+256"), split(128)
    (('w8a16', 'w4a16-gptq'), (128, 256), (128,))
    """
    if isinstance(value, list | tuple):
        return tuple(value)
    if not isinstance(value, str) or "+" not in value:
        return (value,)
    if _is_file(value) and Path(value).exists():
        return (value,)
    parts = (each.strip() for each in value.split("+"))
    return tuple(int(each) if each.isascii() and each.isdigit() else each for each in parts)


def _is_file(value: str) -> bool:
    """Return True if a value is the path of an LLM's configuration or of a latency profile."""
    return is_path(value) or value.endswith(".toml")


def _one_or_several(value: object, check: Callable[[object], Any]) -> Any:
    values = split(value)
    if len(values) == 1 and not isinstance(value, list | tuple):
        return check(value)
    return tuple(check(each) for each in values)


SEVERAL = (WrapValidator(_one_or_several), PlainSerializer(lambda value: value))

if TYPE_CHECKING:
    Names = str | tuple[str, ...]
    Texts = str | tuple[str, ...]
    Counts = int | tuple[int, ...]
    Integers = int | tuple[int, ...]
else:
    Texts = Annotated[str, *SEVERAL]
    """A text, or several joined by ``+``."""
    Integers = Annotated[int, Field(ge=1, le=10**9), *SEVERAL]
    """A count as text or number, or several joined by ``+``."""
    Names = Annotated[Name, *SEVERAL]
    """A name, or several joined by ``+``."""
    Counts = Annotated[Count, *SEVERAL]
    """A count, or several joined by ``+``."""


class Choice(NamedTuple):
    """One way to run an edge node.

    ``padding_tokens`` and ``longest_output_tokens`` are None where the recipe has one value.
    """

    llm: str
    quantization: str
    device: str
    padding_tokens: int | None
    longest_output_tokens: int | None
    label: str
    """Name of the way, such as ``w8a16``; empty if there is only one."""


def choices(inference: Inference, edge_node: EdgeNodeTemplate) -> list[Choice]:
    """Return the ways to run an edge node of a recipe, the first key varying slowest.

    Parameters
    ----------
    inference
        Values of the recipe for all edge nodes.
    edge_node
        Edge node, whose own LLM and quantization replace those of the recipe.

    Raises
    ------
    InputError
        If a value is given twice, or there are more than 64 combinations.
    """
    values: dict[str, Sequence[Any]] = {
        "llm": split(inference.llm if edge_node.llm is None else edge_node.llm),
        "quantization": split(
            inference.quantization if edge_node.quantization is None else edge_node.quantization
        ),
        "device": split(edge_node.device),
        "padding_tokens": split(inference.padding_tokens),
        "longest_output_tokens": split(inference.longest_output_tokens),
    }
    num_choices = 1
    for name, each in values.items():
        if len(set(each)) < len(each):
            raise InputError("must differ from each other", field=name, found=list(each))
        num_choices *= len(each)
    if num_choices > MOST_ALTERNATIVES:
        rule = f"must have at most {MOST_ALTERNATIVES} alternatives"
        raise InputError(rule, field=f"edge node {edge_node.name}", found=num_choices)
    several = [name for name, each in values.items() if len(each) > 1]
    return [
        _choice(dict(zip(values, combination, strict=True)), several)
        for combination in product(*values.values())
    ]


def _choice(values: dict[str, Any], several: Sequence[str]) -> Choice:
    label = "/".join(_label(name, values[name]) for name in several)
    shared = {"padding_tokens", "longest_output_tokens"}.difference(several)
    return Choice(**(values | dict.fromkeys(shared)), label=label)


def _label(name: str, value: Any) -> str:
    if name == "padding_tokens":
        return f"padding{value}"
    if name == "longest_output_tokens":
        return f"output{value}"
    return Path(value).stem if _is_file(value) else str(value)


def own_setting(setting: Setting, edge_node: EdgeNode) -> Setting:
    """Return the setting of a row: that of the scenario, with the row's own s' and longest output.

    Parameters
    ----------
    setting
        Setting of the scenario.
    edge_node
        Row of the scenario.
    """
    own = {
        name: value
        for name in ("padding_tokens", "longest_output_tokens")
        if (value := getattr(edge_node, name)) is not None
    }
    return setting.model_copy(update=own) if own else setting


def rows_by_edge_node(edge_nodes: Sequence[EdgeNode]) -> list[list[int]] | None:
    """Return the rows of each edge node of a scenario; None if no row is an alternative."""
    groups: dict[object, list[int]] = {}
    for row, each in enumerate(edge_nodes):
        key = row if each.alternative_of is None else each.alternative_of
        groups.setdefault(key, []).append(row)
    return None if len(groups) == len(edge_nodes) else list(groups.values())


def refuse_alternatives_of_names(edge_nodes: Sequence[EdgeNode]) -> None:
    """Raise the error of a row whose edge node has the name of a row, or other epochs."""
    names = {each.name for each in edge_nodes}
    epochs: dict[str, int | None] = {}
    for row, each in enumerate(edge_nodes):
        if each.alternative_of is None:
            continue
        place = f"edge_nodes[{row}].alternative_of"
        if each.alternative_of in names:
            rule = "must differ from the names of the rows"
            raise broken_rule(place, rule, found=each.alternative_of)
        if epochs.setdefault(each.alternative_of, each.epoch) != each.epoch:
            raise broken_rule(place, "must name rows of one epoch", found=each.alternative_of)


def refuse_switching(setting: Setting, *, is_horizon: bool) -> None:
    """Raise the error of two durations of a change, or of a change in a horizon."""
    if setting.switching_s and setting.storage_bytes_per_s is not None:
        rule = "must be left out beside storage_bytes_per_s"
        raise broken_rule("scenario.switching_s", rule, found=setting.switching_s)
    for name in ("switching_s", "storage_bytes_per_s") if is_horizon else ():
        if value := getattr(setting, name):
            rule = "must be left out in a horizon, as P1 does not join its epochs"
            raise broken_rule(f"scenario.{name}", rule, found=value)
