"""The registry of methods, and how it joins them with the judge."""

import importlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.methods import registry
from analysis.methods.method import Method
from analysis.methods.registry import METHODS, methods
from analysis.plugins.lookup import method
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.coefficients import FIELDS, Coefficients
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Result, Status
from heuristics.schedule import Schedule
from instances.instance import Instance
from tests.helpers.examples import one_edge_node, problem

NAMES = tuple(METHODS)
ROOT = Path(__file__).parents[3]

NO_REQUEST = Coefficients(
    **{field: [7] if field.endswith("_capacity") else [[]] for field in FIELDS}
)


def of(data, name="instance"):
    return Instance(name=name, coefficients=data)


def run(data, name, **options):
    return perform(plan(of(data), name, **options))


def test_the_registry_holds_the_published_names():
    assert set(NAMES) == {
        "algorithm-1",
        "ot",
        "ot-literal",
        "ot-pseudocode",
        "ot-unpruned",
        "single-node",
        "ot-gah",
        "ot-gah-fast",
        "ot-gah-plus",
        "count-annealing",
        "greedy-density",
        "regret",
        "local-search",
        "configuration-lp",
        "lns",
        "simulated-annealing",
        "genetic",
        "milp-bigm",
        "milp-bigm-pulp",
        "milp-threshold",
        "decomposition",
        "cp-sat",
        "scip",
        "greedy-by-output",
        "greedy-by-deadline",
        "first-come-first-served",
        "random-order",
    }


@pytest.mark.parametrize("name", [each.name for each in methods() if each.single_node])
def test_a_single_node_method_refuses_more_edge_nodes_unless_one_is_picked(name):
    with pytest.raises(InputError, match=f"edge nodes: must be one for method {name}, or --edge"):
        plan(of(problem()), name)
    assert run(problem(), name, edge_node="0").result.objective == 2


@pytest.mark.parametrize("chosen", [Problem.P2, Problem.P3PRIME])
def test_a_single_node_problem_refuses_more_edge_nodes_unless_one_is_picked(chosen):
    with pytest.raises(InputError, match=f"edge nodes: must be one for problem {chosen}, or --ed"):
        plan(of(problem()), "milp-bigm", problem=chosen)
    assert run(problem(), "milp-bigm", problem=chosen, edge_node=0).result.objective == 2


@pytest.mark.parametrize("name", [each.name for each in methods()])
@pytest.mark.parametrize("data", [one_edge_node(memory=[1], compute=[1], budget=[1]), NO_REQUEST])
def test_a_run_is_recorded_under_the_problem_that_was_asked(name, data):
    for asked in {*METHODS[name].problems} - {Problem.P3}:
        assert run(data, name, problem=asked).result.problem is asked
    default = Problem.P2 if name == "algorithm-1" else Problem.P1
    assert run(data, name).result.problem is default


@pytest.mark.parametrize("name", [each.name for each in methods() if Problem.P3 in each.problems])
@pytest.mark.parametrize("chosen", ["P3", "P3prime"])
@pytest.mark.parametrize(("z", "status"), [("2", "optimal"), ("3", "infeasible")])
def test_the_feasibility_problems_answer_by_their_cardinality(name, chosen, z, status):
    """Memory 3 + 3 <= 7 lets two requests in, and not three."""
    outcome = run(problem(), name, problem=chosen, edge_node=0, settings={"z": z})
    assert outcome.result.problem == chosen
    assert outcome.result.status == status
    assert (outcome.assignment is None) == (status == "infeasible")


def test_the_edge_nodes_of_an_outcome_are_those_of_the_file():
    outcome = run(problem(), "ot", edge_node=1)
    assert outcome.to_dict()["instance"] == "instance@1"
    assert outcome.assignment == {"0": [], "1": [0]}


# What the registry does with a schedule that breaks a constraint, shown by a fake method.


