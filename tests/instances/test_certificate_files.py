import json
import random
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heuristics.certificate import Branch, Choice, Multipliers, Prices, Proof, Split
from heuristics.errors import InputError
from heuristics.judges.verifier import verify
from instances import certificate_files
from instances.certificate_files import LARGEST_DEPTH, read_certificate, write_certificate
from instances.instance import Instance
from tests.helpers.alternatives import grouped, with_alternatives
from tests.helpers.certificates import ZERO, RandomTree, plain
from tests.helpers.examples import one_edge_node, problem
from tests.helpers.strategies import coefficients

INSTANCE = Instance(name="a", coefficients=problem(), edge_nodes=({"name": "x"}, {"name": "y"}))
SCHEMA = json.loads(certificate_files.SCHEMA_PATH.read_text())
FOUR = {"uplink": 0, "downlink": 0, "memory": 0, "compute": 0}
LEAF = {"requests": [0, 0, 0], "edge_nodes": [FOUR, FOUR]}
SPLIT = {"edge_node": 0, "level": None, "at": 1}


def document(**changes):
    base = {
        "format": "otgah-certificate",
        "version": 1,
        "instance": "a",
        "coefficients_sha256": problem().digest(),
        "denominator": 1,
        "bound": 3,
        "proof": "bound",
        "tree": LEAF,
    }
    return base | changes


def read(tmp_path, value, **options):
    path = tmp_path / "c.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return read_certificate(path, INSTANCE, **options)


@pytest.mark.parametrize("name", ["c.json", "c.json.gz"])
def test_reads_what_it_wrote_and_writes_the_same_bytes(tmp_path, name):
    certificate = RandomTree(problem(), random.Random(0), 10**50).certificate()
    certificate = replace(certificate, proof=Proof.ENUMERATION, tree_bound=-1)
    contents = set()
    for _ in range(2):
        write_certificate(certificate, INSTANCE, tmp_path / name)
        contents.add((tmp_path / name).read_bytes())
    assert len(contents) == 1
    assert read_certificate(tmp_path / name, INSTANCE) == certificate


@given(data=st.one_of(coefficients(), with_alternatives()), rng=st.randoms(use_true_random=False))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_reads_any_certificate_that_it_wrote_and_the_schema_agrees(tmp_path, data, rng):
    instance = Instance(name="drawn", coefficients=data)
    certificate = RandomTree(data, rng, 60).certificate()
    path = tmp_path / "c.json"
    write_certificate(certificate, instance, path)
    jsonschema.validate(json.loads(path.read_text()), SCHEMA)
    assert read_certificate(path, instance) == certificate


def test_a_certificate_by_hand_reads_as_the_schema_describes_it(tmp_path):
    own = {"split": SPLIT | {"level": 0}, "lower": FOUR | {"memory": 5}, "upper": FOUR}
    tree = {
        "split": SPLIT | {"edge_node": 1},
        "lower": LEAF | {"edge_nodes": [own, FOUR]},
        "upper": LEAF | {"requests": [1, 2, 3]},
    }
    value = document(tree=tree)
    jsonschema.validate(value, SCHEMA)
    lower = Branch(Split(0, 0, 1), Multipliers(0, 0, 5, 0), ZERO)
    assert read(tmp_path, value).tree == Branch(
        Split(1, None, 1),
        Prices((0, 0, 0), (lower, ZERO)),
        Prices((1, 2, 3), (ZERO, ZERO)),
    )


def test_a_split_of_alternatives_makes_the_file_version_2(tmp_path):
    value = document(tree={"split": {"group": 0, "at": 0}, "lower": LEAF, "upper": LEAF}, version=2)
    jsonschema.validate(value, SCHEMA)
    certificate = read(tmp_path, value)
    assert certificate.tree.split == Choice(0, 0)
    assert certificate_files.certificate_document(certificate, "a") == value | {"tree_bound": 3}
    without = replace(certificate, tree=certificate.tree.lower)
    assert certificate_files.certificate_document(without, "a")["version"] == 1
    assert verify(grouped(problem(), [[0, 1]]), replace(certificate, digest=GROUPED)) == 3


