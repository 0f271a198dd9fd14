"""ServeGen: requests drawn from the windows of one client.

A client is two files: ``chunk-i-trace.csv`` has a row for each window of time with the start
[s], the mean rate [requests/s], the coefficient of variation of the times between requests, and
their law; ``chunk-i-dataset.json`` has the distributions of the lengths for longer windows.

References
----------
Xiang et al., "ServeGen", arXiv:2505.09999; github.com/alibaba/ServeGen, README.md and
servegen/clientpool.py.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.errors import InputError
from heuristics.text_file import read_text
from instances.strict_json import unique_keys
from instances.traces.block import Block
from instances.traces.units import NANOSECONDS
from instances.traces.values import LARGEST_ARRIVAL_S, LARGEST_LENGTH

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from numpy.typing import NDArray

GAMMA, WEIBULL = "Gamma", "Weibull"

WINDOW_S = 600
"""Length of a client's only window, by ServeGen's README [s]; else windows tell it themselves."""

LARGEST_EXPECTED = 1e9
"""Largest expected number of requests of a client: two weeks at 800/s."""

_LARGEST_RATE, _LARGEST_VARIATION = 1e5, 1000.0
_ROWS_AT_ONCE = 500_000
_NUMBER = re.compile(r"\d+(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)
_TOLERANCE = 1e-3
_LENGTHS_ENDING = "-dataset.json"


class Law(NamedTuple):
    """Rate [1/s], coefficient of variation and law of the times between requests of a window."""

    line: int
    start_s: int
    rate: float
    variation: float
    law: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Distribution:
    """Lengths [tokens] with the cumulated probability of each, shape (n,) both."""

    lengths: NDArray[np.int64]
    cumulated: NDArray[np.float64]

    def draw(self, rng: np.random.Generator, size: int) -> NDArray[np.int64]:
        """Draw lengths."""
        places = np.searchsorted(self.cumulated, rng.random(size), side="right")
        drawn: NDArray[np.int64] = self.lengths[np.minimum(places, self.lengths.size - 1)]
        return drawn


def is_servegen(line: str) -> bool:
    """Return True if the first line of a file is a window of a ServeGen client."""
    cells = [each.strip() for each in line.split(",")]
    numbers = [each for place, each in enumerate(cells) if place != 3]
    return (
        len(cells) == 6
        and cells[3] in ("", GAMMA, WEIBULL)
        and all(_NUMBER.fullmatch(each) for each in numbers)
    )


def refuse_other(path: str | os.PathLike[str]) -> None:
    """Refuse a folder of clients, and the lengths of a client given in place of its windows.

    Raises
    ------
    InputError
        If the path is one of the two: the message names a file to give instead.
    """
    source = Path(path)
    if source.name.endswith(_LENGTHS_ENDING):
        name = f"{source.name.removesuffix(_LENGTHS_ENDING)}-trace.csv"
        if source.with_name(name).is_file():
            rule = f"must be the windows of the client, {name}: its lengths are read beside it"
            raise InputError(rule, source=path)
    clients = sorted(each.name for each in source.glob("*-trace.csv*")) if source.is_dir() else []
    if clients:
        rule = f"must be the file of one client of ServeGen, such as {clients[0]}, found a folder"
        raise InputError(f"{rule} of {len(clients)}", source=path)


def dataset_of(path: str | os.PathLike[str]) -> Path | None:
    """Return the path of a client's lengths; None if a name is not that of a client's windows."""
    source = Path(path)
    for ending in ("-trace.csv", "-trace.csv.gz", "-trace.csv.zst"):
        if source.name.endswith(ending):
            return source.with_name(source.name.removesuffix(ending) + _LENGTHS_ENDING)
    return None


def servegen_blocks(path: str | os.PathLike[str], text: str, seed: int) -> Iterator[Block]:
    """Draw the requests of a client, a window at a time.

    Parameters
    ----------
    path
        The file ``chunk-i-trace.csv``; the distributions are read from ``chunk-i-dataset.json``
        beside it.
    text
        Text of the file.
    seed
        Seed of the draws. Each window has a stream of its own.

    Raises
    ------
    InputError
        If a file cannot be read, or breaks a rule of the format.

    Notes
    -----
    In a window of length W with rate r, requests form a stationary renewal process: the times
    between them are Gamma or Weibull with mean 1/r and the coefficient of variation that the row
    states, and the time to the first has the equilibrium distribution, so that the expected
    number of requests is exactly rW. The two arguments of the law in the file are its shape and
    scale; the Gamma's say the same as rate and variation, the Weibull's are a fit that does not
    keep the rate, so they are not used.
    """
    windows = _windows(text)
    _refuse_endless(windows)
    lengths = _distributions(path)
    starts = sorted(lengths)
    for place, window in enumerate(windows):
        if window.rate == 0:
            continue
        known = [start for start in starts if start <= window.start_s]
        if not known:
            rule = f"must have lengths in the dataset from {window.start_s} s or before"
            raise InputError(rule, field=f"line {window.line}", found=f"{starts[:1]} s")
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(20, place)))
        end_s = _end(windows, place)
        for arrival in _arrivals(window, end_s - window.start_s, rng):
            prompt, output = lengths[known[-1]]
            yield Block(
                arrival_ns=window.start_s * NANOSECONDS + arrival,
                prompt_tokens=prompt.draw(rng, arrival.size),
                output_tokens=output.draw(rng, arrival.size),
                lines=np.full(arrival.size, window.line, dtype=np.int64),
            )


def _end(windows: list[Law], place: int) -> int:
    if place + 1 < len(windows):
        return windows[place + 1].start_s
    length = windows[-1].start_s - windows[-2].start_s if len(windows) > 1 else WINDOW_S
    return windows[-1].start_s + length


def _windows(text: str) -> list[Law]:
    windows: list[Law] = []
    for line, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            continue
        field = f"line {line}"
        if not is_servegen(row):
            rule = "must be start, rate, variation, Gamma or Weibull or nothing, two arguments"
            raise InputError(rule, field=field, found=row)
        start, rate, variation, law = [each.strip() for each in row.split(",")][:4]
        if not start.isdigit() or int(start) > LARGEST_ARRIVAL_S:
            raise InputError("must start at whole seconds", field=field, found=start)
        if windows and int(start) <= windows[-1].start_s:
            raise InputError("must start after the window before it", field=field, found=start)
        window = Law(line, int(start), float(rate), float(variation), law)
        _refuse_window(window)
        windows.append(window)
    return windows


def _refuse_endless(windows: list[Law]) -> None:
    """Refuse windows, one of them long by a slip, whose draws would take hours."""
    expected = sum(
        window.rate * (_end(windows, place) - window.start_s)
        for place, window in enumerate(windows)
    )
    if expected > LARGEST_EXPECTED:
        rule = f"must have at most {LARGEST_EXPECTED:g} requests, rates times lengths of windows"
        raise InputError(rule, field="the trace", found=f"{expected:.3g}")


def _refuse_window(window: Law) -> None:
    field = f"line {window.line}"
    if window.rate > _LARGEST_RATE:
        rule = f"must have a rate of at most {_LARGEST_RATE:g} requests/s"
        raise InputError(rule, field=field, found=window.rate)
    if (window.rate > 0) != bool(window.law):
        rule = "must have a law, Gamma or Weibull, where the rate is above 0 and only there"
        raise InputError(rule, field=field, found=window.law)
    if window.rate > 0 and not 0.01 <= window.variation <= _LARGEST_VARIATION:
        rule = f"must have a coefficient of variation of 0.01 to {_LARGEST_VARIATION:g}"
        raise InputError(rule, field=field, found=window.variation)


def _arrivals(window: Law, length_s: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Yield arrivals after the start of a window, ascending, some at a time [ns]."""
    shape = shape_of(window.law, window.variation)
    clock = _first(window, shape, rng)
    expected = window.rate * length_s
    size = int(min(_ROWS_AT_ONCE, 64 + 1.1 * expected))
    while clock < length_s:
        times = clock + np.concatenate([[0.0], np.cumsum(_gaps(window, shape, rng, size))])
        inside = times[times < length_s]
        clock = float(times[-1]) if inside.size == times.size else math.inf
        if inside.size == times.size:
            inside = inside[:-1]
        yield (inside * NANOSECONDS).astype(np.int64)


