"""Staging: the pages of the repository, copied so that their relative links stay as they are."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from docs import commands, families, league, methods, names, study

ROOT = Path(__file__).parents[1]
"""Top of the repository."""

PAGES = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "analysis/guides/*.md",
    "analysis/guides/*.py",
    "analysis/metrics/README.md",
    "formulations/notation.md",
    "instances/library/README.md",
)
"""Pages of the repository that become pages of the site."""

FILES = (
    "CITATION.cff",
    "LICENSE",
    "analysis/plugins/template.py",
    "analysis/reports/assets/*.png",
    "analysis/results/study/*.svg",
    "instances/*.schema.json",
)
"""Files that the pages show or link."""

REPLACED = {
    "../results/study": "../study.md",
    "instances/library/": "instances/library/README.md",
    "../plugins/template.py": "../../template.md",
}
"""Links to folders and sources, and the pages of the site that take their place."""

_LINK = re.compile(r"\]\(([^)\s]+)\)")


def stage(source: Path) -> None:
    """Write every page of the site, copied or generated, below a new folder.

    Parameters
    ----------
    source
        The folder. An earlier one of this name is replaced.
    """
    shutil.rmtree(source, ignore_errors=True)
    for pattern in (*PAGES, *FILES):
        for path in sorted(ROOT.glob(pattern)):
            _copy(path, source / path.relative_to(ROOT))
    for path in sorted((ROOT / "docs" / "pages").glob("*.md")):
        _copy(path, source / path.name)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    contents = (ROOT / "docs" / "pages" / "index.md").read_text(encoding="utf-8")
    _write(source / "index.md", f"{readme}\n{contents}")
    for name, text in generated().items():
        _write(source / name, text)


def generated() -> dict[str, str]:
    """Return the text of every generated page by its path."""
    return {
        **names.pages(),
        **commands.pages(),
        **methods.pages(),
        **families.pages(),
        **study.pages(ROOT),
        **league.pages(ROOT),
    }


def _copy(path: Path, copied: Path) -> None:
    if path.suffix == ".md":
        _write(copied, path.read_text(encoding="utf-8"))
    else:
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_LINK.sub(_relinked, text), encoding="utf-8")


def _relinked(found: re.Match[str]) -> str:
    return f"]({REPLACED.get(found[1], found[1])})"
