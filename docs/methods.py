"""Methods: a page with the guarantee, the options and the reference of each method."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import otgah
from analysis.text.description import method_text
from docs.markdown import contents, escaped, table

if TYPE_CHECKING:
    from otgah import Method

EXCEPTIONS = {
    "decomposition": "formulations.decomposition.decomposition.decomposition",
    "milp-bigm-pulp": "formulations.milp.milp_bigm",
}
"""Function behind a method that is not found by the rule of :func:`function_of`."""

_OURS = ("heuristics.", "formulations.")

_READY = ".ready"  # a module that compiles kernels when it is imported


def function_of(method: Method) -> str:
    """Return the function behind a method, whose docstring states its guarantee and its source.

    It has the name of the method or of its module, and lies in one of the modules of the method.

    Raises
    ------
    LookupError
        If no module of the method has such a function.
    """
    if method.name in EXCEPTIONS:
        return EXCEPTIONS[method.name]
    modules = [
        each for each in method.modules if each.startswith(_OURS) and not each.endswith(_READY)
    ]
    own = [(each, method.name.replace("-", "_")) for each in modules]
    for module, name in [*own, *((each, each.rpartition(".")[2]) for each in modules)]:
        if callable(getattr(import_module(module), name, None)):
            return f"{module}.{name}"
    raise LookupError(f"docs/methods.py: no function of {method.name} in {', '.join(modules)}")


def pages() -> dict[str, str]:
    """Return the text of each page by its path: the list of methods, and a page for each."""
    known = [each for each in otgah.methods() if each.origin is None]
    made = {f"reference/methods/{each.name}.md": page(each) for each in known}
    rows = [
        [
            f"[`{each.name}`](methods/{each.name}.md)",
            escaped(each.summary),
            ", ".join(each.problems),
            "yes, given time" if each.is_exact else "no",
        ]
        for each in known
    ]
    made["reference/methods.md"] = "\n\n".join(
        [
            "# Methods",
            table(["method", "summary", "problems", "proves the optimum of P1"], rows),
            contents(f"methods/{each.name}" for each in known),
        ]
    )
    return made


def page(method: Method) -> str:
    """Return the page of a method: its properties, its options, and its function."""
    return "\n\n".join(
        [
            f"# {method.name}",
            escaped(method.summary),
            f"```text\n{method_text(method).partition(chr(10) * 2)[2]}\n```",
            "## The function",
            f"```{{eval-rst}}\n.. autofunction:: {function_of(method)}\n   :no-index:\n```\n",
        ]
    )
