from formulations.parameters import Parameters
from tests.helpers.examples import one_edge_node, problem


def test_only_eligible_pairs_become_variables():
    data = problem(eligible=[[1, 0, 1], [0, 0, 1]])
    assert Parameters.of(data).pairs == ((0, 0), (0, 2), (1, 2))


def test_only_requests_with_a_choice_need_a_row_of_their_own():
    data = problem(eligible=[[1, 0, 1], [0, 0, 1]])
    assert Parameters.of(data).contested == {2: ((0, 2), (1, 2))}


def test_rows_are_divided_by_their_greatest_common_divisor():
    """6 x + 9 y <= 14 is 2 x + 3 y <= 4: the same 0/1 points, and 14 is rounded down."""
    data = one_edge_node(memory=[6, 9], compute=[1, 1], budget=[9, 9], memory_capacity=14)
    assert Parameters.of(data).memory == {0: ({(0, 0): 2, (0, 1): 3}, 4)}


def test_a_capacity_beyond_all_demand_is_lowered_to_it():
    data = one_edge_node(memory=[5, 3], compute=[1, 1], budget=[9, 9], memory_capacity=10**15)
    assert Parameters.of(data).memory[0][1] == 8


def test_a_demand_of_zero_has_no_coefficient():
    data = one_edge_node(memory=[0, 3], compute=[0, 0], budget=[0, 0])
    parameters = Parameters.of(data)
    assert parameters.memory == {0: ({(0, 1): 1}, 1)}
    assert parameters.uplink == {}
    assert parameters.compute == {0: {}}


def test_the_largest_load_is_that_of_a_batch_within_its_own_budgets():
    """By falling budget: 4 against 9, then 4 + 5 against 6, then 4 + 5 + 2 against 2."""
    data = one_edge_node(memory=[0] * 3, compute=[2, 5, 4], budget=[2, 6, 9])
    assert Parameters.of(data).largest_load == {0: 6}


def test_big_m_is_what_the_load_may_exceed_a_budget_by():
    """Largest load 6: the budget of 9 cannot bind and has no row."""
    data = one_edge_node(memory=[0] * 3, compute=[2, 5, 4], budget=[2, 6, 9])
    assert Parameters.of(data).compute_budget == {(0, 0): 2}
    assert Parameters.of(data).big_m == {(0, 0): 4}


def test_compute_and_budgets_share_one_unit():
    data = one_edge_node(memory=[0, 0], compute=[6, 4], budget=[9, 7])
    parameters = Parameters.of(data)
    assert parameters.compute == {0: {(0, 0): 3, (0, 1): 2}}
    assert parameters.largest_load == {0: 3}
    assert parameters.compute_budget == {}


def test_the_largest_value_is_that_of_the_rows_as_written():
    """4e14 x + 6e14 y <= 1e15 is 2 x + 3 y <= 5."""
    data = one_edge_node(
        memory=[4 * 10**14, 6 * 10**14], compute=[1, 1], budget=[9, 9], memory_capacity=10**15
    )
    assert Parameters.of(data).largest_value == 5


def test_no_number_of_a_row_has_more_than_five_digits_before_its_point():
    """A load of 4.5 * 10^6 carries the noise over which HiGHS ended with an error."""
    from instances.families.registry import family

    (instance,) = family("dense").generate({}, 0)
    parameters = Parameters.of(instance.coefficients)
    rows = (parameters.uplink, parameters.downlink, parameters.memory)
    numbers = [*parameters.largest_load.values(), *parameters.big_m.values()]
    numbers += [capacity for each in rows for _, capacity in each.values()]
    assert 10**4 < max(numbers) < 10**5
