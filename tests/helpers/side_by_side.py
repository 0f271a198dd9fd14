"""Problems side by side: one problem whose components are given."""

import numpy as np

from heuristics.coefficients import FIELDS, Coefficients


def side_by_side(*parts):
    """Return one problem of all edge nodes and requests, shuffled, without pairs across parts."""
    fields = {}
    for name in FIELDS:
        own = [getattr(part, name) for part in parts]
        if own[0].ndim == 1:
            fields[name] = np.concatenate(own)
            continue
        whole = np.zeros(np.sum([each.shape for each in own], axis=0), dtype=np.int64)
        row = column = 0
        for each in own:
            whole[row : row + each.shape[0], column : column + each.shape[1]] = each
            row, column = row + each.shape[0], column + each.shape[1]
        fields[name] = whole
    order = np.random.default_rng(0).permutation(fields["eligible"].shape[1])
    return Coefficients(
        **{name: each if each.ndim == 1 else each[:, order] for name, each in fields.items()}
    )
