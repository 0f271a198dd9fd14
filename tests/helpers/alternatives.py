"""Problems with alternatives: the groups of rows, drawn or given."""

from hypothesis import settings
from hypothesis import strategies as st

from heuristics.coefficients import FIELDS, Coefficients
from tests.helpers.strategies import coefficients, levelled

few = settings(max_examples=12) if settings().max_examples <= 200 else settings()
"""Setting of theorems whose examples take long: few examples in the quick tests."""


def grouped(data, groups):
    """Return the same rows with these groups."""
    return Coefficients(**{name: getattr(data, name) for name in FIELDS}, alternatives=groups)


def compressed(data):
    """Return the same problem made from its pairs."""
    capacities = (data.uplink_capacity, data.downlink_capacity, data.memory_capacity)
    groups = data.alternatives
    return Coefficients.from_pairs(data.pairs, data.num_requests, *capacities, alternatives=groups)


@st.composite
def with_alternatives(draw, *, max_rows=5, max_requests=5):
    """Draw a small problem of any kind whose rows are divided into groups."""
    size = {"max_edge_nodes": max_rows, "max_requests": max_requests}
    data = draw(st.one_of(coefficients(**size), levelled(**size)))
    return grouped(data, draw(partitions(data.num_edge_nodes)))


def partitions(num_rows):
    """Draw lists of rows that hold each row once, in any order."""
    return st.tuples(
        st.permutations(range(num_rows)), st.lists(st.booleans(), min_size=num_rows - 1)
    ).map(lambda drawn: _cut(*drawn))


def _cut(rows, cuts):
    groups = [[rows[0]]]
    for row, is_cut in zip(rows[1:], cuts, strict=False):
        if is_cut:
            groups.append([row])
        else:
            groups[-1].append(row)
    return groups
