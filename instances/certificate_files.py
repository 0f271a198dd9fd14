"""Certificate files: proofs of bounds on the throughput of an instance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from heuristics.certificate import (
    Branch,
    Certificate,
    Choice,
    Multipliers,
    Prices,
    Proof,
    Split,
)
from heuristics.errors import InputError
from instances import expect
from instances.strict_json import read_json, write_json

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from instances.instance import Instance

Grown = TypeVar("Grown")

FORMAT = "otgah-certificate"
VERSIONS = (1, 2)
"""Versions of the format; files with splits of alternatives have version 2, all others 1."""
SCHEMA_PATH = Path(__file__).with_name("certificate.schema.json")

LARGEST_NUMBER = 10**60
"""Largest denominator and multiplier that is read."""

LARGEST_DEPTH = 500
"""Largest number of splits from the root to a leaf of an edge node's tree."""

_KEYS = (
    "format",
    "version",
    "instance",
    "coefficients_sha256",
    "denominator",
    "bound",
    "proof",
    "tree",
)
_OPTIONAL = ("tree_bound",)
_PROOFS = (Proof.BOUND, Proof.ENUMERATION)
_CHILDREN = ("lower", "upper")


def read_certificate(
    path: str | os.PathLike[str], instance: Instance, *, edge_node: int | None = None
) -> Certificate:
    """Read a certificate file of an instance.

    Parameters
    ----------
    path
        Path of the file: JSON as described by ``certificate.schema.json``, gzipped if the name
        ends in ``.gz``.
    instance
        The whole instance that the certificate belongs to.
    edge_node
        Index of the edge node that the certificate must be about; None for all edge nodes.

    Returns
    -------
    Certificate
        The certificate as read. It is not verified against the instance.

    Raises
    ------
    InputError
        If the file breaks a rule of the format or names another instance.
    """
    document = read_json(path)
    try:
        return parse_certificate(document, _name(instance, edge_node))
    except InputError as error:
        raise error.within(path) from error


def write_certificate(
    certificate: Certificate,
    instance: Instance,
    path: str | os.PathLike[str],
    *,
    edge_node: int | None = None,
) -> None:
    """Write a certificate file: under a temporary name first, then renamed.

    Parameters
    ----------
    certificate
        Certificate to write.
    instance
        The whole instance that the certificate belongs to.
    path
        Path of the file, gzipped if the name ends in ``.gz``.
    edge_node
        Index of the edge node that the certificate is about; None for all edge nodes.

    Raises
    ------
    InputError
        If the tree is too deep for the format.
    """
    write_json(certificate_document(certificate, _name(instance, edge_node)), path)


def certificate_document(certificate: Certificate, instance: str) -> dict[str, Any]:
    """Return a certificate as a document, the content of its file.

    Parameters
    ----------
    certificate
        The certificate.
    instance
        Name of the instance, or NAME@EDGE_NODE for a certificate of one edge node.

    Raises
    ------
    InputError
        If the tree is too deep for the format.
    """
    return {
        "format": FORMAT,
        "version": VERSIONS[_has_choices(certificate.tree)],
        "instance": instance,
        "coefficients_sha256": certificate.digest,
        "denominator": certificate.denominator,
        "bound": certificate.bound,
        "proof": certificate.proof,
        "tree_bound": certificate.tree_bound,
        "tree": _tree_document(certificate.tree, _prices_document, "tree", 0),
    }


