"""Instance files that are fuzzed."""

import json

import otgah
from heuristics.coefficients import RESOURCES
from instances.compressed_rows import rows_of
from instances.families.registry import family
from instances.files import read_instance, write_instance
from tests.fuzzing.agreement import holds, same
from tests.fuzzing.format import JsonFormat


def small_instances():
    """Return small instances of several kinds: with and without physics, with what is known."""
    drawn = [
        next(family("paper").generate({"num_requests": "4"}, 0)),
        next(family("half-tight").generate({"num_pairs": "1", "batch": "2"}, 0)),
        next(family("uniform-random").generate({"num_requests": "8", "num_levels": "0"}, 0)),
    ]
    return tuple(drawn)


def same_rows(data, document):
    """Assert that coefficients hold the rows of a document but for pairs that do not fit alone."""
    same(data.num_requests, document["num_requests"])
    unfit = {(j, i) for j, i in data.unfit_pairs.tolist()}
    for j, (row, found) in enumerate(zip(document["rows"], rows_of(data), strict=True)):
        kept = [place for place, i in enumerate(row["requests"]) if (j, i) not in unfit]
        same(found, {name: [column[place] for place in kept] for name, column in row.items()})
    for name in RESOURCES:
        key = f"{name}_capacity"
        same(getattr(data, key).tolist(), document[key])


class InstanceFormat(JsonFormat):
    """Instance files."""

    name = "instance"

    def __init__(self, folder):
        super().__init__(folder)
        self.sound = []
        for each in small_instances():
            for version in (1, 2):
                write_instance(each, self.folder / "sound.json", version=version)
                self.sound.append(json.loads((self.folder / "sound.json").read_text()))

    def read(self):
        instance = read_instance(self.path)
        document = self.document()
        same(instance.name, document["name"])
        data = instance.coefficients
        if document["version"] == 2:
            same_rows(data, document["coefficients"])
        else:
            declared = data.to_lists()
            declared["eligible"] = (data.unfit | data.eligible).astype(int).tolist()
            same(declared, document["coefficients"])
        for key in ("family", "seed"):
            same(getattr(instance, key), document.get(key))
        same(dict(instance.parameters), document.get("parameters") or {})
        if instance.scenario is None:
            assert document.get("scenario") is None
            found = instance.edge_nodes
            same(instance.requests, document.get("requests"))
            same(None if found is None else list(found), document.get("edge_nodes"))
        else:
            keys = ("requests", "edge_nodes", "scenario")
            parts = dict(zip(keys, instance.scenario.to_parts(), strict=True))
            holds(parts, {key: document[key] for key in keys})
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
