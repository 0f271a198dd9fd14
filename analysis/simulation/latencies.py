"""Latencies of requests by part, and their percentiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("queueing_s", "upload_s", "compute_s", "download_s")
"""Parts of the end-to-end latency, which they add up to."""

LATENCIES = ("e2e_s", "ttft_s", "tpot_s", *PARTS)

PERCENTILES = (50, 90, 95, 99)

STATISTICS = ("mean", *(f"p{each}" for each in PERCENTILES))
"""Keys of :func:`percentiles`."""

_DECIMALS = 9  # the table has floating-point seconds; differences count in nanoseconds


def latencies(requests: pd.DataFrame) -> pd.DataFrame:
    """Return the latencies of each request [s], absent for a request without an output.

    Parameters
    ----------
    requests
        Table of requests with :data:`analysis.simulation.rows.REQUEST_COLUMNS`.

    Returns
    -------
    pandas.DataFrame
        The rows of the table, with

        ==============  ==========================================================================
        ``e2e_s``       from the arrival to the receipt of the output
        ``ttft_s``      from the arrival until the first token leaves the edge node
        ``tpot_s``      mean time between the tokens as they are computed; absent for one token
        ``queueing_s``  from the arrival to the upload, and from the upload to computing
        ``upload_s``    from the start to the end of the upload
        ``compute_s``   from the start of computing to the last token
        ``download_s``  from the last token to the receipt of the output
        ==============  ==========================================================================
    """
    import pandas as pd

    given = {
        name: requests[f"{name}_s"].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in (
            "arrival",
            "upload_start",
            "upload_end",
            "compute_start",
            "first_token",
            "last_token",
            "released",
            "received",
        )
    }
    steps = requests["output_tokens"].to_numpy(dtype=np.float64) - 1
    is_received = ~np.isnan(given["received"])
    waited = given["upload_start"] - given["arrival"]
    generated = given["last_token"] - given["first_token"]
    found = {
        "e2e_s": given["received"] - given["arrival"],
        "ttft_s": given["released"] - given["arrival"],
        "tpot_s": np.divide(generated, steps, out=np.full_like(steps, np.nan), where=steps > 0),
        "queueing_s": waited + (given["compute_start"] - given["upload_end"]),
        "upload_s": given["upload_end"] - given["upload_start"],
        "compute_s": given["last_token"] - given["compute_start"],
        "download_s": given["received"] - given["last_token"],
    }
    columns = {
        name: np.where(is_received, np.round(each, _DECIMALS), np.nan)
        for name, each in found.items()
    }
    return pd.DataFrame(columns, index=requests.index)


def percentiles(values: pd.Series[float]) -> dict[str, float] | None:
    """Return the mean and the percentiles of the values that are there; None without any.

    A percentile is a value that occurs: the smallest that at least so many percent of the values
    do not exceed, as the method ``inverted_cdf`` of numpy has it.

    Examples
    --------
    >>> import pandas as pd
    >>> percentiles(pd.Series([3.0, 1.0, None, 2.0]))
    {'mean': 2.0, 'p50': 2.0, 'p90': 3.0, 'p95': 3.0, 'p99': 3.0}
    """
    there = values.dropna().to_numpy(dtype=np.float64)
    if not len(there):
        return None
    found = np.quantile(there, [each / 100 for each in PERCENTILES], method="inverted_cdf")
    return dict(zip(STATISTICS, [float(there.mean()), *found.tolist()], strict=True))
