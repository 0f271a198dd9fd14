"""Format: columns of a kind of measurement file with their units, and its reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from instances.measurements.measurement import LeftOut, Measurement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from instances.measurements.row import Row

Entry = Measurement | LeftOut

GIVEN = ("device", "base_device", "llm", "quantization", "engine", "num_devices", "num_layers")
"""Names that a user may give although no file has such a column, beside the sizes of a batch."""

SIZES = ("batch", "prompt_tokens", "output_tokens")
"""Sizes that a user may give for files that do not state them."""

LARGEST_CONTRADICTION = 0.05
"""Largest relative difference of two statements of one row about the same time."""

_ALIASES = {
    "device": ("device", "hardware", "gpu", "gpu_info", "board"),
    "base_device": ("base_device",),
    "llm": ("llm", "model", "model_id", "model_type", "model_name"),
    "quantization": ("quantization", "quant", "dtype"),
    "engine": ("engine", "runtime", "backend_build", "backends", "backend"),
    "num_devices": ("num_devices", "tensor_parallel", "tensor_parallel_size", "tp", "num_gpus"),
}


@dataclass(frozen=True, kw_only=True)
class Format:
    """A kind of measurement file.

    Parameters
    ----------
    name
        Name of the format.
    source
        Place of the format's definition.
    needs
        Columns that each row must have; a tuple inside lists names of which one is needed.
    lacks
        Columns that no row may have: they mark another format.
    units
        Columns with their meaning and unit.
    ignored
        Columns that name neither what was measured nor a size: results and remarks.
    measure
        Reader of the rows of this format, those of all files together.
    """

    name: str
    source: str
    needs: tuple[str | tuple[str, ...], ...]
    lacks: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    measure: Callable[[Format, Sequence[Row]], Iterable[Entry]]

    def fits(self, names: Iterable[str]) -> bool:
        """Return True if a row with these columns has this format."""
        known = set(names)
        return all(
            each in known if isinstance(each, str) else bool(known.intersection(each))
            for each in self.needs
        ) and not known.intersection(self.lacks)

    def columns(self, row: Row) -> dict[str, str]:
        """Return the cells of a row that name what was measured."""
        skipped = {*self.units, *self.ignored, *SIZES}
        return {
            name: row.text(name)
            for name, value in row.values.items()
            if name not in skipped and not isinstance(value, dict | list)
        }


def identity(row: Row) -> dict[str, str]:
    """Return device, LLM, quantization, engine and number of devices by a row's columns."""
    found = {}
    for name, aliases in _ALIASES.items():
        column = next((each for each in aliases if row.has(each)), None)
        if column is not None and not isinstance(row.values[column], dict | list):
            found[name] = row.text(column)
    return found


def differ(measured: float, stated: float) -> bool:
    """Return True if two statements about one time contradict each other."""
    return abs(stated - measured) > LARGEST_CONTRADICTION * measured
