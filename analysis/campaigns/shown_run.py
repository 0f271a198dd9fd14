"""Shown run: everything that a store has of a run, and the commands that repeat it."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.campaigns.outside_run import MARK, MODEL
from analysis.plugins.lookup import is_method
from analysis.store.store import read_rows, reading
from heuristics.errors import InputError
from heuristics.text_file import unpack
from instances.families.registry import family, names
from instances.files import parse_instance, read_instance, write_instance
from instances.strict_json import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from os import PathLike

    from instances.instance import Instance

    Row = Mapping[str, Any]

_SHORTEST = 4
_FOLDER = "again"
_LIBRARY = Path(__file__).resolve().parents[2] / "instances" / "library"
_CUT = ("time-limit", "memory-limit", "crash", "interrupted", "error")


@dataclass(frozen=True, kw_only=True)
class ShownRun:
    """A run of a store.

    Parameters
    ----------
    run
        Row of the run.
    instance
        Row of its instance.
    commands
        Commands that repeat the run in a checkout of the project; the last command solves.
    caution
        Reason why a repetition may give another result; None without one.
    """

    run: dict[str, Any]
    instance: dict[str, Any]
    commands: tuple[str, ...]
    caution: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the run as ``otgah show --json`` prints it."""
        return {
            "run": self.run,
            "instance": self.instance,
            "commands": list(self.commands),
            "caution": self.caution,
        }


def show_run(
    path: str | PathLike[str], run: str, *, instance_out: str | PathLike[str] | None = None
) -> ShownRun:
    """Return one run with its instance and the commands that repeat it.

    Parameters
    ----------
    path
        Path of the store.
    run
        First characters of the key, at least four; no other key may begin with them.
    instance_out
        Path to which the instance file is written; None to write no file.

    Raises
    ------
    InputError
        If the path is not a store of this version, or no key or several keys match.
    """
    found = [row for row in read_rows(path, "runs") if row["key"].startswith(run)]
    if len(run) < _SHORTEST or len(found) != 1:
        rule = f"must be the first characters of the key of one run, at least {_SHORTEST}"
        raise InputError(rule, source=path, field="run", found=run)
    [row] = found
    name = row["instance"]
    instances = [each for each in read_rows(path, "instances") if each["instance"] == name]
    if not instances:
        raise InputError("must hold the instance of the run", source=path, found=name)
    [of] = instances
    documents = [each for each in read_rows(path, "documents") if each["name"] == of["whole"]]
    whole = _whole(path, documents[0]["document"]) if documents else None
    if instance_out is not None:
        if whole is None:
            raise InputError("must hold the file of the instance", source=path, found=of["whole"])
        write_instance(whole, instance_out)
    made, file = _made_again(path, row, whole)
    return ShownRun(
        run=row,
        instance=of,
        commands=(*made, shlex.join(_solve(row, of, file))),
        caution=_caution(row),
    )


def stored_instance(path: str | PathLike[str], name: str) -> Instance | None:
    """Return a whole instance of a store, as it was read; None if the store lacks it.

    Raises
    ------
    InputError
        If the path is not a store of this version, or the instance breaks a rule.
    """
    with reading(path) as connection:
        query = "SELECT document FROM documents WHERE name = ?"
        found = connection.execute(query, [name]).fetchone()
    return None if found is None else _whole(path, found[0])


def _whole(path: str | PathLike[str], document: bytes) -> Instance:
    try:
        return parse_instance(parse_json(unpack(document, source=path), path))
    except InputError as error:
        raise error.within(path) from error


def _made_again(
    path: str | PathLike[str], row: Row, whole: Instance | None
) -> tuple[tuple[str, ...], str]:
    """Return the commands that make the file of an instance, and the path of the file.

    The family generates the instance if it still draws the same numbers. Otherwise the file comes
    from the library, or from the store.
    """
    if whole is not None:
        if (generated := _generated(whole)) is not None:
            return generated
        for file in sorted(_LIBRARY.iterdir()):
            is_named_so = file.name in (f"{whole.name}.json", f"{whole.name}.json.gz")
            if is_named_so and _digest(read_instance(file)) == _digest(whole):
                return (), str(file.relative_to(_LIBRARY.parents[2]))
    file_name = f"{_FOLDER}/{row['key'][:12]}.json"
    show = ["otgah", "show", str(path), row["key"][:12], "--instance", file_name]
    return (shlex.join(["mkdir", "-p", _FOLDER]), shlex.join(show)), file_name


def _generated(whole: Instance) -> tuple[tuple[str, ...], str] | None:
    """Return the command that generates an instance, and its file; None without such a command."""
    if whole.family not in names() or whole.seed is None:
        return None
    for settings in _settings(whole):
        try:
            drawn = list(family(whole.family).generate(settings, whole.seed))
        except InputError:
            continue
        for each in drawn:
            if _digest(each) == _digest(whole):
                pairs = [f"--set={key}={value}" for key, value in settings.items()]
                command = ["otgah", "generate", whole.family, "--out", _FOLDER]
                command += ["--seeds", str(whole.seed), *pairs]
                return (shlex.join(command),), f"{_FOLDER}/{each.name}.json"
    return None


def _digest(instance: Instance) -> str:
    return instance.coefficients.digest()


def _settings(whole: Instance) -> Iterator[dict[str, str]]:
    """Yield possible settings: first those that differ from the defaults, then all."""
    chosen = family(str(whole.family))
    defaults = chosen.recorded(chosen.parse({}))
    usable = {
        key: _as_text(value)
        for key, value in whole.parameters.items()
        if key in defaults and value is not None and "," not in _as_text(value)
    }
    yield {key: text for key, text in usable.items() if text != _as_text(defaults[key])}
    yield usable


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _solve(row: Row, of: Row, file: str) -> list[str]:
    command = ["otgah", "solve", file, "--method", row["method"], "--seed", str(row["seed"])]
    if (name := row["method"]).startswith(MARK):  # the model that the other solver solved
        exported = name.removeprefix(MARK)
        exported = exported if is_method(exported) else MODEL
        command = ["otgah", "export", file, "--method", exported, "--out", "model.mps"]
    z = row["cardinality"]
    is_named = row["problem"] != "P1" or z is not None
    if is_named:
        command += ["--problem", row["problem"]]
    if of["edge_node"] is not None:
        command += ["--edge-node", str(of["edge_node"])]
    for name, value in (
        ("--time-limit", row["time_limit_s"]),
        ("--node-limit", row["node_limit"]),
    ):
        if value is not None:
            command += [name, str(value)]
    for key, value in json.loads(row["options"]).items():
        if value is not None:
            command += ["--set", f"{key}={value}"]
    if row["plugin"] is not None:
        command += ["--plugin", f"{row['plugin']}.py"]
    return command


def _caution(row: Row) -> str | None:
    if row["ended_by"] in _CUT:
        return f"the run ended by {row['ended_by']}, which depends on the machine and its load"
    if row["method"].startswith(MARK):
        return "another solver solved the exported model, and its solution was imported"
    if row["plugin"] is not None:
        return f"the plug-in must be the file of sha256 {row['plugin_sha256'][:12]}"
    return None
