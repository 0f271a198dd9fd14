import numpy as np
import pytest

from heuristics.coefficients import FIELDS, RESOURCES, Coefficients
from heuristics.ot_gah import ot_gah
from instances.families.half_tight import FAMILY, Binding
from tests.helpers.binding import without
from tests.helpers.oracles import optimum

SMALL = [{"num_pairs": 1, "batch": 1}, {"num_pairs": 1, "batch": 4}, {"num_pairs": 2, "batch": 2}]


def instances(**settings):
    for seed in range(3):
        yield from FAMILY.generate(settings, seed)


@pytest.mark.parametrize("binding", Binding)
@pytest.mark.parametrize("settings", SMALL)
def test_the_optimum_serves_everyone(settings, binding):
    for instance in instances(binding=binding, **settings):
        data = instance.coefficients
        assert optimum(data) == data.num_requests == instance.best_known.objective


@pytest.mark.parametrize("binding", Binding)
@pytest.mark.parametrize("settings", SMALL)
def test_no_edge_node_holds_more_than_a_batch_and_any_batch_fits(settings, binding):
    for instance in instances(binding=binding, **settings):
        data = instance.coefficients
        for edge_node in range(data.num_edge_nodes):
            assert optimum(data.at(edge_node)) == settings["batch"]
            largest_first = np.argsort(-data.memory[edge_node] * data.eligible[edge_node])
            chosen = largest_first[: settings["batch"]]
            assert optimum(data.at(edge_node).take(chosen)) == settings["batch"]


@pytest.mark.parametrize("binding", Binding)
@pytest.mark.parametrize("settings", [*SMALL, {"num_pairs": 5, "batch": 20, "num_levels": 4}])
def test_ot_gah_in_the_given_order_serves_exactly_half(settings, binding):
    for instance in instances(binding=binding, **settings):
        data = instance.coefficients
        assert 2 * ot_gah(data).objective == data.num_requests


def test_ot_gah_serves_everyone_where_each_second_edge_node_comes_first():
    (instance,) = FAMILY.generate({}, 0)
    data = instance.coefficients
    names = instance.edge_node_names
    order = sorted(range(data.num_edge_nodes), key=lambda j: names[j].startswith("first"))
    turned = Coefficients(**{name: getattr(data, name)[order] for name in FIELDS})
    assert ot_gah(turned).objective == data.num_requests


@pytest.mark.parametrize("binding", Binding)
def test_the_named_constraint_binds_and_no_other(binding):
    """Without it one edge node of a pair could serve both groups."""
    for instance in instances(binding=binding, num_pairs=1, batch=3):
        data = instance.coefficients.at(instance.edge_node_index("first-0"))
        for name in (*RESOURCES, "compute"):
            assert optimum(without(data, name)) == (6 if name == binding.value else 3)
