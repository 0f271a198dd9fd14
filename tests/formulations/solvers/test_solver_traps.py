"""What the interfaces of the pinned solvers do wrong, each beside what is reported here.

A test that fails after an upgrade says that a trap is gone, or has moved.
"""

import subprocess
import sys

import highspy
import numpy as np
import pulp
import pyomo.environ as pyo
import pytest
from pyomo.contrib.solver.common.util import NoOptimalSolutionError
from pyomo.contrib.solver.solvers.highs import Highs

from formulations.language import Language
from formulations.milp import milp_bigm
from formulations.parameters import Parameters
from formulations.pulp_models import p1 as pulp_p1
from formulations.pyomo_models import p1 as pyomo_p1
from formulations.question import Question
from formulations.solvers import highs, pulp_highs, pyomo_highs
from formulations.solvers.options import Options
from heuristics.problem import Problem
from heuristics.result import EndedBy, Status
from tests.helpers.dense import dense
from tests.helpers.examples import one_edge_node, problem
from tests.helpers.oracles import optimum


def run(model, **options):
    for name, value in {"output_flag": False, "threads": 1, **options}.items():
        assert model.setOptionValue(name, value) == highspy.HighsStatus.kOk
    return model.run()


def test_pulp_calls_a_run_at_its_time_limit_optimal():
    model = pulp_p1.build(dense(300))
    model.solve(pulp.HiGHS(msg=False, timeLimit=1.0, threads=1))
    assert pulp.LpStatus[model.status] == "Optimal"
    assert model.solverModel.getModelStatus().name == "kTimeLimit"
    result = milp_bigm(dense(300), time_limit=1.0, language="pulp")
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.TIME_LIMIT)


def test_pulp_turns_the_sign_of_the_bound_and_loses_the_constant():
    model = pulp_p1.build(problem())
    model.setObjective(model.throughput + 7)
    model.solve(pulp.HiGHS(msg=False, threads=1))
    assert pulp.value(model.objective) == 10
    assert model.solverModel.getInfo().mip_dual_bound == pytest.approx(-3)
    result = milp_bigm(problem(), language="pulp")
    assert result.bound_raw == pytest.approx(3)
    assert result.bound == 3


def test_pulp_breaks_at_a_node_limit():
    with pytest.raises(KeyError, match="kSolutionLimit"):
        pulp_p1.build(dense(30)).solve(pulp.HiGHS(msg=False, mip_max_nodes=1, threads=1))
    result = milp_bigm(dense(30), node_limit=1, language="pulp")
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.NODE_LIMIT)


def test_pulp_fills_its_variables_without_a_solution():
    model = pulp_p1.build(dense(30))
    model.solve(pulp.HiGHS(msg=False, timeLimit=0.0, threads=1))
    assert pulp.LpStatus[model.status] == "Not Solved"
    assert {variable.varValue for variable in model.x.values()} == {0.0}
    assert pulp.value(model.objective) == 0.0
    result = milp_bigm(dense(30), time_limit=0.0, language="pulp")
    assert result.schedule is result.objective is None


def test_pulp_takes_no_warm_start(capfd):
    model = pulp_p1.build(dense(30))
    model.solve(pulp.HiGHS(msg=True, timeLimit=0.0, warmStart=True))
    assert 'Option "warmStart" is unknown' in "".join(capfd.readouterr())


def test_pulp_rounds_what_it_writes(tmp_path):
    model = pulp.LpProblem("rounded", pulp.LpMaximize)
    x = model.add_variable("x", cat=pulp.LpBinary)
    model += 1 * x
    model += (10**13 + 1) * x <= 10**13 + 1
    model.writeLP(str(tmp_path / "model.lp"))
    assert "1e+13 x" in (tmp_path / "model.lp").read_text()


