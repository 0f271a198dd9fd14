r"""P1 in Pyomo: largest throughput of all edge nodes.

.. math::

    \max\; & \sum_{(j,i)} x_{ji}                                              && (12) \\
    & \sum_j x_{ji} \le 1                             & \forall i     \quad && \text{departure 1} \\
    & \sum_i \rho^U_{ij,min}\, x_{ji} \le 1           & \forall j     \quad && (12a) \\
    & \sum_i \rho^D_{ij,min}\, x_{ji} \le 1           & \forall j     \quad && (12b) \\
    & \sum_i (s' + n_i)\, x_{ji} \le \tilde M_j       & \forall j     \quad && (12c) \\
    & load_j = \sum_i (k_3 + k_4 n_i + k_5 n_i^2)\, x_{ji} & \forall j \quad && (12d) \\
    & load_j \le \tilde\tau_{ji} + M_{ji} (1 - x_{ji}) & \forall (j,i) \quad && (12d) \\
    & x_{ji} \in \{0, 1\}              & \forall (j,i) \text{ eligible} \quad && (12e, 12f) \\
    & x_{ji} \le use_j, \quad \sum_{j \in g} use_j \le 1
                                       & \forall \text{ alternatives } g \quad && (E1)

where :math:`\tilde M_j = (M_j - k_1 \alpha_j) / (k_2 \alpha_j)`,
:math:`\tilde\tau_{ji} = \tau'_{ij} C_j / \beta_j`, and :math:`M_{ji}` is the big-M of
:class:`formulations.parameters.Parameters`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from formulations.parameters import Parameters
from formulations.pyomo_models.rows import (
    choose_alternatives,
    choose_requests,
    limit,
    limit_latency,
    serve_once,
)
from formulations.statement import require_statement
from heuristics.problem import Problem

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients


def build(data: Coefficients, *, z: None = None) -> pyo.ConcreteModel:
    """Return P1, (12)-(12f).

    Parameters
    ----------
    data
        Coefficients.
    z
        None: P1 has no cardinality.

    Raises
    ------
    InputError
        If z is given.
    """
    require_statement(Problem.P1, data, z)
    rows = Parameters.of(data)
    model = pyo.ConcreteModel(name="P1")
    # (12e) holds by construction: only eligible pairs become variables.
    choose_requests(model, rows, objective="(12)", domain="(12f)")
    serve_once(model, rows)
    choose_alternatives(model, rows)
    limit(model, "uplink", rows.uplink, demand="rho_U", capacity="rho_U_max", tag="(12a)")
    limit(model, "downlink", rows.downlink, demand="rho_D", capacity="rho_D_max", tag="(12b)")
    limit(model, "memory", rows.memory, demand="s_plus_n", capacity="M_tilde", tag="(12c)")
    limit_latency(model, rows, tag="(12d)")
    return model
