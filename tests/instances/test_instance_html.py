from instances.instance import BestKnown, Instance
from tests.helpers.examples import problem


def test_an_instance_shows_where_it_comes_from_and_what_is_known_of_it():
    instance = Instance(
        name="three <of> three",
        coefficients=problem(),
        family="by hand",
        seed=0,
        edge_nodes=({"name": "server"}, {"name": "<uav>"}),
        best_known=BestKnown(objective=3, bound=3, proved_by="brute-force"),
    )
    shown = instance._repr_html_()
    for expected in ("three &lt;of&gt; three", "by hand", "3 of 3", "brute-force", "&lt;uav&gt;"):
        assert expected in shown
    assert "<uav>" not in shown


def test_an_instance_made_elsewhere_shows_its_coefficients_alone():
    shown = Instance(name="tiny", coefficients=problem())._repr_html_()
    assert "family" not in shown
    assert "best known" not in shown
    assert "P1 with 3 requests" in shown
