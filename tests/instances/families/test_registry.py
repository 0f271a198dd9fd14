import subprocess
import sys

import pytest

from heuristics.errors import InputError
from instances.families.registry import FAMILIES, families, family


def test_an_unknown_family_is_refused_with_the_names_there_are():
    with pytest.raises(InputError, match=r"must be one of paper, .*trace, found 'papr'"):
        family("papr")


def test_every_family_is_found_by_its_own_name():
    assert [each.name for each in families()] == list(FAMILIES)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_says_in_one_line_what_it_is_and_which_constraint_it_makes_bind(name):
    for text in (family(name).summary, family(name).binds):
        assert text
        assert "\n" not in text


@pytest.mark.parametrize("name", FAMILIES)
def test_every_parameter_has_a_default_and_a_description(name):
    for key, parameter in family(name).parameters.model_fields.items():
        assert parameter.description, key
        assert not parameter.is_required(), key


SCRIPT = """
import hashlib, sys, tempfile
from itertools import islice
from pathlib import Path
from instances.families.registry import families
from instances.files import write_instance
path = Path(tempfile.mkdtemp()) / "instance.json.gz"
for family in families():
    for instance in islice(family.generate({}, 7), 3):
        write_instance(instance, path)
        print(instance.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_every_family_gives_the_same_bytes_in_two_processes(tmp_path):
    def output(hash_seed):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={"PYTHONHASHSEED": hash_seed, "TMPDIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout

    first = output("1")
    assert first == output("2")
    assert len(first.splitlines()) == len(FAMILIES) + 2
