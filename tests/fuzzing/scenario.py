"""Scenario files that are fuzzed."""

import tomllib
from pathlib import Path

from heuristics.system_models.assemble import assemble
from heuristics.system_models.template import read_template
from instances.families import drawing
from tests.fuzzing.agreement import holds, refused
from tests.fuzzing.format import Format
from tests.helpers.mutators import mutated_bytes, mutated_lines


class ScenarioFormat(Format):
    """Scenario files."""

    name, suffix = "scenario", ".toml"
    names = ("section-v", "modern", "trace", "mixed-models", "scarce-spectrum")

    def write(self, rng):
        source = Path(read_template.__code__.co_filename).parent / "catalogue" / "scenarios"
        text = (source / f"{rng.choice(self.names)}.toml").read_text()
        if rng.random() < 0.7:
            text = mutated_lines(text, rng)
            self.path.write_bytes(text.encode("utf-8", "surrogatepass"))
        else:
            self.path.write_bytes(mutated_bytes(text.encode(), rng))

    def read(self):
        template = read_template(str(self.path))
        told = tomllib.loads(self.path.read_bytes().decode())
        holds(template.model_dump(mode="json"), told)
        workload = template.workload
        expected = workload.num_requests
        if expected is None:
            expected = workload.rate_per_s * template.epoch.period_s
        if expected <= 1000:
            assemble(drawing.draw(template, 0))
        elif expected > drawing.LARGEST_REQUESTS:
            refused(lambda: drawing.draw(template, 0))
