"""Figures: the same bytes for the same rows, lines that keep their colours."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from analysis.experiments.figure import Axis, Mark, curves
from heuristics.display.palette import COLOURS

X, Y = Axis(column="x", title="x [s]"), Axis(column="y", title="y", is_share=True)
ROWS = [
    {"panel": panel, "line": line, "x": x, "seed": seed, "y": (rank + 1) * x / 10 + seed / 100}
    for panel in ("upper", "lower")
    for rank, line in enumerate(("one", "two", "best"))
    for x in (1.0, 2.0, 4.0)
    for seed in (0, 1)
]


def drawn(table=None, **given):
    asked = {"title": "A title", "x": X, "y": Y, "source": "rows.csv", "labels": ["one", "two"]}
    rows = pd.DataFrame(ROWS) if table is None else table
    return curves(rows, **{**asked, **given})


def test_the_same_rows_make_the_same_files():
    first, again = drawn(), drawn()
    assert first.svg() == again.svg()
    assert first.png() == again.png()
    assert b"<dc:date>" not in first.svg()


def test_lines_are_the_means_over_seeds():
    [axes] = drawn(ceilings={"best": "one"}).figure.axes
    by_label = {line.get_label(): line for line in axes.lines}
    assert by_label["one"].get_ydata().tolist() == pytest.approx([0.105, 0.205, 0.405])
    assert by_label["best"].get_xdata().tolist() == [1, 2, 4]
    assert by_label["best"].get_color() == by_label["one"].get_color()


def test_a_line_keeps_its_colour_where_another_is_missing():
    table = pd.DataFrame([row for row in ROWS if row["line"] != "one"])
    [axes] = drawn(table).figure.axes
    assert [to_hex(line.get_color()).upper() for line in axes.lines] == [COLOURS[1]]


def test_absent_values_are_left_out_and_not_drawn_as_zero():
    table = pd.DataFrame(ROWS)
    table.loc[(table["x"] == 2.0) & (table["line"] == "one"), "y"] = None
    [axes] = drawn(table.convert_dtypes()).figure.axes
    assert axes.lines[0].get_xdata().tolist() == [1, 4]


def test_each_value_has_a_panel_and_marks_are_written_once():
    picture = drawn(
        panels=("panel", {"upper": "Upper", "lower": "Lower", "none": "None"}),
        marks=(Mark(text="says the text", x=(1.5, 2.0)), Mark(text="0.5", y=0.5)),
    )
    assert [axes.get_ylabel() for axes in picture.figure.axes] == ["Upper\ny", "Lower\ny"]
    written = [[text.get_text() for text in axes.texts] for axes in picture.figure.axes]
    assert written == [["says the text", "0.5"], []]
    assert "rows.csv" in picture.caption
    assert "t intervals" in picture.caption
    assert picture.alternative.startswith("A title. Upper: one 0.238")


def test_a_logarithmic_axis_has_powers_of_ten_as_plain_text():
    """Names are drawn without mathematical markup, so markup of ticks would be drawn as it is."""
    logarithmic = Axis(column="y", title="y", is_logarithmic=True)
    picture = drawn(y=logarithmic)
    [axes] = picture.figure.axes
    labels = [axes.yaxis.get_major_formatter()(tick, None) for tick in (0.1, 1.0, 1e12)]
    assert labels == ["10⁻¹", "10⁰", "10¹²"]
    assert b"mathdefault" not in picture.svg()