def test_pyomo_raises_at_a_limit_even_with_an_incumbent():
    with pytest.raises(NoOptimalSolutionError):
        Highs().solve(pyomo_p1.build(dense(30)), solver_options={"mip_max_nodes": 1}, threads=1)
    result = milp_bigm(dense(30), node_limit=1, language="pyomo")
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.NODE_LIMIT)


def test_pyomo_takes_no_warm_start():
    with pytest.raises(TypeError, match="warmstart"):
        pyo.SolverFactory("highs").solve(pyomo_p1.build(problem()), warmstart=True)


def test_pyomo_reserves_the_name_load():
    model = pyomo_p1.build(problem())
    with pytest.raises(ValueError, match="name of a reserved attribute"):
        model.load = pyo.Var()
    assert model.batch_load[0].ub == 3


def test_pyomo_gives_an_infinite_bound_where_there_is_none():
    found = Highs().solve(
        pyomo_p1.build(dense(30)),
        time_limit=0.0,
        threads=1,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
    )
    assert found.objective_bound == float("inf")
    result = milp_bigm(dense(30), time_limit=0.0, language="pyomo")
    assert result.bound is result.bound_raw is None


def test_highs_drops_a_start_when_a_row_is_added_later():
    def start(model):
        columns = np.arange(model.getNumCol(), dtype=np.int32)
        model.setSolution(len(columns), columns, np.zeros(len(columns)))

    late = pyomo_highs.translate(pyomo_p1.build(dense(30))).highs
    start(late)
    late.addRow(0.0, 1.0, 1, np.array([0], dtype=np.int32), np.array([1.0]))
    run(late, time_limit=0.0)
    assert late.getInfo().primal_solution_status == highspy.kSolutionStatusNone
    last = pyomo_highs.translate(pyomo_p1.build(dense(30))).highs
    start(last)
    run(last, time_limit=0.0)
    assert last.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible


def test_highs_takes_an_infeasible_start_without_a_word():
    """Its rows are looked at when it is too late; here they are evaluated first."""
    model = pyomo_highs.translate(pyomo_p1.build(dense(30))).highs
    columns = np.arange(model.getNumCol(), dtype=np.int32)
    found = model.setSolution(len(columns), columns, np.ones(len(columns)))
    assert found == highspy.HighsStatus.kOk
    run(model, time_limit=0.0)
    assert model.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible


@pytest.mark.parametrize("language", Language)
def test_highs_stops_within_a_relative_gap_unless_told_otherwise(language):
    assert highspy.Highs().getOptionValue("mip_rel_gap")[1] == 1e-4
    assert highspy.Highs().getOptionValue("mip_feasibility_tolerance")[1] == 1e-6
    data = problem()
    translation = language.to_highs(language.models(Problem.P1).build(data))
    highs.solve(
        translation,
        Question.of(data, Problem.P1, None, None),
        Parameters.of(data),
        options=Options(seed=5),
        build_s=0.0,
        proved_by="a test",
    )
    expected = {
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-6,
        "mip_feasibility_tolerance": 1e-7,
        "threads": 1,
        "random_seed": 5,
    }
    found = {name: translation.highs.getOptionValue(name)[1] for name in expected}
    assert found == expected


def test_highs_refuses_a_tolerance_below_the_second():
    model = highspy.Highs()
    model.silent()
    assert model.setOptionValue("mip_feasibility_tolerance", 1e-11) == highspy.HighsStatus.kError


THREADS = """
import highspy
from formulations.solvers import pulp_highs
from formulations.pulp_models import p1 as pulp_p1
from formulations.milp import milp_bigm
from tests.helpers.dense import dense
found = []
for threads in (1, 2):
    model = pulp_highs.translate(pulp_p1.build(dense(10))).highs
    model.setOptionValue("threads", threads)
    model.run()
    found.append(model.getModelStatus().name)
print(*found)
print(*(milp_bigm(dense(10), threads=threads).status for threads in (1, 2, 1)))
"""