def _gaps(window: Law, shape: float, rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    if window.law == GAMMA:
        return rng.gamma(shape, 1 / (shape * window.rate), size)
    scale = math.exp(-math.lgamma(1 + 1 / shape)) / window.rate
    return scale * rng.weibull(shape, size)


def _first(window: Law, shape: float, rng: np.random.Generator) -> float:
    """Draw the time to the first request: a uniform part of a gap drawn in proportion to it."""
    if window.law == GAMMA:
        gap = rng.gamma(shape + 1, 1 / (shape * window.rate))
    else:
        scale = math.exp(-math.lgamma(1 + 1 / shape)) / window.rate
        gap = scale * rng.gamma(1 + 1 / shape) ** (1 / shape)
    return float(rng.random() * gap)


def shape_of(law: str, variation: float) -> float:
    """Return the shape of the law that has this coefficient of variation.

    For the Gamma it is 1/CV^2. The Weibull's solves
    CV^2 = Gamma(1 + 2/k) / Gamma(1 + 1/k)^2 - 1, by bisection.

    Examples
    --------
    >>> shape_of("Gamma", 0.5), round(shape_of("Weibull", 1.0), 9)
    (4.0, 1.0)
    """
    if law == GAMMA:
        return variation**-2
    target = math.log1p(variation**2)
    low, high = 0.05, 200.0  # of the shape: the coefficient falls from 2*10^5 to 0.006
    for _ in range(100):
        middle = math.sqrt(low * high)
        ratio = math.lgamma(1 + 2 / middle) - 2 * math.lgamma(1 + 1 / middle)
        low, high = (middle, high) if ratio > target else (low, middle)
    return low


def _distributions(
    path: str | os.PathLike[str],
) -> dict[int, tuple[Distribution, Distribution]]:
    """Read the lengths of each window of the dataset that has some."""
    import json

    source = _dataset(Path(path))
    try:
        document = json.loads(read_text(source), object_pairs_hook=unique_keys)
    except json.JSONDecodeError as error:
        raise InputError(f"must be JSON: {error.msg}", source=source) from error
    except RecursionError as error:
        raise InputError("must not be nested this deep", source=source) from error
    except InputError as error:
        raise error if error.source else error.within(source) from error
    if not isinstance(document, dict):
        raise InputError("must be an object", source=source)
    found = {}
    for start, fields in document.items():
        if not (start.isascii() and start.isdigit() and len(start) < 12):
            raise InputError("must be a start in whole seconds", source=source, found=start)
        if not isinstance(fields, dict):
            raise InputError("must be an object", source=source, field=start, found=fields)
        pair = [_distribution(fields, name, start, source) for name in _LENGTHS]
        if pair[0] is not None and pair[1] is not None:
            found[int(start)] = (pair[0], pair[1])
    return found


_LENGTHS = ("input_tokens", "output_tokens")


def _dataset(path: Path) -> Path:
    source = dataset_of(path)
    if source is None:
        rule = "must be named ...-trace.csv, with its lengths beside it in ...-dataset.json"
        raise InputError(rule, source=path)
    if not source.is_file():
        rule = f"must have its length distributions beside it, in {source.name}"
        raise InputError(rule, source=path)
    return source


def _distribution(
    fields: dict[str, object], name: str, start: str, source: Path
) -> Distribution | None:
    text = fields.get(name)
    field = f"{start}: {name}"
    if not isinstance(text, str):
        rule = "must be a text {length: probability, ...}"
        raise InputError(rule, source=source, field=field, found=text)
    inner = text.strip()
    if not (inner.startswith("{") and inner.endswith("}")):
        rule = "must be a text {length: probability, ...}"
        raise InputError(rule, source=source, field=field, found=text)
    if not inner[1:-1].strip():
        return None
    pairs: dict[int, float] = {}
    for part in inner[1:-1].split(","):
        length, _, probability = (each.strip() for each in part.partition(":"))
        is_sound = length.isascii() and length.isdigit() and len(length) <= 10
        if not (is_sound and _NUMBER.fullmatch(probability) and int(length) <= LARGEST_LENGTH):
            rule = "must be pairs of a length and a probability"
            raise InputError(rule, source=source, field=field, found=part)
        if int(length) in pairs:
            raise InputError("must name each length once", source=source, field=field, found=length)
        pairs[int(length)] = float(probability)
    total = sum(pairs.values())
    if not abs(total - 1) <= _TOLERANCE:
        rule = "must have probabilities that sum to 1"
        raise InputError(rule, source=source, field=field, found=total)
    cumulated = np.cumsum(np.array(list(pairs.values()))) / total
    return Distribution(lengths=np.array(list(pairs), dtype=np.int64), cumulated=cumulated)
