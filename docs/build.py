"""Build the site: ``python -m docs.build [FOLDER]``, which is ``runs/docs`` if not given.

Warnings of Sphinx, a failing guide and a broken link are errors.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from docs.links import faults
from docs.staging import ROOT, stage

FOLDER = ROOT / "runs" / "docs"


def build(folder: Path = FOLDER) -> int:
    """Build the site into a folder and return the exit status.

    Parameters
    ----------
    folder
        Folder of the site. The staged pages lie in ``.source`` inside, Sphinx's own files in
        ``.doctrees``.
    """
    for module in ("heuristics.ready", "formulations.ready"):
        import_module(module)  # else the first guide would show that kernels are compiled
    folder = folder.resolve()
    source = folder / ".source"
    stage(source)
    options = ["-q", "-W", "--keep-going", "-c", str(Path(__file__).parent)]
    status = sphinx([*options, "-d", str(folder / ".doctrees"), str(source), str(folder)])
    found = faults(folder)
    for each in found:
        print(each, file=sys.stderr)
    if status or found:
        return 1
    print(f"Site: {folder / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(build(*map(Path, sys.argv[1:2])))
