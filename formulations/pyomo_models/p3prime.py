r"""P3' in Pyomo: P1 at one edge node, as maximisation or for exactly z requests.

.. math::

    \text{find}\; & S \subseteq \tilde I                              && (15) \\
    & |S| = z                                                   \quad && (15a) \\
    & \sum_{i \in S} \rho^U_{i,min} \le 1                       \quad && (15b) \\
    & \sum_{i \in S} n_i \le k_6                                \quad && (15c) \\
    & \sum_{i \in S} n_i \le \tilde M                           \quad && (15d) \\
    & \sum_{i \in S} (k_4 n_i + k_5 n_i^2) \le \tilde\tau_i
                                  & \forall i \in S             \quad && (15e)

where :math:`\tilde M = (M - k_1 \alpha) / (k_2 \alpha) - s' z` and
:math:`\tilde\tau_i = \tau'_i C / \beta - k_3 z`. As :math:`|S| = z`, the terms :math:`s' z` and
:math:`k_3 z` stay on the left side, :math:`s'` and :math:`k_3` for each request of S, so that
``s_plus_n`` is :math:`s' + n_i`, and ``M_tilde`` and ``tau_tilde`` have their values at z = 0
(choices C1 and C2 of ``notation.md``). Without z, (15a) is left out and :math:`|S|` is maximised.
With each user's own channel, ``n`` and ``k_6`` of (15c) are :math:`\rho^D_{i,min}` and 1 (choice
C3). S is the set of all i with ``x[0, i]`` equal to 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from formulations.parameters import Parameters
from formulations.pyomo_models.rows import (
    ask_for,
    choose_alternatives,
    choose_requests,
    limit,
    limit_latency,
)
from formulations.statement import require_candidate, require_statement
from heuristics.problem import Problem

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients


def build(data: Coefficients, *, z: int | None = None) -> pyo.ConcreteModel:
    """Return P3', (15)-(15e).

    Parameters
    ----------
    data
        Coefficients of one edge node; with an eligible request if z is given.
    z
        Number of requests; None maximises it. With z, the number of requests is kept as the
        objective, which equals z in every feasible solution.

    Raises
    ------
    InputError
        If there is another number of edge nodes, z is negative, or z is given and no request
        is eligible.
    """
    require_statement(Problem.P3PRIME, data, z)
    rows = Parameters.of(data)
    model = pyo.ConcreteModel(name="P3prime")
    choose_requests(model, rows, objective="(15)", domain="(15)")
    choose_alternatives(model, rows)
    limit(model, "uplink", rows.uplink, demand="rho_U", capacity="rho_U_max", tag="(15b)")
    limit(model, "downlink", rows.downlink, demand="n", capacity="k_6", tag="(15c)")
    limit(model, "memory", rows.memory, demand="s_plus_n", capacity="M_tilde", tag="(15d)")
    limit_latency(model, rows, tag="(15e)")
    if z is not None:
        require_candidate(data, z)
        ask_for(model, z, tag="(15a)")
    return model