def returning(schedule, **result):
    given = {"status": Status.OPTIMAL, "ended_by": EndedBy.PROOF, "proved_by": "fake", "bound": 3}
    given |= {"num_nodes": 5, "node_kind": NodeKind.TREE}

    def solve(task, warm_start):
        return Result(problem=Problem.P1, schedule=schedule, runtime_s=1.0, **given | result)

    return Method(name="fake", summary="", solve=solve, node_kind=NodeKind.TREE)


@pytest.fixture
def fake(monkeypatch):
    def register(*given, **result):
        monkeypatch.setitem(registry.METHODS, "fake", returning(*given, **result))

    return register


def test_a_schedule_that_fails_the_judge_is_never_called_feasible(fake):
    """Three requests at edge node 0 need memory 9 of 7."""
    fake(Schedule(((0, 1, 2), ())))
    outcome = run(problem(), "fake")
    shown = outcome.to_dict()
    assert outcome.failed
    assert shown["status"] == "none"
    assert shown["ended_by"] == "error"
    for absent in ("objective", "bound", "bound_raw", "gap", "proved_by", "assignment"):
        assert shown[absent] is None
    (violation,) = shown["violations"]
    assert violation["constraint"] == "memory"
    assert violation["slack"] == -2
    assert shown["runtime_s"] == 1.0
    assert shown["num_nodes"] == 5
    assert shown["claimed_objective"] == 3


def test_a_violation_names_the_edge_node_of_the_file(fake):
    fake(Schedule(((0, 1),)), bound=2)
    (violation, _) = run(problem(), "fake", edge_node=1).violations
    assert violation.edge_node == 1
    assert violation.constraint == "deadline"


def test_a_sound_schedule_passes_unchanged(fake):
    fake(Schedule(((0, 1), (2,))))
    assert run(problem(), "fake").result.status is Status.OPTIMAL


# Warm starts.


@pytest.mark.parametrize("name", [each.name for each in methods() if each.takes_warm_start])
def test_a_method_takes_a_warm_start_and_says_what_it_was(name):
    start = Schedule(((0, 1), (2,)))
    outcome = perform(plan(of(problem()), name), warm_start=start, started_from="hand")
    assert outcome.result.objective == 3
    assert outcome.to_dict()["warm_start"] == "hand"


def test_a_warm_start_that_breaks_a_constraint_is_refused():
    start = Schedule(((0, 1, 2), ()))
    with pytest.raises(InputError, match="warm start: must be feasible for P1, but breaks memory"):
        perform(plan(of(problem()), "milp-bigm"), warm_start=start, started_from="hand")


def test_a_heuristic_takes_no_warm_start():
    with pytest.raises(InputError, match="must be left out for method ot-gah; it is for count-ann"):
        perform(plan(of(problem()), "ot-gah"), warm_start=Schedule.empty(2), started_from="hand")


# What a plan refuses.

REFUSED = {
    "unknown method": ("magic", {}, "method: must be one of algorithm-1, .* found 'magic'"),
    "unknown problem": ("ot-gah", {"problem": "P9"}, "must be one of P1 for method .*'P9'"),
    "unsupported problem": ("ot", {"problem": "P2"}, "must be one of P1, P3prime for method ot"),
    "unknown option": ("ot-gah", {"settings": {"z": 1}}, "must be one of its options .*'z'"),
    "no option at all": ("random-order", {"settings": {"z": 1}}, r"options \(none\), found 'z'"),
    "impossible value": ("ot", {"settings": {"start": "end"}}, "start: must be one of all, bound"),
    "P3 without z": ("milp-bigm", {"problem": "P3"}, "z: must be set for problem P3"),
    "z with P1": ("milp-bigm", {"settings": {"z": "2"}}, "z: must be left out for problem P1"),
    "negative z": (
        "milp-bigm",
        {"problem": "P3", "settings": {"z": "-1"}},
        "z: must be an integer of at least 0, found '-1'",
    ),
    "no time": (
        "ot",
        {"time_limit": 0},
        "time limit: must be a positive .* found 0",
    ),
    "time without end": (
        "ot",
        {"time_limit": float("inf")},
        "must be a positive number of seconds",
    ),
    "time that is none": (
        "ot",
        {"time_limit": float("nan")},
        "must be a positive number of seconds",
    ),
    "true as a time": (
        "ot",
        {"time_limit": True},
        "time limit: .* found true",
    ),
    "nodes of a method that counts none": (
        "cp-sat",
        {"node_limit": 5},
        "node limit: must be left out for method cp-sat, which counts no nodes, found 5",
    ),
    "no node": ("ot", {"node_limit": 0}, "node limit: must be an integer of at least 1, found 0"),
    "half a node": ("ot", {"node_limit": 0.5}, "node limit: must be an integer of at least 1"),
    "negative seed": ("ot", {"seed": -1}, "seed: must be an integer of 0..2.31 - 1, found -1"),
    "unknown edge node": ("ot", {"edge_node": "9"}, "edge node: must be one of .* found '9'"),
}


