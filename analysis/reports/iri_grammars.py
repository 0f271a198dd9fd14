"""IRI grammars: what jsonschema builds at its import, for a format that nothing here checks."""

from __future__ import annotations

import sys


def leave_out() -> None:
    """Let jsonschema be imported without ``rfc3987_syntax``, which is optional to it.

    That package compiles 38 grammars of internationalised addresses when it is imported, one to
    two seconds, and Jupyter installs it. A process that imported it already keeps it.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
