"""Hidden names: files of the user's that Python would import instead of a package of otgah.

Python takes ``instances`` from the first folder of ``sys.path`` that has it, and the folder of the
user's script comes first. A file ``instances.py`` there hides the package of the same name, and
errors without a trace of their cause would follow.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

PACKAGES = ("analysis", "formulations", "heuristics", "instances")
"""The packages beside ``otgah`` in the distribution."""

_BAD_INPUT = 2
_COMMANDS = ("otgah", "otgah.exe")


def refuse_hidden_names() -> None:
    """Refuse to go on where a package is hidden.

    Raises
    ------
    ImportError
        If Python would import another file or folder under the name of a package.
    SystemExit
        The same for the command ``otgah``: one line on stderr and exit status 2.
    """
    message = _complaint()
    if message is None:
        return
    if _is_command():
        print(f"otgah: {message}", file=sys.stderr)
        raise SystemExit(_BAD_INPUT)
    raise ImportError(message)


def _complaint() -> str | None:
    """Return which file hides which package, and the way out; None if no package is hidden."""
    here = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    for name in PACKAGES:
        found = _place(name)
        if found is None:
            return f"the package {name!r} is missing beside {here}/otgah; install otgah again"
        if os.path.realpath(found) not in (
            os.path.join(here, name),
            os.path.join(here, name, "__init__.py"),
        ):
            return (
                f"{found} hides the package {name!r} of otgah; rename that file or folder, "
                "or remove its folder from PYTHONPATH"
            )
    return None


def _place(name: str) -> str | None:
    """Return the file or folder that Python imports under a name."""
    try:
        spec = find_spec(name)
    except ValueError:  # a module without a specification, such as a script run as this name
        return getattr(sys.modules[name], "__file__", None)
    if spec is None:
        return None
    if spec.origin is not None:
        return spec.origin
    return next(iter(spec.submodule_search_locations or ()), None)


def _is_command() -> bool:
    """Return whether the import serves ``otgah`` in a terminal, or ``python -m otgah``."""
    started = sys.argv[0] if sys.argv else ""
    if started == "-m":
        return "otgah" in sys.orig_argv
    return os.path.basename(started) in _COMMANDS
