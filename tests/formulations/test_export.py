import re

import highspy
import pytest

from formulations.export import export
from formulations.language import Language
from formulations.milp import milp_bigm
from heuristics.errors import InputError
from heuristics.problem import Problem
from tests.helpers.dense import dense
from tests.helpers.examples import one_edge_node, problem

NAMES = {
    "pyomo": {
        "x(0_2)",
        "batch_load(0)",
        "c_u_memory(0)_",
        "c_u_once(1)_",
        "c_e_batch_load_sum(0)_",
    },
    "pulp": {"x_0_2", "batch_load_0", "memory_0", "once_1"},
}

pytestmark = [
    pytest.mark.parametrize("language", Language),
    pytest.mark.parametrize("suffix", [".mps", ".lp"]),
]


def read(path):
    model = highspy.Highs()
    model.silent()
    assert model.readModel(str(path)) == highspy.HighsStatus.kOk
    return model


def solved(path):
    model = read(path)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.run()
    return model.getModelStatus().name, model.getInfo().objective_function_value


def test_another_solver_finds_the_same_optimum_in_the_file(tmp_path, language, suffix):
    path = tmp_path / f"model{suffix}"
    for data in (problem(), dense(15)):
        export(data, path, language=language)
        found = milp_bigm(data, language=language)
        assert solved(path) == ("kOptimal", pytest.approx(found.objective))
        assert read(path).getObjectiveSense()[1] == highspy.ObjSense.kMaximize


@pytest.mark.parametrize("name", [Problem.P3, Problem.P3PRIME])
def test_a_cardinality_is_part_of_the_file(tmp_path, language, suffix, name):
    path = tmp_path / f"model{suffix}"
    export(problem().at(0), path, problem=name, z=2, language=language)
    assert solved(path) == ("kOptimal", pytest.approx(2))
    export(problem().at(0), path, problem=name, z=3, language=language)
    assert solved(path)[0] == "kInfeasible"


def test_p2_leaves_the_spectrum_out(tmp_path, language, suffix):
    path = tmp_path / f"model{suffix}"
    export(problem(uplink_capacity=[3, 9]).at(0), path, problem=Problem.P2, language=language)
    assert solved(path) == ("kOptimal", pytest.approx(2))


def test_the_names_can_be_read(tmp_path, language, suffix):
    path = tmp_path / f"model{suffix}"
    export(problem(), path, language=language)
    lp = read(path).getLp()
    assert {*lp.col_names_, *lp.row_names_} >= NAMES[language]


TAGGED = {
    Problem.P2: {"memory_13a", "batch_load_sum_13b", "deadline_13b"},
    Problem.P3: {"cardinality_14a", "memory_14b", "batch_load_sum_14c", "deadline_14c"},
    Problem.P3PRIME: {
        "cardinality_15a",
        "uplink_15b",
        "downlink_15c",
        "memory_15d",
        "batch_load_sum_15e",
        "deadline_15e",
    },
}


@pytest.mark.parametrize("name", TAGGED)
def test_the_rows_of_one_edge_node_have_the_tags_of_their_problem(tmp_path, language, suffix, name):
    path = tmp_path / f"model{suffix}"
    data = dense(3, num_edge_nodes=1)
    export(data, path, problem=name, z=None if name is Problem.P2 else 2, language=language)
    names = read(path).getLp().row_names_
    found = {re.fullmatch(r"(?:c_[eu]_)?([a-z_]+_1\d[a-e]).*", each)[1] for each in names}
    assert found == TAGGED[name]


def test_a_problem_without_an_eligible_pair_can_be_written(tmp_path, language, suffix):
    path = tmp_path / f"model{suffix}"
    export(problem().take([]), path, language=language)
    assert solved(path) == ("kOptimal", 0.0)


def test_numbers_keep_all_their_digits(tmp_path, language, suffix):
    memory = [33333333333, 33333333334, 33333333335]
    data = one_edge_node(
        memory=memory, compute=[0] * 3, budget=[0] * 3, memory_capacity=66666666669
    )
    path = tmp_path / f"model{suffix}"
    export(data, path, language=language)
    assert set(read(path).getLp().a_matrix_.value_) >= {value / 10**6 for value in memory}


def test_a_file_stays_as_it_was_when_the_model_cannot_be_written(tmp_path, language, suffix):
    path = tmp_path / f"model{suffix}"
    path.write_text("before")
    with pytest.raises(InputError, match="must have one edge node"):
        export(problem(), path, problem=Problem.P2, language=language)
    with pytest.raises(InputError, match="where no request is eligible"):
        export(problem().take([]).at(0), path, problem=Problem.P3, z=1, language=language)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_beside_the_file(tmp_path, language, suffix, capfd):
    path = tmp_path / f"model{suffix}"
    export(problem(), path, language=language)
    assert list(tmp_path.iterdir()) == [path]
    assert capfd.readouterr().out == ""


def test_an_unknown_suffix_is_refused(tmp_path, language, suffix):
    path = tmp_path / f"model{suffix}.txt"
    with pytest.raises(InputError, match=r"model\.\w+\.txt: must end in \.mps or \.lp"):
        export(problem(), path, language=language)


def test_pulp_refuses_numbers_that_it_would_round(tmp_path, language, suffix):
    memory = [10**12, 10**12 + 1]
    data = one_edge_node(memory=memory, compute=[0, 0], budget=[0, 0], memory_capacity=2 * 10**12)
    path = tmp_path / f"model{suffix}"
    if language is Language.PYOMO:
        export(data, path, language=language)
        assert set(read(path).getLp().a_matrix_.value_) >= {value / 10**8 for value in memory}
    else:
        with pytest.raises(InputError, match="as PuLP rounds what it writes, found 2000000000000"):
            export(data, path, language=language)