@pytest.mark.parametrize(("name", "given_options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_run_is_refused_with_what_can(name, given_options, message):
    data = one_edge_node(memory=[1], compute=[1], budget=[1])
    with pytest.raises(InputError, match=message):
        plan(of(data), name, **given_options)


def test_a_method_is_found_by_its_name():
    assert method("ot").name == "ot"
    assert all(each.summary and "\n" not in each.summary for each in methods())


@pytest.mark.parametrize("name", [name for name in METHODS if name.startswith("ot")])
def test_a_server_of_processes_has_the_compiled_search_ready(name):
    """Else each run would load it anew, which takes longer than most runs."""
    assert "heuristics.ready" in METHODS[name].modules
    for module in METHODS[name].modules:
        importlib.import_module(module)


def test_a_method_that_is_not_installed_says_what_to_type(monkeypatch):
    monkeypatch.setitem(registry.METHODS, "scip", replace(METHODS["scip"], needs="no_such_module"))
    told = "method: must be installed first: pip install \"otgah[scip]\", found 'scip'"
    with pytest.raises(InputError, match=re.escape(told)):
        plan(of(problem()), "scip")
    assert METHODS["scip"].missing == 'pip install "otgah[scip]"'
    missing = replace(METHODS["genetic"], needs="no_such_module").missing
    assert missing == 'pip install "otgah[metaheuristics]"'
    assert METHODS["milp-bigm"].missing is None


def test_every_extra_that_a_method_needs_is_one_of_the_distribution():
    needed = {each.extra or each.name: each.needs for each in methods() if each.needs}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert needed.keys() <= extras.keys()
    for name, module in needed.items():
        assert any(line.startswith(module) for line in extras[name])


def test_ot_gah_takes_a_pruning_and_a_start():
    inside = [run(problem(), "ot-gah", settings={"inner": name}) for name in ("ot", "ot-unpruned")]
    assert {each.result.objective for each in inside} == {3}
    everywhere = run(problem(), "ot-gah", settings={"start": "all"}).result
    from_bound = run(problem(), "ot-gah").result
    assert everywhere.num_nodes > from_bound.num_nodes


def test_the_key_of_a_run_changes_with_all_that_its_outcome_depends_on():
    def key(data=None, name="instance", method_name="milp-bigm", memory_limit=None, **options):
        task = plan(of(data or problem(), name), method_name, **options)
        return task.identity(memory_limit=memory_limit)

    keys = [
        key(),
        key(problem(memory_capacity=[8, 10])),
        key(name="other"),
        key(method_name="milp-bigm-pulp"),
        key(memory_limit=100),
        key(seed=1),
        key(time_limit=1),
        key(node_limit=1),
        key(edge_node=0),
        key(edge_node=0, problem="P2"),
        key(edge_node=0, problem="P3", settings={"z": 1}),
        key(edge_node=0, problem="P3", settings={"z": 2}),
    ]
    assert len(set(keys)) == len(keys)
    assert key() == keys[0]
