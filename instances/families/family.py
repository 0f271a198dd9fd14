"""Family: a seeded generator of instances, its parameters and its purpose."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from heuristics.errors import InputError
from heuristics.integers import LARGEST_VALUE
from heuristics.system_models.catalogue import reader
from heuristics.system_models.units import unit_names
from heuristics.system_models.validation import input_error
from heuristics.text_file import LARGEST_SETTINGS, read_text
from instances.file_names import DIGITS, digest, file_name
from instances.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from heuristics.coefficients import Coefficients
    from heuristics.system_models.scenario import Scenario
    from instances.instance import BestKnown

_FILE_SUFFIXES = frozenset({".csv", ".gz", ".json", ".jsonl", ".toml"})
_LONGEST_SETTINGS = 120


class Parameters(BaseModel):
    """Base class of the parameters of every family: typed, frozen, no unknown keys, no NaN."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


def _split(value: object) -> object:
    return value.split("+") if isinstance(value, str) else value


_Item = TypeVar("_Item")
Sequence = Annotated[tuple[_Item, ...], BeforeValidator(_split)]
"""Several values in one setting, joined by ``+``; commas separate the values of a grid."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One problem that a family drew.

    Parameters
    ----------
    coefficients
        Coefficients of the problem.
    scenario
        Physical description from which the coefficients follow; None if they were drawn
        directly.
    suffix
        Part of the name that distinguishes the problems of one seed, such as the epoch of a trace.
    edge_node_names
        Names of the edge nodes if there is no scenario.
    notes
        Remarks for readers of the instance, as JSON values: the quantities that were drawn, the
        number of requests left out and the reason.
    best_known
        Optimum or bounds known by construction.
    """

    coefficients: Coefficients
    scenario: Scenario | None = None
    suffix: str = ""
    edge_node_names: tuple[str, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    best_known: BestKnown | None = None


@dataclass(frozen=True, kw_only=True)
class Family:
    """A named family of instances.

    Parameters
    ----------
    name
        Name of the family.
    summary
        Description of its instances, in one line.
    binds
        Constraint that binds in its instances, in one line.
    parameters
        Class of its parameters, each with a default and a description.
    draw
        Function that draws the problems of one seed. The same parameters and seed give the same
        problems.
    """

    name: str
    summary: str
    binds: str
    parameters: type[Parameters]
    draw: Callable[[Any, int], Iterator[Drawn]]

    def parse(self, settings: Mapping[str, object]) -> Parameters:
        """Return the parameters with the given settings, and defaults for the others.

        Parameters
        ----------
        settings
            Values by name, as text if they come from a command line.

        Raises
        ------
        InputError
            If a name is unknown or a value is not allowed.
        """
        for key, value in settings.items():
            if key not in self.parameters.model_fields:
                known = ", ".join(sorted(self.parameters.model_fields)) or "none"
                raise InputError(
                    f"must be a parameter of the family ({known})", source=self._source, found=key
                )
            if isinstance(value, str) and not value.strip():
                raise InputError("must not be empty", source=self._source, field=key, found=value)
        try:
            return self.parameters.model_validate(dict(settings))
        except ValidationError as error:
            raise input_error(error, source=self._source) from error

    def generate(self, settings: Mapping[str, object], seed: int) -> Iterator[Instance]:
        """Yield the instances of one seed.

        Parameters
        ----------
        settings
            Values by name as in :meth:`parse`, one value each; the caller makes the grid.
        seed
            Seed of the draws, an integer of 0..10^15.

        Raises
        ------
        InputError
            If a setting, the seed or a file that a setting names is invalid.

        Notes
        -----
        The name of an instance consists of the family, the given settings, the suffix and the
        seed. It is a safe file name on every system.
        """
        self.refuse_seed(seed)
        parameters = self.parse(settings)
        stem, recorded = self._stem(parameters, settings), self.recorded(parameters)
        for drawn in self.draw(parameters, seed):
            suffix = f"-{file_name(drawn.suffix)}" if drawn.suffix else ""
            yield _instance(
                drawn,
                name=f"{stem}{suffix}-seed{seed}",
                family=self.name,
                seed=seed,
                parameters={
                    **recorded,
                    **_units(drawn),
                    **({"notes": dict(drawn.notes)} if drawn.notes else {}),
                },
            )

    def refuse_seed(self, seed: object) -> None:
        """Raise InputError unless the seed is an integer of 0..10^15."""
        if type(seed) is not int or not 0 <= seed <= LARGEST_VALUE:
            rule = "must be an integer of 0..10^15"
            raise InputError(rule, source=self._source, field="seed", found=seed)

    def recorded(self, parameters: Parameters) -> dict[str, Any]:
        """Return parameters as an instance file records them, without paths of this machine."""
        return {key: _recorded(value) for key, value in parameters.model_dump().items()}

    @property
    def _source(self) -> str:
        return f"family {self.name}"

    def _stem(self, parameters: Parameters, settings: Iterable[str]) -> str:
        parts = [f"{key}={_in_a_name(getattr(parameters, key))}" for key in sorted(settings)]
        text = "-".join(parts)
        if len(text) > _LONGEST_SETTINGS:
            text = f"{text[:_LONGEST_SETTINGS]}~{digest(text)}"
        return f"{self.name}-{text}" if text else self.name


def _units(drawn: Drawn) -> dict[str, str]:
    """Return the units of (12c) and (12d) beside tokens and MFLOP, as an instance records them."""
    return {} if drawn.scenario is None else unit_names(drawn.scenario)


def _instance(drawn: Drawn, **identity: Any) -> Instance:
    return Instance(
        coefficients=drawn.coefficients,
        edge_nodes=tuple({"name": name} for name in drawn.edge_node_names) or None,
        scenario=drawn.scenario,
        best_known=drawn.best_known,
        **identity,
    )


def _recorded(value: object) -> Any:
    """Return a parameter as an instance file records it, without paths of this machine."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_recorded(each) for each in value]
    return _file_reference(value) if _is_file(value) else value


def _in_a_name(value: object) -> str:
    """Return a parameter as part of a file name; different values give different texts."""
    if isinstance(value, tuple):
        return "+".join(_in_a_name(each) for each in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, Enum):
        return _in_a_name(value.value)
    text = _file_reference(value) if _is_file(value) else str(value)
    safe = re.sub(r"[^A-Za-z0-9._+~-]", "_", text)
    return safe if safe == text else f"{safe}~{digest(text)}"


def _is_file(value: object) -> bool:
    """Return True if a parameter names a file rather than an entry of the catalogue."""
    if isinstance(value, str):
        return "/" in value or "\\" in value or Path(value).suffix in _FILE_SUFFIXES
    return isinstance(value, Path)


def _file_reference(value: Any) -> str:
    """Return the file's name without its folder, and a digest of its content.

    The configurations of LLMs that a scenario names are part of its content.
    """
    path = Path(value)
    content = _content(path)
    named = [_content(each) for each in _named_configurations(path)]
    if named:
        content = hashlib.sha256(" ".join([content, *named]).encode()).hexdigest()
    return f"{path.name.split('.')[0]}~{content[:DIGITS]}"


def _content(path: Path) -> str:
    try:
        status = path.stat()
        return _digest(path, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = getattr(error, "strerror", error)
        raise InputError(f"must be a file that can be read ({reason})", source=path) from error


def _named_configurations(path: Path) -> list[Path]:
    """Return the configurations that a scenario names; none if the file is no scenario."""
    if path.suffix != ".toml":
        return []
    try:
        document = tomllib.loads(read_text(path, largest=LARGEST_SETTINGS))
    except (InputError, tomllib.TOMLDecodeError):
        return []
    edge_nodes = document.get("edge_nodes", ())
    tables = [document.get("inference"), *(edge_nodes if isinstance(edge_nodes, list) else ())]
    names = {each.get("llm") for each in tables if isinstance(each, dict)}
    return [path.parent / each for each in sorted(map(str, names)) if reader.is_path(each)]


@lru_cache(maxsize=64)  # a trace may have gigabytes, and each seed and name refers to it
def _digest(path: Path, changed_ns: int, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
