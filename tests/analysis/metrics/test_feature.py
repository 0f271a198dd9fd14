import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.metrics import with_bins, with_features
from tests.helpers.rows import table


def test_features_that_follow_from_the_sizes():
    """4 requests at 2 edge nodes, 6 of 8 pairs eligible."""
    runs = with_features(table({"num_eligible": 6}, {"instance": "b", "num_requests": 0}))
    assert runs["requests_per_edge_node"].tolist() == [2.0, 0.0]
    assert runs["density"].tolist() == [0.75, pd.NA]


def test_features_of_ones_own_are_joined_by_instance():
    own = pd.DataFrame({"rate": [50.0]}, index=["a"])
    runs = with_features(table({}, {"seed": 1}, {"instance": "b"}), own)
    assert runs["rate"].tolist()[:2] == [50.0, 50.0]
    assert pd.isna(runs["rate"].iloc[2])


def test_a_feature_must_not_hide_a_column_or_name_an_instance_twice():
    runs = table({})
    with pytest.raises(ValueError, match="names of their own, found gap"):
        with_features(runs, pd.DataFrame({"gap": [1]}, index=["a"]))
    with pytest.raises(ValueError, match="found a twice"):
        with_features(runs, pd.DataFrame({"rate": [1, 2]}, index=["a", "a"]))


def test_classes_have_about_as_many_instances_each():
    """Of sizes 1 to 8 four classes of two; an instance that is run 50 times is still one."""
    sizes = [{"instance": f"i{size}", "num_requests": size} for size in range(1, 9)]
    runs = with_bins(table(*sizes, *([sizes[0]] * 50)), "num_requests")
    classes = runs.drop_duplicates("instance")["num_requests_bin"]
    assert classes.value_counts(sort=False).to_dict() == {
        "1 to 2": 2,
        "3 to 4": 2,
        "5 to 6": 2,
        "7 to 8": 2,
    }


def test_few_values_are_a_class_each_and_an_absent_one_is_in_none():
    runs = table({"num_requests": 5}, {"instance": "b", "num_requests": 9})
    runs["rate"] = pd.array([2.5, None], dtype="Float64")
    assert with_bins(runs, "num_requests")["num_requests_bin"].tolist() == ["5", "9"]
    binned = with_bins(runs, "rate")["rate_bin"]
    assert binned[0] == "2.5"
    assert pd.isna(binned[1])


def test_a_feature_of_names_has_its_names_as_classes():
    runs = with_bins(table({"family": "paper"}, {"family": "dense", "instance": "b"}), "family")
    assert runs["family_bin"].tolist() == ["paper", "dense"]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(1, 6))
def test_classes_part_the_values_in_order(values, num_bins):
    instances = [f"i{place}" for place in range(len(values))]
    runs = with_bins(
        pd.DataFrame({"instance": instances, "size": values}), "size", num_bins=num_bins
    )
    classes = runs["size_bin"]
    assert classes.notna().all()
    assert len(classes.cat.categories) <= num_bins
    ordered = runs.sort_values("size")
    assert ordered["size_bin"].is_monotonic_increasing
    for label, group in runs.groupby("size_bin", observed=True)["size"]:
        assert label.split(" to ")[0] == str(group.min())
        assert label.split(" to ")[-1] == str(group.max())
