"""Choice: rows chosen by the user's settings, and the refusal of files that mix devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.errors import InputError
from instances.measurements.format import GIVEN, SIZES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from instances.measurements.measurement import Measurement
    from instances.measurements.row import Row

_SHOWN = 6


def chosen(rows: Sequence[Row], settings: Mapping[str, str]) -> list[Row]:
    """Return the rows that the user chose, with the values that the user gave.

    Parameters
    ----------
    rows
        Rows of all files.
    settings
        Values by column. A column of the files chooses the rows that have the value, or one of the
        values and ranges ``LOW..HIGH`` between commas; another name of :data:`GIVEN` or
        :data:`SIZES` is added to every row.

    Raises
    ------
    InputError
        If a name is neither, or no row has the value.
    """
    kept = list(rows)
    for name, value in settings.items():
        having = [row for row in kept if _is_plain(row.values.get(name, ()))]
        if any(row.has(name) for row in having):
            taken = [row for row in having if _matches(row.text(name), value)]
            if not taken:
                known = _listed({row.text(name) for row in having})
                raise InputError(f"must be one of {known}", source="--set", field=name, found=value)
            kept = taken
        elif name in (*GIVEN, *SIZES):
            kept = [row.changed({name: value}) for row in kept]
        else:
            names = dict.fromkeys(
                name for row in kept for name, cell in row.values.items() if _is_plain(cell)
            )
            rule = (
                f"must be a column of the files ({', '.join(names)}) or one of {', '.join(GIVEN)}"
            )
            raise InputError(rule, source="--set", field=name, found=value)
    return kept


def refuse_mixture(measurements: Sequence[Measurement]) -> None:
    """Refuse measurements of several devices, LLMs, engines or options.

    Raises
    ------
    InputError
        If a column that names what was measured has several values.
    """
    columns: dict[str, set[str]] = {}
    for each in measurements:
        for name, value in each.columns.items():
            columns.setdefault(name, set()).add(value)
    several = {name: values for name, values in columns.items() if len(values) > 1}
    if not several:
        for name in ("device", "llm", "quantization", "engine", "num_devices"):
            values = {each.identity[name] for each in measurements if name in each.identity}
            if len(values) > 1:
                several[name] = values
    if several:
        found = "; ".join(f"{name}: {_listed(values)}" for name, values in several.items())
        told = " ".join(f"--set {name}=VALUE" for name in several)
        sources = sorted({each.source for each in measurements})
        rule = (
            f"must be measurements of one device, LLM, engine and option, chosen by {told}; {found}"
        )
        raise InputError(rule, source=sources[0] if len(sources) == 1 else None)


def _matches(text: str, value: str) -> bool:
    """Return True if a cell is the value, or one of several values or ranges between commas."""
    return _same(text, value) or any(
        _same(text, each) or _lies_in(text, each) for each in value.split(",")
    )


def _same(text: str, value: str) -> bool:
    if text.lower() == value.strip().lower():
        return True
    try:
        return float(text) == float(value)
    except ValueError:
        return False


def _lies_in(text: str, value: str) -> bool:
    """Return True if a number lies in ``LOW..HIGH``."""
    low, dots, high = value.partition("..")
    try:
        return bool(dots) and float(low) <= float(text) <= float(high)
    except ValueError:
        return False


def _is_plain(value: object) -> bool:
    return not isinstance(value, dict | list | tuple)


def _listed(values: set[str]) -> str:
    """Return some values in order, numbers by size."""

    def key(text: str) -> tuple[bool, float, str]:
        try:
            return (False, float(text), text)
        except ValueError:
            return (True, 0.0, text)

    names = [each or '""' for each in sorted(values, key=key)]
    more = f", ... ({len(names)} in all)" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
