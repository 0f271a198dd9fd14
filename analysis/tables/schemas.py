"""Schemas: the JSON Schema of each format that is read or written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(name: str) -> dict[str, Any]:
    """Return the schema of a format.

    Parameters
    ----------
    name
        Name of the format, a key of :data:`SCHEMAS`.

    Raises
    ------
    InputError
        If the name is unknown.

    Examples
    --------
    >>> schema("schedule")["title"]
    'otgah schedule'
    """
    if name not in SCHEMAS:
        raise InputError(f"must be one of {', '.join(SCHEMAS)}", field="schema", found=name)
    make, _ = SCHEMAS[name]
    return make()


def _instance() -> dict[str, Any]:
    from instances.files import SCHEMA_PATH

    return _read(SCHEMA_PATH.read_text(encoding="utf-8"))


def _schedule() -> dict[str, Any]:
    from instances.schedule_files import SCHEMA_PATH

    return _read(SCHEMA_PATH.read_text(encoding="utf-8"))


def _certificate() -> dict[str, Any]:
    from instances.certificate_files import SCHEMA_PATH

    return _read(SCHEMA_PATH.read_text(encoding="utf-8"))


def _read(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    return document


def _scenario() -> dict[str, Any]:
    from heuristics.system_models.template import Template

    told = (
        "The recipe of a scenario, a TOML file for `--set scenario=my.toml`. The names of LLMs, "
        "devices and quantization schemes must be in the catalogue, which a schema cannot check."
    )
    made = Template.model_json_schema()
    return {"$schema": DIALECT} | made | {"title": "otgah scenario", "description": told}


def _profile() -> dict[str, Any]:
    from heuristics.system_models.latency_profile import LatencyProfile

    told = (
        "A latency profile, the TOML file that `otgah calibrate` writes, for `--set "
        "device=board.toml`. Times are in seconds, errors and the margin are fractions."
    )
    made = LatencyProfile.model_json_schema()
    return {"$schema": DIALECT} | made | {"title": "otgah profile", "description": told}


def _runs() -> dict[str, Any]:
    from analysis.tables.run_schema import runs_schema

    return runs_schema()


SCHEMAS: Mapping[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "instance": (_instance, "an instance file"),
    "schedule": (_schedule, "a schedule file"),
    "certificate": (_certificate, "the certificate of a bound"),
    "scenario": (_scenario, "a scenario, which is TOML"),
    "profile": (_profile, "a latency profile, which is TOML"),
    "runs": (_runs, "the table of runs, as export-runs writes it to a .json file"),
}
"""The function that makes the schema of each format, and its description."""
