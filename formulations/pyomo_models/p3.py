r"""P3 in Pyomo: batch of exactly z requests at one edge node with spectrum to spare.

.. math::

    \text{find}\; & S \subseteq \tilde I                              && (14) \\
    & |S| = z                                                   \quad && (14a) \\
    & \sum_{i \in S} n_i \le \tilde M                           \quad && (14b) \\
    & \sum_{i \in S} (k_4 n_i + k_5 n_i^2) \le \min_{i \in S} \tilde\tau_i \quad && (14c)

where :math:`\tilde M = (M - k_1 \alpha) / (k_2 \alpha) - s' z` and
:math:`\tilde\tau_i = \tau'_i C / \beta - k_3 z`. As :math:`|S| = z`, the terms :math:`s' z` and
:math:`k_3 z` stay on the left side, :math:`s'` and :math:`k_3` for each request of S, so that
``s_plus_n`` is :math:`s' + n_i`, and ``M_tilde`` and ``tau_tilde`` have their values at z = 0
(choices C1 and C2 of ``notation.md``). S is the set of all i with ``x[0, i]`` equal to 1.
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
    """Return P3, (14)-(14c).

    The number of requests is kept as the objective. It equals z in every feasible solution, so
    maximisation only finds a feasible batch.

    Parameters
    ----------
    data
        Coefficients of one edge node with an eligible request; ``uplink`` and ``downlink`` have
        no rows.
    z
        Number of requests.

    Raises
    ------
    InputError
        If there is another number of edge nodes, no eligible request, or z is missing or
        negative.
    """
    require_statement(Problem.P3, data, z)
    require_candidate(data, z)
    rows = Parameters.of(data)
    model = pyo.ConcreteModel(name="P3")
    # Departure 20: a request whose prompt or output does not fit the band alone is not eligible.
    choose_requests(model, rows, objective="(14)", domain="(14)")
    choose_alternatives(model, rows)
    limit(model, "memory", rows.memory, demand="s_plus_n", capacity="M_tilde", tag="(14b)")
    limit_latency(model, rows, tag="(14c)")
    ask_for(model, z, tag="(14a)")
    return model
