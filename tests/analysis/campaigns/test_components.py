"""Components of an instance go into files of their own, and their runs are joined again."""

import json
import shutil
import sqlite3

import numpy as np
import pytest

import otgah
from formulations.decomposition.components import components
from heuristics.coefficients import FIELDS, Coefficients
from tests.helpers.dense import dense
from tests.helpers.oracles import optimum
from tests.helpers.side_by_side import side_by_side

PARTS = (dense(8), dense(5, num_edge_nodes=2, seed=1))
WHOLE = otgah.Instance(
    name="two parts",
    coefficients=side_by_side(*PARTS),
    requests={"prompt_tokens": list(range(13))},
    edge_nodes=tuple({"name": f"server {j}", "covered": [j], "num_gpus": j} for j in range(5)),
)


@pytest.fixture
def split(tmp_path):
    return otgah.split_components(WHOLE, tmp_path / "parts")


@pytest.fixture(scope="module")
def kept_runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    paths = otgah.split_components(WHOLE, folder / "parts")
    otgah.batch(paths, ["greedy-by-output", "decomposition"], folder / "runs.sqlite")
    return folder / "runs.sqlite"


@pytest.fixture
def runs(kept_runs, tmp_path):
    return shutil.copy(kept_runs, tmp_path / "runs.sqlite")


def test_a_component_keeps_its_requests_and_its_edge_nodes(split):
    parts = [otgah.read_instance(path) for path in split]
    assert [part.name for part in parts] == ["two parts-component-0", "two parts-component-1"]
    assert [part.coefficients.num_requests for part in parts] == [8, 5]
    for part, component in zip(parts, components(WHOLE.coefficients), strict=True):
        assert part.coefficients.digest() == component.of(WHOLE.coefficients).digest()
        assert part.requests["prompt_tokens"] == component.requests.tolist()
        assert [each["num_gpus"] for each in part.edge_nodes] == component.edge_nodes.tolist()
        assert all("covered" not in each for each in part.edge_nodes)


def test_the_runs_of_all_components_make_a_schedule_and_a_bound_of_the_whole(runs):
    joined = otgah.join_components(WHOLE, runs)
    best = sum(map(optimum, PARTS))
    assert (joined.objective, joined.bound, joined.gap, joined.violations) == (best, best, 0, ())
    assert str(joined) == (
        f"two parts: objective {best}, bound {best}, 2 components, 0 constraints broken"
    )
    document = json.loads(json.dumps(joined.to_dict()))
    assert sum(map(len, document["assignment"].values())) == best


def test_a_component_without_a_bound_leaves_the_whole_without_one(split, tmp_path):
    store = tmp_path / "heuristic.sqlite"
    otgah.batch(split, ["ot-gah"], store, prove_bounds=False)
    joined = otgah.join_components(WHOLE, store)
    assert (joined.bound, joined.gap, joined.violations) == (None, None, ())
    assert "no bound" in str(joined)
    otgah.batch(split, ["ot-gah"], store)
    assert otgah.join_components(WHOLE, store).bound >= joined.objective


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("DELETE FROM runs WHERE instance LIKE '%-1'", "schedule of two parts-component-1"),
        ("UPDATE instances SET coefficients = 'x'", "component of this instance, found 'another'"),
        ("""UPDATE runs SET assignment = '{"0": [9], "1": [], "2": []}'""", "assignment.0"),
        ("""UPDATE runs SET assignment = '{"7": []}'""", "assignment.7"),
        ("UPDATE runs SET bound = 0 WHERE method = 'decomposition'", "must be at least"),
    ],
)
def test_a_store_that_does_not_fit_is_refused(runs, statement, rule):
    with sqlite3.connect(runs) as connection:
        connection.execute(statement)
    with pytest.raises(otgah.InputError, match=rule) as caught:
        otgah.join_components(WHOLE, runs)
    assert str(runs) in str(caught.value)


def test_the_ways_to_run_an_edge_node_stay_in_one_component():
    whole = side_by_side(dense(6), dense(6, seed=1))
    fields = {name: getattr(whole, name) for name in FIELDS}
    data = Coefficients(**fields, alternatives=[[0, 3], [1], [2], [4], [5]])
    [part] = components(data)
    assert part.edge_nodes.tolist() == [0, 1, 2, 3, 4, 5]
    assert part.of(data).alternatives == data.alternatives
    assert np.array_equal(part.requests, np.arange(12))
