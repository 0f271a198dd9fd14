"""Files that mean harm: bombs, paths that lead away, text that would be code elsewhere."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import otgah
from heuristics import text_file
from heuristics.errors import InputError
from heuristics.system_models.template import read_template
from instances import strict_json
from instances.families.family import Drawn, Family, Parameters
from instances.families.registry import family
from instances.file_names import file_name
from instances.instance import Instance
from instances.traces import window
from tests.helpers.examples import problem
from tests.helpers.memory import peak_kb
from tests.helpers.rows import kept_bound, store_of

SCENARIO = Path(read_template.__code__.co_filename).parent / "catalogue/scenarios/section-v.toml"

LARGEST_MEMORY_KB = 2**20

READ = """
import sys
from heuristics.errors import InputError
from instances.files import read_instance
from instances.traces.reader import read_trace
for path in sys.argv[1:]:
    try:
        (read_trace if ".csv" in path else read_instance)(path)
    except InputError as error:
        print(error)
from tests.helpers.memory import peak_kb
print(peak_kb())
"""


def bomb(path, block, times):
    """Write a gzip of many members, each the same block: small on disk, large unpacked."""
    path.write_bytes(gzip.compress(block) * times)
    assert path.stat().st_size < 10**6
    return path


BOMBS = {
    "depth.json.gz": (b"[" * 10**5, 1, "must not be nested this deep"),
    "objects.json.gz": (b'{"a":' * 10**5, 1, "must not be nested this deep"),
    "numbers.json.gz": (b"1," * 10**6, 100, "must hold at most 15000000 values, found 100000000"),
    "lists.json.gz": (b"[]," * 10**6, 60, "must hold at most 1000000 lists and objects"),
    "blanks.json.gz": (b" " * 10**6, 600, "must hold at most 268435456 bytes of text"),
    "lines.csv.gz": (b"1,1,1\n" * 10**5, 200, "line 1: must have the columns"),
    "cells.csv.gz": (b"1," * 10**6, 20, "must have lines of at most 1048576 characters"),
}


def test_bombs_are_refused_in_bounded_memory(tmp_path):
    """One process reads them all, each refused in a line, and never holds a gibibyte."""
    paths = [bomb(tmp_path / name, *made[:2]) for name, made in BOMBS.items()]
    ended = subprocess.run(
        [sys.executable, "-c", READ, *map(str, paths)], capture_output=True, text=True, check=True
    )
    *told, peak = ended.stdout.splitlines()
    for line, path, (_, _, rule) in zip(told, paths, BOMBS.values(), strict=True):
        assert line.startswith(f"{path}: {rule}")
    assert int(peak) < LARGEST_MEMORY_KB


def test_a_device_without_an_end_is_refused(tmp_path):
    """The limit is on what is read, not on what a file says of its size."""
    if not Path("/dev/zero").exists():
        pytest.skip("the system has no endless file")
    with pytest.raises(InputError, match="must hold at most"):
        otgah.read_instance("/dev/zero")


def test_what_is_written_can_be_read_again(tmp_path, monkeypatch):
    instance = next(family("uniform-random").generate({"num_requests": "50"}, 0))
    otgah.write_instance(instance, tmp_path / "a.json")
    monkeypatch.setattr(strict_json, "LARGEST_VALUES", 100)
    with pytest.raises(InputError, match="must hold at most 100 values"):
        otgah.write_instance(instance, tmp_path / "b.json")
    with pytest.raises(InputError, match="must hold at most 100 values"):
        otgah.read_instance(tmp_path / "a.json")
    assert not (tmp_path / "b.json").exists()


def test_limits_are_far_from_what_is_used():
    """10^5 requests at ten edge nodes, with their physics, are read."""
    values = 10**5 * (10 * (5 + 3) + 5)
    assert values < strict_json.LARGEST_VALUES
    assert values * 16 < text_file.LARGEST_TEXT
    assert window.LARGEST_TAKEN > 10**6


# More is announced than there is room for.


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "# num_requests = 100",
            "num_requests = 1000000000",
            "workload.num_requests: must be at mo",
        ),
        ("rate_per_s = 50.0", "rate_per_s = 1e20", "rate_per_s: must be of at most 1000000 reque"),
        ("epoch_s = 2.0", "epoch_s = 1e9", "rate_per_s: must be of at most 1000000 requests"),
    ],
)
def test_too_many_requests_are_refused_before_they_are_drawn(tmp_path, old, new, told):
    path = tmp_path / "my.toml"
    text = SCENARIO.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=told):
        otgah.generate("paper", tmp_path / "out", grid={"scenario": [str(path)]})
    with pytest.raises(InputError, match=told):
        otgah.simulate(str(path), num_epochs=1)


def test_too_many_pairs_are_refused_before_they_are_drawn(tmp_path):
    grid = {"copies": ["1000"], "num_requests": ["100000"]}
    with pytest.raises(InputError, match="edge_nodes: must be at most 3000000 pairs"):
        otgah.generate("paper", tmp_path / "out", grid=grid)


def test_a_trace_of_two_requests_a_century_apart_is_refused(tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text("arrival_s,prompt_tokens,output_tokens\n0,1,1\n4000000000,1,1\n")
    with pytest.raises(InputError, match="must span at most 1000000 epochs"):
        otgah.simulate("trace", arrivals=path)


# Paths lead nowhere.


@pytest.mark.parametrize(
    "name", ["../secret/config.json", "/etc/hostname.json", "link/config.json"]
)
def test_a_path_in_a_scenario_stays_in_its_folder(tmp_path, name):
    home, secret = tmp_path / "home", tmp_path / "secret"
    home.mkdir()
    secret.mkdir()
    (secret / "config.json").write_text(json.dumps({"model_type": "secret"}))
    (home / "link").symlink_to(secret)
    path = home / "my.toml"
    path.write_text(SCENARIO.read_text().replace('"bloom-3b"', json.dumps(name)))
    with pytest.raises(InputError, match=r"inference.llm: must be a file in the folder") as caught:
        read_template(str(path))
    assert "secret'" not in str(caught.value)


LLAMA = {
    "model_type": "llama",
    "hidden_size": 64,
    "num_attention_heads": 4,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "vocab_size": 1000,
}


def test_a_configuration_in_the_folder_of_a_scenario_may_be_a_link(tmp_path):
    """Hubs of models keep files once and link to them."""
    home, store = tmp_path / "home", tmp_path / "store"
    home.mkdir()
    store.mkdir()
    (store / "blob.json").write_text(json.dumps(LLAMA))
    (home / "config.json").symlink_to(store / "blob.json")
    path = home / "my.toml"
    path.write_text(SCENARIO.read_text().replace('"bloom-3b"', '"config.json"'))
    assert read_template(str(path)).inference.llm == str(home / "config.json")


def test_a_path_in_a_scenario_counts_from_its_folder(tmp_path, monkeypatch):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "config.json").write_text(json.dumps(LLAMA))
    path = tmp_path / "my.toml"
    path.write_text(SCENARIO.read_text().replace('"bloom-3b"', '"models/config.json"'))
    monkeypatch.chdir("/")
    assert read_template(str(path)).inference.llm == str(tmp_path / "models" / "config.json")


NAMES = ["<script>alert(1)</script>", "../../x", "=cmd()", "-x", ".x", "..", "a\\b", "x" * 400, "ü"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_makes_no_path(name):
    made = file_name(name)
    assert Path(made).name == made
    assert made not in (".", "..")
    assert made.isascii()
    assert len(made) < 180
    assert made[0] not in "-."
    assert made.startswith("=") == (name == "=cmd()")


def test_different_names_make_different_files():
    names = [*NAMES, "<script>alert(2)</script>", "../../y", "x" * 401]
    assert len({file_name(name) for name in names}) == len(names)


def test_certificates_of_a_store_stay_in_their_folder(tmp_path):
    store = tmp_path / "home" / "runs.sqlite"
    names = ["../../x", "/tmp/x", "<script>"]
    bounds = [kept_bound(3, certificate="{}", coefficients=str(k) * 64) for k in range(3)]
    runs = [{"instance": name, "coefficients": str(k) * 64} for k, name in enumerate(names)]
    store.parent.mkdir()
    store_of(store, *runs, bounds=bounds)
    written = otgah.write_certificates(store, tmp_path / "home" / "certificates")
    assert len(written) == 3
    assert {path.parent for path in written} == {tmp_path / "home" / "certificates"}
    assert all(path.exists() for path in written)


def test_a_family_of_ones_own_writes_into_its_folder_alone(tmp_path):
    def draw(parameters, seed):
        yield Drawn(coefficients=problem(), suffix="/../../../x")

    own = Family(name="own", summary="s", binds="b", parameters=Parameters, draw=draw)
    (instance,) = own.generate({}, 0)
    assert "/" not in instance.name


# Text stays text.

HOSTILE = {
    "instance": "<script>alert(1)</script>",
    "family": "<img src=x onerror=alert(2)>",
    "method": "=cmd|'/c calc'!A1",
    "message": "$\\frac{<b>bold</b>",
    "solver": "</style><script>alert(3)</script>",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Return a store whose every free text is an attack."""
    path = tmp_path_factory.mktemp("hostile") / "runs.sqlite"
    others = [
        {"instance": "../../x", "method": "@SUM(1)", "objective": 2, "bound": 3, "family": "$x^{$"},
        {"instance": "=cmd()", "method": "-2+3", "status": "none", "ended_by": "error"},
    ]
    store_of(
        path,
        {**HOSTILE, "objective": 2, "notes": '{"drawn": ["<script>alert(4)</script>"]}'},
        *others,
    )
    return path


