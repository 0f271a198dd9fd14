"""Tornados: a bar for each change, from what is without it to what is with it."""

from analysis.experiments.statistics import Estimate
from analysis.experiments.tornado import Panel, tornado


def estimate(value, spread=1.0):
    return Estimate(value=value, low=value - spread, high=value + spread)


def test_bars_reach_from_the_base_to_each_value():
    panel = Panel(title="served [%]", estimates=[estimate(30.0), estimate(5.0), None], base=10.0)
    picture = tornado(["more", "less", "nothing"], [panel], title="A title", caption="Words.")
    [axes] = picture.figure.axes
    bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches]
    assert bars == [(10.0, 20.0), (10.0, -5.0)]
    assert len({bar.get_facecolor() for bar in axes.patches}) == 2
    assert [label.get_text() for label in axes.get_yticklabels()] == ["more", "less", "nothing"]
    assert "more: 30 [29, 31]; less: 5 [4, 6]; nothing: none." in picture.alternative
    assert picture.caption.startswith("Words. Whiskers: 95 %")


def test_the_first_change_is_on_top_and_panels_share_it():
    panels = [Panel(title=name, estimates=[estimate(1.0)] * 2, base=0.0) for name in "ab"]
    picture = tornado(["first", "second"], panels, title="A title", caption="Words.")
    low, high = picture.figure.axes[0].get_ylim()
    assert low > high
    assert [axes.get_xlabel() for axes in picture.figure.axes] == ["a", "b"]


def test_one_seed_has_a_bar_and_no_whisker():
    single = Estimate(value=3.0, low=None, high=None)
    picture = tornado(
        ["x"], [Panel(title="t", estimates=[single], base=0.0)], title="T", caption="C."
    )
    [axes] = picture.figure.axes
    assert len(axes.patches) == 1
    assert not axes.collections
