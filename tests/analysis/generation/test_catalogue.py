"""The catalogue as users see it: every name that a setting takes, every value with a source."""

import pytest

import otgah
from heuristics.system_models.catalogue import reader
from heuristics.system_models.catalogue.profiles import profiles

PLUGIN = """
name = "mine"
version = "1.0"
[devices.my-board]
gpu_flop_per_s = 40e12
gpu_memory_bytes = 24_000_000_000
sources = [{ values = ["gpu_flop_per_s", "gpu_memory_bytes"], source = "x", verified = true }]
"""


def test_every_entry_of_the_data_files_is_listed_once():
    names = {kind: [] for kind in otgah.CATALOGUE_KINDS}
    for each in otgah.catalogue():
        names[each.kind].append(each.name)
    assert names == {
        "llms": list(reader.llms()),
        "devices": list(reader.devices()),
        "quantization": list(reader.quantizations()),
        "profiles": list(profiles()),
        "scenarios": list(reader.scenario_names()),
    }


@pytest.mark.parametrize("kind", ["llms", "devices", "quantization"])
def test_every_value_has_a_source(kind):
    for entry in otgah.catalogue(kind):
        sourced = {name for each in entry.sources for name in each.values}
        assert set(entry.values) == sourced, entry.name


def test_a_device_of_a_plug_in_is_listed_with_its_source(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(PLUGIN)
    otgah.use_plugin(path)
    try:
        entry = next(each for each in otgah.catalogue("devices") if each.name == "my-board")
    finally:
        otgah.forget_plugins()
    assert entry.values == {"gpu_flop_per_s": 40e12, "gpu_memory_bytes": 24_000_000_000}
    assert str(entry.sources[0]) == "x"


@pytest.mark.parametrize("kind", ["llms", "devices", "quantization", "scenarios"])
def test_a_setting_takes_every_name(kind):
    for each in otgah.catalogue(kind):
        settings = {each.setting: each.name, "num_requests": 1}
        if kind == "llms":
            settings["ppl_differential"] = 0.1
        if kind == "quantization":
            settings["llm"] = "bloom-3b"
            settings["ppl_differential"] = 0.1
        if each.name != "trace":
            assert otgah.build_scenario(**_named(settings)).num_requests == 1


def _named(settings):
    return {("recipe" if key == "scenario" else key): value for key, value in settings.items()}


def test_an_unknown_kind_is_refused():
    with pytest.raises(otgah.InputError, match="kind: must be one of llms, devices"):
        otgah.catalogue("boards")
