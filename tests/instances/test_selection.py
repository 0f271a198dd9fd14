"""The choice of one edge node, or of one of its alternatives, by name or index."""

import pytest

from analysis.checks.instance_file import check_file
from analysis.checks.schedule import check_schedule
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from analysis.text.verdict import file_verdict_text
from heuristics.errors import InputError
from heuristics.schedule import Schedule
from instances.files import instance_text, parse_instance, read_instance, write_instance
from instances.instance import Instance
from instances.schedule_files import read_schedule, write_schedule
from tests.helpers.alternatives import grouped
from tests.helpers.examples import problem

ROWS = [
    {"name": "uav"},
    {"name": "server/w8a16", "alternative_of": "server"},
    {"name": "server/w4a16", "alternative_of": "server"},
]


def instance(edge_nodes=ROWS, groups=((0,), (1, 2))):
    data = grouped(problem().of_rows([1, 0, 1]), groups)
    rows = None if edge_nodes is None else tuple(edge_nodes)
    return Instance(name="a", coefficients=data, edge_nodes=rows)


def test_an_edge_node_is_all_of_its_rows_and_an_alternative_one():
    assert instance().selection_names == ("uav", "server/w8a16", "server/w4a16", "server")
    for name, rows in {"server": (1, 2), "3": (1, 2), "server/w4a16": (2,), "0": (0,)}.items():
        index = instance().edge_node_index(name)
        assert instance().rows_of(index) == rows
        assert instance().at(index).coefficients.num_edge_nodes == len(rows)
    whole = instance().at(3)
    assert (whole.name, whole.edge_node_names) == ("a@server", ("server/w8a16", "server/w4a16"))
    assert whole.coefficients.alternatives == ((0, 1),)
    assert whole.edge_node_index("server") == 2
    assert instance().at(1).coefficients.digest() == problem().at(0).digest()


def test_without_names_an_edge_node_has_the_index_after_the_rows():
    nameless = instance(edge_nodes=None)
    assert nameless.selection_names == ("0", "1", "2", "3")
    assert nameless.rows_of(nameless.edge_node_index("3")) == (1, 2)


def test_an_unknown_name_is_refused_with_all_names():
    with pytest.raises(InputError, match=r"uav, server/w8a16, server/w4a16, server or an index of"):
        instance().edge_node_index("tower")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((None, "server", None), "edge_nodes[1].alternative_of: must be that of exactly the rows "),
        (("server",) * 3, "edge_nodes[0].alternative_of: must be that of exactly the rows [0], as"),
        ((None, "uav", "uav"), "edge_nodes[1].alternative_of: must differ from the names of the r"),
        ((None, "", ""), "edge_nodes[1].alternative_of: must not be empty"),
        ((None, 5, 5), "edge_nodes[1].alternative_of: must be a string, found 5"),
    ],
)
def test_names_that_contradict_the_groups_are_refused(names, message):
    import json

    document = json.loads(instance_text(instance(edge_nodes=None)))
    document["edge_nodes"] = [
        {"name": ("uav", "b", "c")[row]} | ({} if name is None else {"alternative_of": name})
        for row, name in enumerate(names)
    ]
    with pytest.raises(InputError) as caught:
        parse_instance(document)
    assert str(caught.value).startswith(message)


def test_a_schedule_of_one_edge_node_is_one_of_the_file(tmp_path):
    write_instance(instance(), tmp_path / "a.json")
    back = read_instance(tmp_path / "a.json")
    outcome = perform(plan(back, "single-node", edge_node="server"))
    assert outcome.violations == ()
    assert outcome.result.objective == 2
    assert outcome.task.instance.name == "a@server"
    assert {key: len(each) for key, each in outcome.assignment.items()} == {"0": 0, "1": 2, "2": 0}
    write_schedule(outcome.result.schedule, back, tmp_path / "s.json", edge_node=3)
    assert read_schedule(tmp_path / "s.json", back, edge_node=3) == outcome.result.schedule
    for asked in ("server", "server/w8a16"):
        path = tmp_path / f"{asked[-2:]}.json"
        index = back.edge_node_index(asked)
        part = Schedule(outcome.result.schedule.batches[: len(back.rows_of(index))])
        write_schedule(part, back, path, edge_node=index)
        assert check_schedule(tmp_path / "a.json", path, edge_node=asked).violations == ()


def test_violations_have_the_indices_of_the_file(tmp_path):
    write_instance(instance(), tmp_path / "a.json")
    back = read_instance(tmp_path / "a.json")
    write_schedule(Schedule.of([[0], [1]]), back, tmp_path / "s.json", edge_node=3)
    (violation,) = check_schedule(
        tmp_path / "a.json", tmp_path / "s.json", edge_node="server"
    ).violations
    assert (violation.constraint, violation.edge_node) == ("alternative", 2)


def test_a_check_counts_the_edge_nodes_and_the_ways_to_run_them(tmp_path):
    write_instance(instance(), tmp_path / "a.json")
    told = {
        name: file_verdict_text(check_file(tmp_path / "a.json", edge_node=name)).splitlines()[0]
        for name in (None, "server", "uav")
    }
    assert told[None].startswith("a: 3 requests, 2 edge nodes run in 3 ways, ")
    assert told["server"].startswith("a@server: 3 requests, 1 edge nodes run in 2 ways, ")
    assert told["uav"].startswith("a@uav: 3 requests, 1 edge nodes, ")
