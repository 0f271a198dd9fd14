"""The metadata of plug-ins that are fuzzed."""

import ast
import json
import tomllib
import warnings
from pathlib import Path

from analysis.plugins import template
from analysis.plugins.plugin import Plugin
from tests.fuzzing.agreement import holds
from tests.fuzzing.format import Format
from tests.helpers.mutators import mutated_bytes, mutated_lines


class PluginFormat(Format):
    """The metadata of plug-ins."""

    name, suffix = "plug-in", ".py"

    def __init__(self, folder):
        super().__init__(folder)
        self.text = Path(template.__file__).read_text()
        self.toml = (
            'name = "boards"\nversion = "1"\n[devices.my-board]\ngpu_flop_per_s = 5e12\n'
            "gpu_memory_bytes = 8000000000\ngpu_memory_bytes_per_s = 1e11\n"
            'sources = [{values = ["gpu_flop_per_s"], source = "sheet", verified = true}]\n'
        )

    def write(self, rng):
        is_toml = rng.random() < 0.25
        self.path = self.folder / ("mutated.toml" if is_toml else "mutated.py")
        head, tail = self.text.split("def cheapest_first", 1)
        tail = f"def cheapest_first{tail}"
        head, tail = (self.toml, "") if is_toml else (head, tail)
        if rng.random() < 0.6:
            data = (mutated_lines(head, rng) + tail).encode("utf-8", "surrogatepass")
        else:
            data = mutated_bytes(head.encode(), rng) + tail.encode()
        self.path.write_bytes(data)

    def read(self):
        plugin = Plugin.read(self.path)
        text = self.path.read_bytes().decode()
        if self.path.suffix == ".toml":
            told = tomllib.loads(text)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of escapes that a mutation made odd
                body = ast.parse(text).body
            (found,) = [
                each.value
                for each in body
                if isinstance(each, ast.Assign) and each.targets[0].id == "PLUGIN"
            ]
            told = ast.literal_eval(found)
        holds(plugin.entry.model_dump(mode="json"), json.loads(json.dumps(told)))
        for each in plugin.methods():
            assert each.summary.isprintable()
