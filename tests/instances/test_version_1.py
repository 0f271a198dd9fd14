"""Version 1 of the file format: bytes and digests of the library stay as they are."""

import hashlib
from pathlib import Path

import instances
from instances.files import read_instance, write_instance

LIBRARY = Path(instances.__file__).parent / "library"

DIGESTS = "02fa4663622ab80c7a008131b9d34f6b13922156ce6e16d472e72845375153ba"
"""The sha256 of the digests below, as they were when version 1 was the only one."""

ADDED_LATER = ("horizon-", "city-", "choose-")


def test_the_library_keeps_its_bytes_and_digests(tmp_path):
    """Each file is read and written again; the digests are those of each file and each row."""
    paths = [
        path
        for path in sorted(LIBRARY.glob("*.json*"))
        if ".schedule." not in path.name
        and ".certificate." not in path.name
        and not path.name.startswith(ADDED_LATER)
    ]
    told = []
    for path in paths:
        instance = read_instance(path)
        write_instance(instance, tmp_path / path.name)
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
        data = instance.coefficients
        told += [data.digest(), *(data.at(j).digest() for j in range(data.num_edge_nodes))]
    assert len(paths) == 117
    assert hashlib.sha256(" ".join(told).encode()).hexdigest() == DIGESTS
