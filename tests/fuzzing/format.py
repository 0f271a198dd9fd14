"""Formats: sound files, what is made of them, and how one is read.

A read is refused by InputError alone; whatever else is raised is a finding. What is accepted must
mean what an independent reading of the same bytes says.
"""

import gzip
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from tests.helpers.mutators import mutated_bytes, mutated_document


class Format(ABC):
    """A format: sound files, what is made of them, and how one is read."""

    name: ClassVar[str]
    suffix: ClassVar[str] = ".json"

    def __init__(self, folder):
        self.folder = Path(folder)
        self.path = self.folder / f"mutated{self.suffix}"

    @abstractmethod
    def write(self, rng):
        """Write a mutated file to ``self.path``."""

    @abstractmethod
    def read(self):
        """Read the file and assert that it means what it says."""


class JsonFormat(Format):
    """A format of JSON, mutated by structure, by bytes, and behind a gzip."""

    sound: Sequence[Any]

    def write(self, rng):
        sound = rng.choice(self.sound)
        if rng.random() < 0.7:
            data = mutated_document(sound, rng).encode("utf-8", "surrogatepass")
        else:
            data = mutated_bytes(json.dumps(sound).encode(), rng)
        self.path = self.folder / f"mutated{self.suffix}"
        if rng.random() < 0.1:
            self.path = self.path.with_name(f"mutated{self.suffix}.gz")
            data = gzip.compress(data, compresslevel=1)
            data = mutated_bytes(data, rng) if rng.random() < 0.5 else data
        self.path.write_bytes(data)

    def document(self):
        """Return what the standard library reads, with every key of every object."""
        data = self.path.read_bytes()
        if self.path.suffix == ".gz":
            data = gzip.decompress(data)
        return json.loads(data.decode(), object_pairs_hook=_pairs)


def _pairs(pairs):
    assert len({key for key, _ in pairs}) == len(pairs), "a key twice"
    return dict(pairs)
