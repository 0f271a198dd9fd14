from dataclasses import replace

import pytest

from analysis.checks.replay.enumeration import ReplayStatus, replay
from analysis.generation.library import (
    CERTIFIED,
    ENTRIES,
    LIBRARY,
    PROOFS,
    Entry,
    build,
    certified,
    proved,
    write,
)
from heuristics.certificate import Proof
from heuristics.judges.checker import check
from heuristics.judges.verifier import verify
from heuristics.ot_gah import ot_gah
from heuristics.problem import Problem
from instances.certificate_files import read_certificate
from instances.families.registry import FAMILIES, family
from instances.files import read_instance
from instances.schedule_files import read_schedule

PATHS = sorted(LIBRARY.glob("*.json"))
NAMES = [path.stem for path in PATHS]

LARGE = sorted(
    path.name.removesuffix(".certificate.json.gz") for path in LIBRARY.glob("*.certificate.json.gz")
)

PARTS = ("", ".schedule", ".certificate")

# One of each family, and of each way to prove, that is quick to build again.
QUICK = [
    "paper-num_requests=14-seed0",
    "scarce-spectrum-num_requests=40-seed0",
    "scarce-memory-edge_node=server-num_requests=14-seed0",
    "dense-num_requests=30-seed1",
    "single-node-num_requests=60-seed0",
    "mixed-models-num_requests=14-seed0",
    "quantized-nodes-num_requests=14-seed0",
    "choose-quantization-num_requests=24-seed1",
    "choose-padding-compute_scale=2-num_requests=14-seed1",
    "choose-model-compute_scale=5-num_requests=14-seed0",
    "modern-num_requests=14-seed1",
    "uniform-random-num_requests=0-seed0",
    "half-tight-seed2",
    "trace-epoch000000-seed0",
    "horizon-deadline_s=2+6-num_epochs=3-num_requests=10-seed1",
    "city-compute_scale=0.1-num_edge_nodes=6-num_requests=40-seed1",
]

# One of every other kind, quick as well.
QUICK_LARGE = [
    "dense-ppl_differential=0.4-seed0",
    "mixed-models-compute_scale=10-num_requests=500-seed1",
    "scarce-memory-num_requests=500-seed0",
    "single-node-num_requests=2000-seed1",
]


def optima():
    lines = (LIBRARY / "library.solu").read_text().splitlines()
    return {name: int(value) for _, name, value in map(str.split, lines)}


def entry_of(name):
    """The entry that yields this instance, of its own seed alone."""
    for entry in ENTRIES:
        for seed in entry.seeds if name.startswith(entry.family) else ():
            single = replace(entry, seeds=[seed])
            if any(each.name == name for each in single.instances):
                return single
    raise AssertionError(f"{name} is in no entry")


def build_one(name):
    """Build the instance of this name."""
    (reference,) = (each for each in build([entry_of(name)]) if each.instance.name == name)
    return reference


def evidence(name):
    """The instance of this name, its schedule and its certificate."""
    instance, schedule, certificate = (LIBRARY / f"{name}{part}.json.gz" for part in PARTS)
    read = read_instance(instance)
    return read, read_schedule(schedule, read), read_certificate(certificate, read)


def test_there_are_at_least_60_instances_over_all_families_in_little_space():
    assert len(PATHS) >= 60
    assert {read_instance(path).family for path in PATHS} == set(FAMILIES)
    assert sum(path.stat().st_size for path in PATHS) < 1_500_000


def test_there_are_at_least_30_large_instances_of_three_files_each_in_little_space():
    files = set(LIBRARY.glob("*.gz"))
    assert len(LARGE) >= 30
    assert files == {LIBRARY / f"{name}{part}.json.gz" for name in LARGE for part in PARTS}
    assert sum(path.stat().st_size for path in files) < 6_000_000


def test_the_optima_are_those_of_all_instances_by_name():
    assert list(optima()) == sorted([*NAMES, *LARGE])


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_a_file_is_valid_and_its_optimum_was_proved_twice(path):
    instance = read_instance(path)
    assert instance.name == path.stem
    best = instance.best_known
    assert best.objective == best.bound == optima()[instance.name]
    proofs = best.proved_by.split(" + ")
    assert len(set(proofs)) >= 2
    assert set(proofs) <= set(PROOFS)
    derived = instance.derived()
    assert derived is None or derived.digest() == instance.coefficients.digest()