GROUPED = grouped(problem(), [[0, 1]]).digest()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"version": 1}, "tree.split.group: must be one of edge_node, level, at"),
        ({"split": {"group": 0}}, "tree.split.at: must be there, found 'group'"),
        ({"split": {"group": 0.0, "at": 0}}, "tree.split.group: must be an integer"),
        ({"split": {"group": 0, "at": 0, "level": 0}}, "tree.split.level: must be one of group"),
    ],
)
def test_refuses_a_bad_split_of_alternatives(tmp_path, value, message):
    split = value.get("split", {"group": 0, "at": 0})
    tree = {"split": split, "lower": LEAF, "upper": LEAF}
    with pytest.raises(InputError) as caught:
        read(tmp_path, document(tree=tree, version=value.get("version", 2)))
    assert str(caught.value).split(".json: ")[-1].startswith(message)


def test_the_case_of_one_edge_node_goes_by_its_own_name(tmp_path):
    certificate = plain(problem().at(1))
    path = tmp_path / "c.json"
    write_certificate(certificate, INSTANCE, path, edge_node=1)
    assert json.loads(path.read_text())["instance"] == "a@y"
    assert read_certificate(path, INSTANCE, edge_node=1) == certificate
    with pytest.raises(InputError, match="instance: must be 'a', found 'a@y'"):
        read_certificate(path, INSTANCE)
    with pytest.raises(InputError, match="instance: must be 'a@x', found 'a@y'"):
        read_certificate(path, INSTANCE, edge_node=0)


def chain(num_splits):
    """Return a problem of a level a request, and a tree that splits one level after the other."""
    data = one_edge_node(
        memory=list(range(num_splits)),
        compute=[0] * num_splits,
        budget=[0] * num_splits,
        memory_capacity=num_splits,
    )
    tree = ZERO
    for level in range(num_splits):
        tree = Branch(Split(0, level, 0), tree, ZERO)
    return Instance(name="deep", coefficients=data), plain(data, multipliers=[tree])


def test_a_tree_of_the_largest_depth_is_written_read_and_verified(tmp_path):
    instance, certificate = chain(LARGEST_DEPTH)
    write_certificate(certificate, instance, tmp_path / "c.json")
    back = read_certificate(tmp_path / "c.json", instance)
    assert verify(instance.coefficients, back) == LARGEST_DEPTH


def test_a_deeper_tree_is_not_written(tmp_path):
    instance, certificate = chain(LARGEST_DEPTH + 1)
    with pytest.raises(InputError, match="tree: must have at most 500 splits on the way to a leaf"):
        write_certificate(certificate, instance, tmp_path / "c.json")
    assert list(tmp_path.iterdir()) == []


def nested(num_splits):
    """Return the text of a tree of P1 so deep, as json.dumps would not write it."""
    head = f'{{"split": {json.dumps(SPLIT)}, "upper": {json.dumps(LEAF)}, "lower": '
    tree = head * num_splits + json.dumps(LEAF) + "}" * num_splits
    return json.dumps(document(tree="TREE")).replace('"TREE"', tree)


@pytest.mark.parametrize(
    ("num_splits", "message"),
    [
        (LARGEST_DEPTH + 1, "tree: must have at most 500 splits on the way to a leaf, found 501"),
        (20_000, "must not be nested this deep"),
    ],
)
def test_a_deeper_tree_is_refused_in_one_line(tmp_path, num_splits, message):
    with pytest.raises(InputError) as caught:
        read(tmp_path, nested(num_splits))
    assert str(caught.value) == f"{tmp_path / 'c.json'}: {message}"


