import pytest

from analysis.library import ENTRIES, LIBRARY, PROOFS, Entry, build, proved, write
from heuristics.checker import check
from heuristics.ot_gah import ot_gah
from heuristics.problem import Problem
from instances.families.registry import FAMILIES, family
from instances.files import read_instance

PATHS = sorted(LIBRARY.glob("*.json"))
NAMES = [path.stem for path in PATHS]

# One of each family, and of each way to prove, that is quick to build again.
QUICK = [
    "paper-num_requests=14-seed0",
    "scarce-spectrum-num_requests=40-seed0",
    "scarce-memory-edge_node=server-num_requests=14-seed0",
    "dense-num_requests=30-seed1",
    "single-node-num_requests=60-seed0",
    "mixed-models-num_requests=14-seed0",
    "modern-num_requests=14-seed1",
    "uniform-random-num_requests=0-seed0",
    "half-tight-seed2",
    "trace-epoch000000-seed0",
]


def optima():
    lines = (LIBRARY / "library.solu").read_text().splitlines()
    return {name: int(value) for _, name, value in map(str.split, lines)}


def entry_of(name):
    """The entry that yields this instance, of its own seed alone."""
    for entry in ENTRIES:
        for seed in entry.seeds:
            single = Entry(
                family=entry.family,
                settings=entry.settings,
                seeds=range(seed, seed + 1),
                num_instances=entry.num_instances,
                proofs=entry.proofs,
            )
            drawn = family(entry.family).generate(entry.settings, seed)
            if any(each.name == name for each in drawn):
                return single
    raise AssertionError(f"{name} is in no entry")


def test_there_are_at_least_60_instances_over_all_families_in_little_space():
    assert len(PATHS) >= 60
    assert {read_instance(path).family for path in PATHS} == set(FAMILIES)
    assert sum(each.stat().st_size for each in LIBRARY.iterdir() if each.is_file()) < 1_500_000


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
    (instance,) = (each for each in build([entry_of(name)]) if each.name == name)
    (path,) = write([instance], tmp_path)
    assert path.read_bytes() == (LIBRARY / path.name).read_bytes()


@pytest.mark.long
def test_the_whole_library_is_built_again_to_the_same_bytes(tmp_path):
    paths = write(build(), tmp_path)
    assert [path.name for path in paths] == [path.name for path in PATHS]
    for path in [*paths, tmp_path / "library.solu"]:
        assert path.read_bytes() == (LIBRARY / path.name).read_bytes()


def test_an_instance_that_is_no_longer_listed_is_removed(tmp_path):
    (tmp_path / "stale.json").write_text("{}")
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
    monkeypatch.setattr("analysis.library.TIME_LIMIT_S", 1e-3)
    with pytest.raises(RuntimeError, match="no proof"):
        proved(instance, [name, "brute-force"])
