r"""Threshold form in Pyomo: deadlines by ordered thresholds in place of big-M.

Let :math:`b_{j0} < b_{j1} < \dots` be the distinct budgets of edge node j below
:math:`L_j`, its largest load, and :math:`k(j,i)` the rank of the budget of request i. The
``deadline`` rows of big-M are replaced by

.. math::

    & load_j \le b_{j0} + \sum_k (b_{j,k+1} - b_{jk})\, \delta_{jk} & \forall j      \\
    & \delta_{j,k+1} \le \delta_{jk}                   & \forall (j,k)  \\
    & x_{ji} + \delta_{j,k(j,i)} \le 1                 & \forall (j,i)  \\
    & \delta_{jk} \in \{0, 1\}                         & \forall (j,k)

where :math:`\delta_{jk} = 1` allows the load of the edge node to exceed its k-th budget. All other
rows and variables are those of big-M. ``notation.md`` proves that the two forms are equivalent, and
that the linear relaxation of this form is never weaker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from formulations.parameters import Parameters

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients


def tighten(model: pyo.ConcreteModel, data: Coefficients) -> pyo.ConcreteModel:
    """Replace the big-M rows of the deadlines by ordered thresholds, and return the model.

    The new rows keep the tag of the deadlines: (12d), (13b), (14c) or (15e).

    Parameters
    ----------
    model
        A big-M model of P1, P2, P3 or P3' for the same coefficients; it is changed.
    data
        Coefficients.
    """
    tag = model.deadline.doc
    model.del_component(model.deadline)
    model.del_component(model.big_m)
    _limit_latency(model, Parameters.of(data), tag=tag)
    return model


def _limit_latency(model: pyo.ConcreteModel, parameters: Parameters, *, tag: str) -> None:
    """State that the load of a batch passes no budget of a request that is chosen."""
    step, least = parameters.threshold_step, parameters.least_budget
    steps: dict[int, list[int]] = {}
    for j, k in step:
        steps.setdefault(j, []).append(k)
    model.threshold = pyo.Var(list(step), domain=pyo.Binary)
    model.threshold_order = pyo.Constraint(
        [(j, k) for j, k in step if k],
        rule=lambda model, j, k: model.threshold[j, k] <= model.threshold[j, k - 1],
        doc=tag,
    )
    model.threshold_load = pyo.Constraint(
        list(least),
        rule=lambda model, j: (
            model.batch_load[j]
            <= least[j] + pyo.quicksum(step[j, k] * model.threshold[j, k] for k in steps[j])
        ),
        doc=tag,
    )
    # Departure 5: only a request that is chosen binds the load.
    model.threshold_deadline = pyo.Constraint(
        list(parameters.threshold_of),
        rule=lambda model, j, i: (
            model.x[j, i] + model.threshold[parameters.threshold_of[j, i]] <= 1
        ),
        doc=tag,
    )
