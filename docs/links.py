"""Links of the finished site: each leads somewhere, and no page loads a file from outside."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from pathlib import Path

LOADED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src"}
"""Attribute of each element that a browser loads without a click."""


class _Page(HTMLParser):
    """Targets of a page: the links, the loaded files, and the places that links may name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the targets of an element."""
        values = {name: value for name, value in attrs if value is not None}
        self.places |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag in LOADED and LOADED[tag] in values:
            self.loaded.append(values[LOADED[tag]])


def faults(site: Path) -> list[str]:
    """Return a line for each broken link and each file that a page would load from outside.

    Parameters
    ----------
    site
        Folder of the finished site. No request is made to any network.
    """
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        outside = [each for each in page.loaded if _is_outside(each)]
        found += [f"{path.relative_to(site)} loads {each}" for each in outside]
        for link in dict.fromkeys([*page.links, *page.loaded]):
            if not _is_outside(link) and not _leads(link, path, pages):
                found.append(f"{path.relative_to(site)} links {link}, which does not exist")
    return found


def _is_outside(link: str) -> bool:
    parts = urlsplit(link)
    return bool(parts.netloc) or parts.scheme not in {"", "data"}


def _leads(link: str, path: Path, pages: dict[Path, _Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme == "data":
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return False
    place = unquote(parts.fragment)
    return not place or target not in pages or place in pages[target].places