def _has_choices(tree: Any) -> bool:
    """Return True if a tree of P1 has a split of alternatives."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Branch):
            if isinstance(part.split, Choice):
                return True
            waiting += [part.lower, part.upper]
    return False


def _name(instance: Instance, edge_node: int | None) -> str:
    return instance.name if edge_node is None else instance.name_at(edge_node)


def parse_certificate(document: Any, name: str) -> Certificate:
    """Return the certificate of a document, the parsed content of a certificate file.

    Parameters
    ----------
    document
        The document.
    name
        Name that the document must have: that of the instance, or NAME@EDGE_NODE for a
        certificate of one edge node.

    Raises
    ------
    InputError
        If the document breaks a rule of the format or names another instance.
    """
    expect.header(document, format_name=FORMAT, versions=VERSIONS, required=_KEYS)
    expect.only(document, (*_KEYS, *_OPTIONAL))
    if document["instance"] != name:
        raise InputError(f"must be {name!r}", field="instance", found=document["instance"])
    denominator = expect.integer(document["denominator"], "denominator", LARGEST_NUMBER)
    if denominator == 0:
        raise InputError("must be at least 1", field="denominator", found=0)
    if document["proof"] not in _PROOFS:
        rule = f"must be one of {', '.join(_PROOFS)}"
        raise InputError(rule, field="proof", found=document["proof"])
    bound = expect.integer(document["bound"], "bound")
    proof = Proof(document["proof"])
    usual = bound + (proof is Proof.ENUMERATION)
    tree_bound = expect.integer(document.get("tree_bound", usual), "tree_bound")
    if tree_bound < bound or (tree_bound > bound) != (proof is Proof.ENUMERATION):
        rule = "must be the bound, or above it where the proof is an enumeration"
        raise InputError(rule, field="tree_bound", found=tree_bound)
    return Certificate(
        digest=expect.kind(document["coefficients_sha256"], str, "coefficients_sha256"),
        denominator=denominator,
        tree=_read_tree(document["tree"], _prices, "tree", 0, choices=document["version"] > 1),
        bound=bound,
        proof=proof,
        tree_bound=tree_bound,
    )


def _read_tree(
    document: Any,
    leaf: Callable[[Any, str, int], Any],
    field: str,
    depth: int,
    *,
    choices: bool = False,
) -> Any:
    """Read a tree from a document.

    ``leaf`` reads a leaf from its document, field and depth. With ``choices`` a split may be one
    of alternatives.
    """
    read_split = _any_split if choices else _split

    def read(document: Any, field: str, depth: int) -> tuple[Any, tuple[Any, ...]]:
        expect.kind(document, dict, field)
        if "split" not in document:
            return leaf(document, field, depth), ()
        _keys(document, ("split", *_CHILDREN), field)
        return read_split(document["split"], f"{field}.split"), tuple(
            document[k] for k in _CHILDREN
        )

    return _grow(document, read, Branch, field, depth)


def _tree_document(
    tree: Any, leaf: Callable[[Any, str, int], Any], field: str, depth: int
) -> dict[str, Any]:
    """Return a tree as the file has it; ``leaf`` returns the document of a leaf."""

    def read(tree: Any, field: str, depth: int) -> tuple[Any, tuple[Any, ...]]:
        if isinstance(tree, Branch):
            return tree.split._asdict(), (tree.lower, tree.upper)
        return leaf(tree, field, depth), ()

    def join(split: Any, lower: Any, upper: Any) -> Any:
        return {"split": split, "lower": lower, "upper": upper}

    return dict(_grow(tree, read, join, field, depth))


def _grow(
    root: Any,
    read: Callable[[Any, str, int], tuple[Any, tuple[Any, ...]]],
    join: Callable[[Any, Any, Any], Any],
    field: str,
    depth: int,
) -> Any:
    """Convert a tree by ``read`` and ``join``, without recursion.

    Parameters
    ----------
    root
        Root of the tree to convert.
    read
        Function that converts a node, and returns its two children, the lower one first; a leaf
        has no children.
    join
        Function that joins a converted node and its converted children.
    field, depth
        Field of the root in the file, and number of splits above it.
    """
    waiting, preorder = [(root, field, depth)], []
    while waiting:
        node, field, depth = waiting.pop()
        if depth > LARGEST_DEPTH:
            rule = f"must have at most {LARGEST_DEPTH} splits on the way to a leaf"
            raise InputError(rule, field="tree", found=depth)
        made, children = read(node, field, depth)
        preorder.append((made, bool(children)))
        waiting += [
            (child, f"{field}.{name}", depth + 1)
            for name, child in zip(_CHILDREN, children, strict=False)
        ][::-1]
    grown: list[Any] = []
    for made, has_children in reversed(preorder):
        grown.append(join(made, grown.pop(), grown.pop()) if has_children else made)
    return grown.pop()


def _any_split(document: Any, field: str) -> Split | Choice:
    if "group" not in expect.kind(document, dict, field):
        return _split(document, field)
    _keys(document, Choice._fields, field)
    return Choice(
        group=expect.integer(document["group"], f"{field}.group"),
        at=expect.integer(document["at"], f"{field}.at"),
    )


def _split(document: Any, field: str) -> Split:
    _keys(expect.kind(document, dict, field), Split._fields, field)
    level = document["level"]
    return Split(
        edge_node=expect.integer(document["edge_node"], f"{field}.edge_node"),
        level=None if level is None else expect.integer(level, f"{field}.level"),
        at=expect.integer(document["at"], f"{field}.at"),
    )


def _prices(document: Any, field: str, depth: int) -> Prices:
    _keys(document, Prices._fields, field)
    requests = expect.kind(document["requests"], list, f"{field}.requests")
    expect.integers(requests, f"{field}.requests", LARGEST_NUMBER)
    edge_nodes = expect.kind(document["edge_nodes"], list, f"{field}.edge_nodes")
    return Prices(
        requests=tuple(requests),
        edge_nodes=tuple(
            _read_tree(tree, _multipliers, f"{field}.edge_nodes[{index}]", depth)
            for index, tree in enumerate(edge_nodes)
        ),
    )


def _multipliers(document: Any, field: str, depth: int) -> Multipliers:
    _keys(document, Multipliers._fields, field)
    return Multipliers(
        *(
            expect.integer(document[name], f"{field}.{name}", LARGEST_NUMBER)
            for name in Multipliers._fields
        )
    )


def _prices_document(prices: Prices, field: str, depth: int) -> dict[str, Any]:
    return {
        "requests": list(prices.requests),
        "edge_nodes": [
            _tree_document(tree, _multipliers_document, f"{field}.edge_nodes[{index}]", depth)
            for index, tree in enumerate(prices.edge_nodes)
        ],
    }


def _multipliers_document(multipliers: Multipliers, field: str, depth: int) -> dict[str, Any]:
    return multipliers._asdict()


def _keys(document: dict[str, Any], keys: tuple[str, ...], field: str) -> None:
    expect.only(document, keys, f"{field}.")
    for key in keys:
        if key not in document:
            found = ", ".join(document) or "no keys"
            raise InputError("must be there", field=f"{field}.{key}", found=found)
