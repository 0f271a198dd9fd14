r"""P2 in PuLP: largest batch of one edge node with spectrum to spare.

.. math::

    \max\; & \sum_i x_i                                                                && (13) \\
    & \sum_i (s' + n_i)\, x_i \le (M - k_1 \alpha) / (k_2 \alpha)                \quad && (13a) \\
    & \sum_i (k_3 + k_4 n_i + k_5 n_i^2)\, x_i \le \tau'_i C / \beta
                                                   & \forall i: x_i = 1          \quad && (13b) \\
    & x_i \in \{0, 1\}                             & \forall i \in \tilde I        \quad && (13c)

(13b) is stated with the load of the batch as a variable and a big-M, as
:mod:`formulations.pulp_models.rows` describes. The variable :math:`x_i` is ``x[0, i]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulp

from formulations.parameters import Parameters
from formulations.pulp_models.rows import choose_alternatives, choose_requests, limit, limit_latency
from formulations.statement import require_statement
from heuristics.problem import Problem

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients


def build(data: Coefficients, *, z: None = None) -> pulp.LpProblem:
    """Return P2, (13)-(13c).

    Parameters
    ----------
    data
        Coefficients of one edge node; ``uplink`` and ``downlink`` have no rows.
    z
        None: P2 has no cardinality; P3 is its feasibility form.

    Raises
    ------
    InputError
        If there is another number of edge nodes, or z is given.
    """
    require_statement(Problem.P2, data, z)
    rows = Parameters.of(data)
    model = pulp.LpProblem("P2", pulp.LpMaximize)
    # Departure 20: a request whose prompt or output does not fit the band alone is not eligible.
    choose_requests(model, rows, objective="(13)", domain="(13c)")
    choose_alternatives(model, rows)
    limit(model, "memory", rows.memory, demand="s_plus_n", capacity="M_tilde", tag="(13a)")
    limit_latency(model, rows, tag="(13b)")
    return model