BAD = {
    "a list": ([], "the document: must be an object"),
    "another format": (document(format="otgah-schedule"), 'format: must be "otgah-certificate"'),
    "version true": (document(version=True), "version: must be 1 or 2, found true"),
    "an unknown key": (document(colour=1), "colour: must be one of format, version, instance"),
    "another instance": (document(instance="b"), "instance: must be 'a', found 'b'"),
    "a digest that is a number": (document(coefficients_sha256=1), "coefficients_sha256: must be"),
    "denominator 0": (document(denominator=0), "denominator: must be at least 1, found 0"),
    "denominator 1.0": (document(denominator=1.0), "denominator: must be an integer of 0..10^60"),
    "denominator true": (document(denominator=True), "denominator: must be an integer"),
    "a negative bound": (document(bound=-1), "bound: must be an integer of 0..10^15, found -1"),
    "a search": (document(proof="search"), "proof: must be one of bound, enumeration"),
    "a list for a proof": (document(proof=[]), "proof: must be one of bound, enumeration"),
    "no tree": (document(tree=None), "tree: must be an object, found null"),
    "an empty tree": (document(tree={}), "tree.requests: must be there"),
    "a leaf that splits": (
        document(tree=LEAF | {"split": SPLIT}),
        "tree.requests: must be one of split, lower, upper",
    ),
    "a split without a part": (
        document(tree={"split": SPLIT, "lower": LEAF}),
        "tree.upper: must be there",
    ),
    "a split without a level": (
        document(tree={"split": {"edge_node": 0, "at": 1}, "lower": LEAF, "upper": LEAF}),
        "tree.split.level: must be there",
    ),
    "a split at -1": (
        document(tree={"split": SPLIT | {"at": -1}, "lower": LEAF, "upper": LEAF}),
        "tree.split.at: must be an integer of 0..10^15, found -1",
    ),
    "a fractional price": (
        document(tree=LEAF | {"requests": [0, 1.0, 0]}),
        "tree.requests[1]: must be an integer of 0..10^60, found 1.0",
    ),
    "a huge price": (
        document(tree={"split": SPLIT, "lower": LEAF, "upper": LEAF | {"requests": [10**61]}}),
        "tree.upper.requests[0]: must be an integer of 0..10^60, found an integer of 203 bits",
    ),
    "a number for edge nodes": (
        document(tree=LEAF | {"edge_nodes": 2}),
        "tree.edge_nodes: must be a list, found 2",
    ),
    "multipliers in a list": (
        document(tree=LEAF | {"edge_nodes": [FOUR, [0, 0, 0, 0]]}),
        "tree.edge_nodes[1]: must be an object",
    ),
    "a multiplier missing": (
        document(tree=LEAF | {"edge_nodes": [{"uplink": 0}]}),
        "tree.edge_nodes[0].downlink: must be there",
    ),
    "a multiplier of true": (
        document(tree=LEAF | {"edge_nodes": [FOUR | {"memory": True}]}),
        "tree.edge_nodes[0].memory: must be an integer of 0..10^60, found true",
    ),
    "prices at an edge node": (
        document(tree=LEAF | {"edge_nodes": [LEAF]}),
        "tree.edge_nodes[0].requests: must be one of uplink, downlink, memory, compute",
    ),
    "a number of too many digits": (
        json.dumps(document(denominator="D")).replace('"D"', "9" * 5000),
        "must be JSON: Exceeds the limit",
    ),
    "a key twice": ('{"tree": 1, "tree": 2}', "tree: must hold each key once"),
    "not a number": ('{"bound": NaN}', "must hold finite numbers"),
}


@pytest.mark.parametrize(("value", "message"), BAD.values(), ids=BAD.keys())
def test_refuses_a_bad_certificate_in_one_line(tmp_path, value, message):
    with pytest.raises(InputError) as caught:
        read(tmp_path, value)
    assert str(caught.value).startswith(f"{tmp_path / 'c.json'}: {message}")
    assert "\n" not in str(caught.value)


def test_refuses_what_only_calls_itself_gzip(tmp_path):
    (tmp_path / "c.json.gz").write_text(json.dumps(document()))
    with pytest.raises(InputError, match=r"must be gzip, as its name ends in \.gz"):
        read_certificate(tmp_path / "c.json.gz", INSTANCE)
