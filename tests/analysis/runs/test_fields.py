"""The table of fields: one line in it, and every form of a run has one more number."""

import json
import subprocess
import sys
from dataclasses import fields as dataclass_fields

from analysis.engines.message import ResultDocument
from analysis.runs.fields import RESULT, RUN_FIELDS, result_fields
from analysis.store.columns import RUN_COLUMNS
from heuristics.result import Result


def test_one_more_number_goes_from_the_type_to_the_exported_table(tmp_path):
    command = [sys.executable, "-m", "tests.helpers.one_more_number", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(ended.stdout)
    assert found["json"] == found["stored"] == 7
    assert found["refused"] == "must be an integer of 0..2^62, found -7 in num_cuts"
    about = {"description": "Cuts that were added."}
    assert found["schema"] == {"type": ["integer", "null"]} | about
    assert "num_cuts" in found["csv"]


def test_every_value_of_a_result_has_one_line():
    apart = {"problem", "schedule", "certificate", "trajectory"}
    plain = [each.name for each in dataclass_fields(Result) if each.name not in apart]
    assert sorted(each.name for each in result_fields(derived=False)) == sorted(plain)
    assert set(ResultDocument.model_fields) == {*plain, *apart}


def test_names_are_unique_and_the_gap_alone_has_no_column():
    names = [each.name for each in RUN_FIELDS]
    assert len(set(names)) == len(names)
    assert set(names) - set(RUN_COLUMNS) == {"gap"}


def test_a_derived_field_is_a_property_of_the_result():
    for each in RUN_FIELDS:
        if each.source == RESULT and each.derived:
            assert isinstance(getattr(Result, each.name), property)