def test_highs_holds_a_thread_to_its_first_number_of_threads():
    """In a process of its own, since the trap would outlive the test."""
    run = subprocess.run(
        [sys.executable, "-c", THREADS], capture_output=True, text=True, check=True, timeout=120
    )
    assert run.stdout.splitlines()[-2:] == ["kOptimal kNotset", "optimal optimal optimal"]


def test_highs_drops_a_row_with_a_coefficient_of_10_to_the_15():
    model = highspy.Highs()
    model.silent()
    model.addVar(0.0, 1.0)
    index = np.array([0], dtype=np.int32)
    found = model.addRow(0.0, 10.0**15, 1, index, np.array([10.0**15]))
    assert found == highspy.HighsStatus.kError
    assert model.getNumRow() == 0


@pytest.mark.parametrize("language", Language)
def test_highs_calls_a_wrong_schedule_optimal_where_floating_point_ends(language):
    """The first and the last request fill the memory exactly, 2 (10^15 - 2): the optimum is 2."""
    memory = [10**15 - 1, 10**15 - 1, 10**15 - 3]
    capacity = 2 * (10**15 - 2)
    model = highspy.Highs()
    x = [model.addBinary(obj=1.0) for _ in memory]
    model.addConstr(sum(value * each for value, each in zip(memory, x, strict=True)) <= capacity)
    model.setMaximize()
    run(model, mip_rel_gap=0.0, mip_feasibility_tolerance=1e-9)
    assert model.getModelStatus().name == "kOptimal"
    assert model.getInfo().objective_function_value == pytest.approx(1)

    # A capacity is at most 10^15: half of each, rounded such that the sums still fit or miss.
    half = [5 * 10**14 - 1, 5 * 10**14 - 1, 5 * 10**14 - 3]
    data = one_edge_node(memory=half, compute=[0] * 3, budget=[0] * 3, memory_capacity=10**15 - 4)
    assert optimum(data) == 2
    result = milp_bigm(data, language=language)
    assert result.status != Status.OPTIMAL
    assert (result.ended_by, result.bound) == (EndedBy.ERROR, None)
    assert result.message


def test_highs_takes_a_small_price_for_none():
    """Two requests of compute 10^7 fit together, but with a load in MFLOP HiGHS serves one."""
    model = highspy.Highs()
    x = [model.addBinary(obj=1.0) for _ in range(2)]
    load = model.addVariable(lb=0.0, ub=2e7 + 1)
    model.addConstr(load - 1e7 * x[0] - (1e7 + 1) * x[1] == 0)
    model.setMaximize()
    run(model, mip_rel_gap=0.0, mip_feasibility_tolerance=1e-9)
    assert model.getModelStatus().name == "kOptimal"
    assert model.getInfo().objective_function_value == pytest.approx(1)


def test_the_pinned_highs_is_free_of_the_wrong_optimum_of_1_14():
    """Minimise 2 x + 3 z with x + z >= 4.5, z integer: 9 at x = 4.5, where 1.14 said 15."""
    model = highspy.Highs()
    x, z = model.addVariable(obj=2.0), model.addIntegral(obj=3.0)
    model.addConstr(x + z >= 4.5)
    run(model)
    assert model.getInfo().objective_function_value == pytest.approx(9)


@pytest.mark.parametrize("language", Language)
def test_an_objective_with_the_noise_of_floating_point_is_recounted(language):
    """The sum of the values is what a solver reports; the number of pairs is what is true."""
    result = milp_bigm(dense(30), node_limit=1, language=language)
    assert isinstance(result.objective, int)
    assert result.objective == len(result.schedule.pairs())


@pytest.mark.parametrize("translate", [pulp_highs.translate, pyomo_highs.translate])
def test_the_banner_of_highs_stays_off_stdout(translate, capfd):
    build = pulp_p1.build if translate is pulp_highs.translate else pyomo_p1.build
    translate(build(problem()))
    assert capfd.readouterr().out == ""
