"""Mutated files of every format: refused in a line, or accepted for what they say.

Two fuzzers: one counts seeds through, the same files each time; Hypothesis looks for seeds of its
own. A finding names the seed; `fuzz(FORMATS[name](folder), [seed])` makes it again.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzzing.fuzzer import FORMATS, fuzz

FEW = {"store": 10}
MANY = {"store": 2000}
"""How many files of a format are read; a store takes some twenty times as long as the others."""


@pytest.mark.parametrize("name", FORMATS)
def test_no_mutated_file_does_harm(name, tmp_path):
    tally = fuzz(FORMATS[name](tmp_path), range(FEW.get(name, 150)))
    assert tally.findings == []
    assert tally.accepted < tally.read


@pytest.mark.parametrize("name", [each for each in FORMATS if each != "store"])
def test_no_mutated_file_that_hypothesis_finds_does_harm(name, tmp_path_factory):
    chosen = FORMATS[name](tmp_path_factory.mktemp("fuzz"))

    @settings(max_examples=60)
    @given(st.integers(2**32, 2**64))
    def check(seed):
        assert fuzz(chosen, [seed]).findings == []

    check()


@pytest.mark.long
@pytest.mark.parametrize("name", FORMATS)
def test_no_mutated_file_of_many_does_harm(name, tmp_path):
    """Together 42,000 files."""
    num_files = MANY.get(name, 4000)
    tally = fuzz(FORMATS[name](tmp_path), range(10**6, 10**6 + num_files))
    print(f"{name}: {tally.read} files, {tally.accepted} accepted, {len(tally.findings)} findings")
    assert tally.findings == []
    assert tally.read == num_files
    assert tally.accepted > 0
