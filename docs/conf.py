"""Configuration of Sphinx: one offline site from the pages that are staged beside it."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "otgah"
author = "The otgah authors"
copyright = author
release = importlib.metadata.version("otgah")

extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc", "sphinx_design", "docs.mathml"]
html_math_renderer = "mathml"

source_suffix = {".md": "myst-nb", ".py": "myst-nb"}
exclude_patterns = ["analysis/plugins/*.py"]
nb_custom_formats = {".py": ["jupytext.reads", {"fmt": "py:percent"}]}
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["myst.header"]

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
add_module_names = False
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"otgah {release}"
html_static_path = [str(Path(__file__).parent / "static")]
html_css_files = ["site.css"]
html_js_files = ["focus.js"]
html_show_sphinx = False
html_copy_source = False
html_show_search_summary = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def setup(app: Sphinx) -> None:
    """Give the captions of the navigation the level that their role of a heading requires."""
    app.connect("html-page-context", _level_captions, priority=900)


def _level_captions(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    name = "furo_navigation_tree"
    if name in context:
        context[name] = context[name].replace('role="heading"', 'role="heading" aria-level="2"')