def test_text_stays_text_in_a_page(hostile, tmp_path):
    made = otgah.report(hostile, tmp_path / "report.html")
    page = made.page.read_text()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "</style><script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page or "=cmd()" in page


def test_text_stays_text_in_a_spreadsheet(hostile, tmp_path):
    otgah.export_runs(hostile, tmp_path / "runs.csv")
    table = pd.read_csv(tmp_path / "runs.csv", dtype=str, keep_default_na=False)
    for name in table.columns:
        assert not table[name].str.match(r"[=+@\t\r]|-(?!\d)").any(), name
    assert set(table["instance"]) == {"'=cmd()", "../../x", HOSTILE["instance"]}
    otgah.export_runs(hostile, tmp_path / "runs.parquet")
    assert "=cmd()" in set(pd.read_parquet(tmp_path / "runs.parquet")["instance"])


def test_text_stays_text_in_a_paper(hostile, tmp_path):
    otgah.export_runs(hostile, tmp_path / "runs.tex")
    text = (tmp_path / "runs.tex").read_text()
    assert "$x^{$" not in text


def test_text_stays_text_at_the_terminal(tmp_path, capsys):
    from analysis.cli import main

    otgah.write_instance(
        Instance(name="a\u202eb<script>", coefficients=problem()), tmp_path / "a.json"
    )
    assert main(["solve", str(tmp_path / "a.json"), "--method", "magic\x1b[31m"]) == 2
    assert "\x1b" not in capsys.readouterr().err


# Nothing that is read is executed.


def test_no_module_reads_a_pickle():
    """A pickle executes what it likes; numba's cache and the pipes of child processes are ours."""
    root = Path(otgah.__file__).parents[1]
    for folder in ("analysis", "formulations", "heuristics", "instances"):
        for path in (root / folder).rglob("*.py"):
            text = path.read_text()
            for word in ("pickle.load", "read_pickle", "allow_pickle", "yaml.load", "marshal"):
                assert word not in text, f"{word} in {path.name}"


def test_the_memory_of_this_suite_is_measured_in_kilobytes():
    """Else the limits above would hold for anything."""
    assert 10**4 < peak_kb() < 2**40
    assert os.sysconf("SC_PAGE_SIZE") >= 4096
