from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from heuristics.display.markup import Markup, bar, listed, markup, table
from heuristics.display.palette import BEYOND, WITHIN


class Reader(HTMLParser):
    """Collects texts and tags, and fails where a tag is closed that is not open."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.tags = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_no_text_becomes_a_tag(cells):
    tags = set(read(table("a title", (), [cells])).tags)
    assert tags <= {"table", "caption", "tbody", "tr", "th", "td"}


def test_a_script_in_a_name_stays_text():
    reader = read(table("<script>alert(1)</script>", ["<i>"], [["a", Markup("<b>b</b>")]]))
    assert "script" not in reader.tags
    assert "i" not in reader.tags
    assert reader.texts == ["<script>alert(1)</script>", "<i>", "a", "b"]


def test_absent_is_a_dash_and_zero_is_zero():
    assert (markup(None), markup(0)) == ("-", "0")


def test_a_bar_is_as_long_as_its_share_and_says_so_in_words():
    shown = bar(3, 4)
    assert "width:75%" in shown
    assert read(shown).texts == ["75 %", "3 of 4"]


def test_a_bar_beyond_its_whole_is_full_in_another_colour():
    within, beyond = bar(4, 4, most="too much"), bar(6, 4, most="too much")
    assert (WITHIN in within, BEYOND in within) == (True, False)
    assert (WITHIN in beyond, BEYOND in beyond) == (False, True)
    assert "width:100%" in beyond
    assert read(beyond).texts == ["150 %", "6 of 4, too much"]


def test_a_share_is_nothing_or_all_only_if_it_is():
    shown = [read(bar(part, 1000)).texts[0] for part in (0, 1, 999, 1000)]
    assert shown == ["0 %", "< 1 %", "> 99 %", "100 %"]


def test_a_bar_of_nothing_has_no_percentage():
    assert read(bar(0, 0)).texts == ["0 of 0"]
    assert BEYOND in bar(1, 0)


def test_a_bar_without_a_whole_is_the_part_alone():
    assert (bar(7, None), bar(None, 7)) == ("7", "-")


def test_a_long_list_says_how_many_it_leaves_out():
    assert listed(range(1020)).endswith("19 and 1,000 others")
