from typing import Literal

import pytest
from pydantic import ValidationError, model_validator

from heuristics.errors import InputError
from heuristics.system_models.validation import (
    Count,
    Decibel,
    Flag,
    Name,
    Positive,
    Record,
    Time,
    broken_rule,
    input_error,
)


class Slot(Record):
    length_s: Time
    name: Name = "slot"


class Plan(Record):
    slots: tuple[Slot, ...] = ()
    count: Count = 1
    speed: Positive = 1.0
    level_db: Decibel = 0.0
    flag: Flag = True
    kind: Literal["a", "b"] = "a"

    @model_validator(mode="after")
    def _check(self):
        if self.count == 13:
            raise broken_rule("count", "must be lucky", found=self.count)
        return self


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"slots": [{"length_s": 1}, {}]}, "slots[1].length_s: is required"),
        ({"slots": [{"length_s": -1}]}, "slots[0].length_s: must be at least 0, found -1"),
        ({"slots": [{"length_s": "1"}]}, "slots[0].length_s: must be a number, found '1'"),
        ({"slots": [{"length_s": True}]}, "slots[0].length_s: must be a number, found true"),
        ({"slots": [{"length_s": None}]}, "slots[0].length_s: must be a number, found null"),
        ({"slots": [{"length_s": float("nan")}]}, "slots[0].length_s: must be a finite number"),
        ({"slots": [{"length_s": 1, "name": ""}]}, "slots[0].name: must not be empty"),
        ({"slots": [3]}, "slots[0]: must be a table of keys and values, found 3"),
        ({"slots": 3}, "slots: must be a list, found 3"),
        ({"count": 1.0}, "count: must be an integer, found 1.0"),
        ({"count": True}, "count: must be an integer, found true"),
        ({"count": 0}, "count: must be at least 1, found 0"),
        ({"count": 10**30}, "count: must be at most 1e+09, found 1000000000000"),
        ({"speed": 0.0}, "speed: must be greater than 0, found 0.0"),
        ({"speed": 1e300}, "speed: must be at most 1e+21, found 1e+300"),
        ({"speed": float("inf")}, "speed: must be "),
        ({"level_db": 401}, "level_db: must be at most 400, found 401"),
        ({"flag": 1}, "flag: must be true or false, found 1"),
        ({"kind": "c"}, "kind: must be one of 'a' or 'b', found 'c'"),
        ({"wind": 1}, "wind: is not a known key, found 1"),
        ({"count": 13}, "count: must be lucky, found 13"),
    ],
)
def test_each_broken_rule_is_told_in_one_line_with_its_path(values, message):
    with pytest.raises(InputError) as caught:
        Plan.parse(values, source="plan.toml")
    assert str(caught.value).startswith(f"plan.toml: {message}")
    assert "\n" not in str(caught.value)


def test_the_path_starts_at_the_table_that_was_validated():
    with pytest.raises(InputError) as caught:
        Plan.parse({"count": 0}, field="plans[2]")
    assert str(caught.value) == "plans[2].count: must be at least 1, found 0"


def test_what_is_no_table_is_refused():
    with pytest.raises(InputError, match="must be a table of keys and values, found 3"):
        Plan.parse(3)


def test_the_first_of_several_errors_is_told():
    with pytest.raises(ValidationError) as caught:
        Plan.model_validate({"count": 0, "speed": 0})
    assert str(input_error(caught.value)) == "count: must be at least 1, found 0"


def test_a_record_cannot_be_changed():
    with pytest.raises(ValidationError):
        Plan().count = 2


def test_an_integer_is_a_number_and_a_list_a_tuple():
    plan = Plan.parse({"speed": 2, "slots": [{"length_s": 1}]})
    assert plan.speed == 2
    assert plan.slots == (Slot(length_s=1.0),)
