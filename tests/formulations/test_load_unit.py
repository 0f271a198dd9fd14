"""The unit of ``batch_load`` against a solver's tolerance on prices.

With compute of 10^7 and more, a load variable in MFLOP earns less than 1e-7 requests a unit: below
``dual_feasibility_tolerance``, so HiGHS takes the price for zero and calls 1 or even 0 optimal.
"""

import pytest

from formulations.language import Language
from formulations.milp import milp_bigm
from heuristics.coefficients import Coefficients
from heuristics.result import Status
from heuristics.schedule import Schedule


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("compute", [10**k for k in range(3, 11)])
def test_two_requests_that_fit_together_are_both_served_however_large_their_compute(
    language, compute
):
    data = Coefficients(
        uplink=[[1, 1]],
        uplink_capacity=[2],
        downlink=[[1, 1]],
        downlink_capacity=[2],
        memory=[[1, 1]],
        memory_capacity=[2],
        compute=[[compute, compute + 1]],
        compute_budget=[[2 * compute + 1, 2 * compute + 1]],
        eligible=[[1, 1]],
    )
    result = milp_bigm(data, language=language)
    assert (result.status, result.objective) == (Status.OPTIMAL, 2)


@pytest.mark.parametrize("language", Language)
def test_a_warm_start_fits_rows_in_units_of_their_own(language):
    """Demands that no power of ten divides; with no time, the start is all that is left."""
    data = Coefficients(
        uplink=[[123456789, 234567891]],
        uplink_capacity=[123456789 + 234567891],
        downlink=[[128, 512]],
        downlink_capacity=[640],
        memory=[[640, 1024]],
        memory_capacity=[1664],
        compute=[[3117893, 5028351]],
        compute_budget=[[3117893 + 5028351, 9000001]],
        eligible=[[1, 1]],
    )
    start = Schedule.of([[0, 1]])
    result = milp_bigm(data, warm_start=start, time_limit=0.0, language=language)
    assert result.schedule == start
