"""Instance files that are fuzzed."""

import json

import otgah
from instances.families.registry import family
from instances.files import read_instance, write_instance
from tests.fuzzing.agreement import same
from tests.fuzzing.format import JsonFormat


def small_instances():
    """Return small instances of several kinds: with and without physics, with what is known."""
    drawn = [
        next(family("paper").generate({"num_requests": "4"}, 0)),
        next(family("half-tight").generate({"num_pairs": "1", "batch": "2"}, 0)),
        next(family("uniform-random").generate({"num_requests": "8", "num_levels": "0"}, 0)),
    ]
    return tuple(drawn)


class InstanceFormat(JsonFormat):
    """Instance files."""

    name = "instance"

    def __init__(self, folder):
        super().__init__(folder)
        self.sound = []
        for each in small_instances():
            write_instance(each, self.folder / "sound.json")
            self.sound.append(json.loads((self.folder / "sound.json").read_text()))

    def read(self):
        instance = read_instance(self.path)
        document = self.document()
        same(instance.name, document["name"])
        declared = instance.coefficients.to_lists()
        unfit = instance.coefficients.unfit | instance.coefficients.eligible
        declared["eligible"] = unfit.astype(int).tolist()
        same(declared, document["coefficients"])
        for key in ("family", "seed", "requests", "scenario"):
            same(getattr(instance, key), document.get(key))
        same(dict(instance.parameters), document.get("parameters") or {})
        same(
            None if instance.edge_nodes is None else list(instance.edge_nodes),
            document.get("edge_nodes"),
        )
        known = document.get("best_known")
        if known is not None:
            same(
                {key: getattr(instance.best_known, key) for key in known},
                known,
            )
        else:
            assert instance.best_known is None
        otgah.check(self.path)
        write_instance(instance, self.folder / "again.json")
        assert read_instance(self.folder / "again.json").coefficients.digest() == (
            instance.coefficients.digest()
        )
