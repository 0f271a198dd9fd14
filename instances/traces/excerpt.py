"""The trace that ships with the project: synthetic, and like published traces only in shape.

No request of it was ever made. Bursts of requests arrive as a Poisson process, a burst has a
geometric number of requests, and the lengths of prompts and outputs are log-normal: bursty and
long-tailed, as published traces of coding assistants are. The figures are round numbers of that
order, fitted to nothing. ``python -m instances.traces.excerpt`` writes the file again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from instances.atomic import replacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXCERPT = Path(__file__).with_name("trace_excerpt.csv")
"""Path of the file, in the plain format of :mod:`instances.traces.formats`."""

_SEED = 0
_DURATION_S = 120
_MEAN_BETWEEN_BURSTS_S = 7
_MEAN_BURST_SIZE = 20
_MEAN_BETWEEN_REQUESTS_S = 0.1
_MEDIAN_PROMPT, _PROMPT_SIGMA, _LONGEST_PROMPT = 1500, 0.9, 7500
_MEDIAN_OUTPUT, _OUTPUT_SIGMA, _LONGEST_OUTPUT = 15, 1.1, 2000


def excerpt() -> str:
    """Return the text of the file."""
    rng = np.random.default_rng(_SEED)
    bursts = rng.uniform(0, _DURATION_S, rng.poisson(_DURATION_S / _MEAN_BETWEEN_BURSTS_S))
    sizes = rng.geometric(1 / _MEAN_BURST_SIZE, bursts.size)
    gaps = rng.exponential(_MEAN_BETWEEN_REQUESTS_S, sizes.sum())
    ends = np.cumsum(sizes)[:-1]
    since_burst = np.concatenate([np.cumsum(each) for each in np.split(gaps, ends)])
    arrivals = np.sort(np.repeat(bursts, sizes) + since_burst)
    prompts = _lengths(rng, arrivals.size, _MEDIAN_PROMPT, _PROMPT_SIGMA, _LONGEST_PROMPT)
    outputs = _lengths(rng, arrivals.size, _MEDIAN_OUTPUT, _OUTPUT_SIGMA, _LONGEST_OUTPUT)
    rows = zip(arrivals.tolist(), prompts.tolist(), outputs.tolist(), strict=True)
    lines = (f"{arrival:.3f},{prompt},{output}\n" for arrival, prompt, output in rows)
    return "arrival_s,prompt_tokens,output_tokens\n" + "".join(lines)


def _lengths(
    rng: np.random.Generator, size: int, median: float, sigma: float, largest: int
) -> NDArray[np.int64]:
    lengths = np.ceil(rng.lognormal(np.log(median), sigma, size)).astype(np.int64)
    return np.minimum(lengths, largest)


if __name__ == "__main__":
    with replacing(EXCERPT) as temporary:
        temporary.write_text(excerpt(), encoding="ascii", newline="\n")
