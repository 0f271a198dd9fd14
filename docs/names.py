"""Public names: a page for each name of ``otgah``, made from its docstring."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from sphinx.pycode import ModuleAnalyzer

import otgah
from docs.markdown import contents, table

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = {"function": "Functions", "class": "Types", "data": "Constants"}
"""Heading of each kind of public name."""


def pages() -> dict[str, str]:
    """Return the text of each page by its path: the list of names, and a page for each name."""
    made = {f"reference/names/{name}.md": page(name) for name in otgah.__all__}
    made["reference/names.md"] = _overview(otgah.__all__)
    return made


def kind(name: str) -> str:
    """Return the kind of a public name: function, class or data."""
    value = getattr(otgah, name)
    if inspect.isclass(value):
        return "class"
    return "function" if callable(value) else "data"


def page(name: str) -> str:
    """Return the page of a public name."""
    of_kind = kind(name)
    if of_kind == "data":
        return f"# {name}\n\n```{{py:data}} otgah.{name}\n{_data_text(name)}\n```\n"
    options = "   :members:\n   :exclude-members: model_config\n" if of_kind == "class" else ""
    directive = f".. auto{of_kind}:: otgah.{name}\n{options}"
    return f"# {name}\n\n```{{eval-rst}}\n{directive}```\n"


def summary(name: str) -> str:
    """Return the first sentence of the documentation of a public name."""
    text = _data_text(name) if kind(name) == "data" else inspect.getdoc(getattr(otgah, name)) or ""
    return text.split("\n\n")[0].replace("\n", " ").replace("``", "`")


def _data_text(name: str) -> str:
    """Return the text below a constant in the module that defines it."""
    module = otgah._PLACES[name]
    documents = ModuleAnalyzer.for_module(module).find_attr_docs()
    return "\n".join(documents["", otgah._RENAMED.get(name, name)]).strip()


def _overview(names: Iterable[str]) -> str:
    parts = ["# The public names of `otgah`\n"]
    for of_kind, heading in KINDS.items():
        listed = [each for each in names if kind(each) == of_kind]
        rows = [[f"[`{each}`](names/{each}.md)", summary(each)] for each in listed]
        parts += [f"## {heading}\n", table(["name", "summary"], rows) + "\n"]
        parts.append(contents(f"names/{each}" for each in listed))
    return "\n".join(parts)