@pytest.mark.parametrize("name", LARGE)
def test_schedule_and_certificate_of_a_large_instance_prove_its_optimum(name):
    instance, schedule, certificate = evidence(name)
    best = instance.best_known
    assert instance.name == name
    assert best.objective == best.bound == optima()[name]
    assert best.proved_by == f"{CERTIFIED}: {certificate.proof}"
    assert check(instance.coefficients, schedule, Problem.P1) == ()
    assert schedule.throughput == certificate.bound == best.objective
    proved_bound = verify(instance.coefficients, certificate)
    assert best.objective <= proved_bound <= certificate.tree_bound
    derived = instance.derived()
    assert derived is None or derived.digest() == instance.coefficients.digest()


def test_most_certificates_prove_the_optimum_alone_and_some_with_an_enumeration():
    proofs = [evidence(name)[2].proof for name in LARGE]
    assert proofs.count(Proof.BOUND) > len(LARGE) / 2
    assert proofs.count(Proof.ENUMERATION) >= 3


@pytest.mark.long
@pytest.mark.parametrize("name", LARGE)
def test_an_enumeration_is_confirmed_when_it_is_made_again(name):
    instance, _, certificate = evidence(name)
    if certificate.proof is Proof.ENUMERATION:
        assert replay(instance.coefficients, certificate).ended is ReplayStatus.CONFIRMED
    else:
        assert verify(instance.coefficients, certificate) == instance.best_known.objective


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_ot_gah_serves_at_least_half_of_the_optimum_and_never_more(path):
    instance = read_instance(path)
    schedule = ot_gah(instance.coefficients).schedule
    assert check(instance.coefficients, schedule, Problem.P1) == ()
    assert schedule.throughput <= instance.best_known.objective
    if instance.parameters.get("downlink_reading") != "per-user":
        assert 2 * schedule.throughput >= instance.best_known.objective


@pytest.mark.parametrize("name", QUICK)
def test_an_instance_is_built_again_to_the_same_bytes(tmp_path, name):
    (path,) = write([build_one(name)], tmp_path)
    assert path.read_bytes() == (LIBRARY / path.name).read_bytes()


@pytest.mark.parametrize("name", QUICK_LARGE)
def test_a_large_instance_is_built_again_to_the_same_bytes_twice(tmp_path, name):
    paths = [write([build_one(name)], tmp_path / each) for each in "ab"]
    for first, second in zip(*paths, strict=True):
        assert first.read_bytes() == second.read_bytes()
    # The last digits of multipliers may be another machine's, the instance may not.
    file = f"{name}.json.gz"
    assert (tmp_path / "a" / file).read_bytes() == (LIBRARY / file).read_bytes()


@pytest.mark.long
def test_the_whole_library_is_built_again_to_the_same_bytes(tmp_path):
    paths = write(build(), tmp_path)
    assert {path.name for path in paths} == {
        path.name for path in LIBRARY.iterdir() if path.suffix in (".json", ".gz")
    }
    assert (tmp_path / "library.solu").read_bytes() == (LIBRARY / "library.solu").read_bytes()
    for path in paths:
        if not path.name.endswith((".schedule.json.gz", ".certificate.json.gz")):
            assert path.read_bytes() == (LIBRARY / path.name).read_bytes()


def test_an_instance_that_is_no_longer_listed_is_removed(tmp_path):
    (tmp_path / "stale.json").write_text("{}")
    (tmp_path / "stale.certificate.json.gz").write_text("")
    (tmp_path / "README.md").write_text("kept")
    instances = build([Entry(family="half-tight", proofs=("brute-force",))])
    write(instances, tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "README.md",
        "half-tight-seed0.json",
        "library.solu",
    ]


def test_proofs_that_contradict_each_other_are_refused(monkeypatch):
    (instance,) = family("half-tight").generate({}, 0)
    monkeypatch.setitem(PROOFS, "wrong", lambda _: 1)
    with pytest.raises(RuntimeError, match="contradict each other"):
        proved(instance, ["brute-force", "wrong"])


@pytest.mark.parametrize("name", ["cp-sat", "milp-bigm", "ot"])
def test_a_method_that_ran_out_of_time_proves_nothing(monkeypatch, name):
    (instance,) = family("dense").generate({"edge_node": "server"}, 0)
    monkeypatch.setattr("analysis.generation.library.TIME_LIMIT_S", 1e-3)
    with pytest.raises(RuntimeError, match="no proof"):
        proved(instance, [name, "brute-force"])


def test_an_optimum_that_the_time_did_not_suffice_for_is_not_certified(monkeypatch):
    (instance,) = family("dense").generate({}, 0)
    monkeypatch.setattr("analysis.generation.library.TIME_LIMIT_S", 1e-3)
    with pytest.raises(RuntimeError, match="no proof"):
        certified(instance)
