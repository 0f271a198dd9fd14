"""The report: an executed notebook, and a page in one file that asks no network for anything."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.answer import answer, question
from analysis.comparison_text import answers
from analysis.run_table import runs_table
from heuristics.errors import InputError
from instances.atomic import replacing

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

    from analysis.comparison import Comparison

REPORTS = Path(__file__).with_name("reports")

_KERNEL = {"KernelManager": {"transport": "ipc"}}
"""The kernel talks through files, not through open ports."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report that was made.

    Parameters
    ----------
    page, notebook
        The files.
    answer
        The sentence that the page opens with.
    problems
        Contradictions and failed runs, a line each; ``otgah report --strict`` refuses them.
    """

    page: Path
    notebook: Path
    answer: str
    problems: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as ``otgah report --json`` prints it."""
        return {
            "page": str(self.page),
            "notebook": str(self.notebook),
            "answer": self.answer,
            "problems": list(self.problems),
        }


def report(
    path: str | PathLike[str], out: str | PathLike[str], *, name: str = "overview"
) -> Report:
    """Make a report of a store of runs. It reads the runs and solves nothing.

    Parameters
    ----------
    path
        The store that a batch wrote.
    out
        The page, an ``.html`` file; the executed notebook goes beside it as ``.ipynb``.
    name
        Which report: a notebook in ``analysis/reports``.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        If the path holds no store, or no run; or if ``out`` does not end in ``.html``.
    RuntimeError
        If the notebook does not take the parameter that it is given.
    """
    page = _page(out)
    runs = runs_of(path)
    executed = _executed(name, {"runs_path": str(Path(path).resolve())})
    notebook = _write(executed, page, title=question(runs))
    return Report(page=page, notebook=notebook, answer=answer(runs), problems=problems(runs))


def report_comparison(
    before: str | PathLike[str], after: str | PathLike[str], out: str | PathLike[str]
) -> Report:
    """Make a report of two stores of runs: what got better and worse from one to the other.

    Parameters
    ----------
    before, after
        The stores that two batches wrote.
    out
        The page, an ``.html`` file; the executed notebook goes beside it as ``.ipynb``.

    Raises
    ------
    InputError
        If a path holds no store, or no run; or if ``out`` does not end in ``.html``.
    """
    page = _page(out)
    compared = compare_stores(before, after)
    paths = {"before_path": before, "after_path": after}
    executed = _executed("compare", {key: str(Path(path).resolve()) for key, path in paths.items()})
    notebook = _write(executed, page, title="What got better, and what worse?")
    return Report(
        page=page,
        notebook=notebook,
        answer=" ".join(answers(compared)),
        problems=comparison_problems(compared),
    )


def compare_stores(before: str | PathLike[str], after: str | PathLike[str]) -> Comparison:
    """Compare the runs of two stores.

    Raises
    ------
    InputError
        If a path holds no store, or no run.
    """
    from analysis.comparison import compare

    return compare(runs_of(before), runs_of(after))


def _page(out: str | PathLike[str]) -> Path:
    page = Path(out)
    if page.suffix != ".html":
        raise InputError("must end in .html", source="--out", found=str(out))
    return page


def runs_of(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the runs of a store, at least one; see :func:`analysis.run_table.runs_table`.

    Raises
    ------
    InputError
        If the path holds no store, or no run.
    """
    runs = runs_table(path)
    if runs.empty:
        raise InputError("must hold at least one run, found none", source=path)
    return runs


def _write(executed: Any, page: Path, *, title: str) -> Path:
    """Write the page, and the notebook beside it, whose path is returned."""
    notebook = page.with_suffix(".ipynb")
    with replacing(page) as temporary:
        temporary.write_text(_html(executed, title=title), encoding="utf-8")
    with replacing(notebook) as temporary:
        import_module("nbformat").write(executed, temporary)
    return notebook


def _executed(name: str, parameters: dict[str, str]) -> Any:
    """Run a notebook with parameters, which it must have."""
    jupytext, nbformat, papermill = map(import_module, ("jupytext", "nbformat", "papermill"))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, f"{name}.ipynb"), Path(folder, "executed.ipynb")
        nbformat.write(jupytext.read(REPORTS / f"{name}.py"), source)
        # A parameter that papermill cannot place would leave the default in force.
        unknown = parameters.keys() - papermill.inspect_notebook(str(source)).keys()
        if unknown:
            raise RuntimeError(f"the notebook {name} has no parameter {', '.join(unknown)}")
        papermill.execute_notebook(
            str(source),
            str(target),
            parameters=parameters,
            progress_bar=False,
            cwd=folder,
            config=import_module("traitlets.config").Config(_KERNEL),
        )
        executed = nbformat.read(target, as_version=4)
    del executed.metadata["papermill"]  # where and when: not what a reader asks
    return executed


def _html(notebook: Any, *, title: str) -> str:
    from jinja2 import FileSystemLoader

    exporter = import_module("nbconvert").HTMLExporter(
        template_name="basic",
        template_file="page.html.j2",
        extra_loaders=[FileSystemLoader(REPORTS)],
    )
    style = (REPORTS / "page.css").read_text(encoding="utf-8")
    text, _ = exporter.from_notebook_node(notebook, resources={"title": title, "style": style})
    return str(text)


def problems(runs: pd.DataFrame) -> tuple[str, ...]:
    """Return contradictions and failed runs, a line each; none where nothing went wrong."""
    found = runs.dropna(subset=["contradiction"]).drop_duplicates(["instance", "problem"])
    lines = [
        f"contradiction on {row['instance']}: {row['contradiction']}"
        for row in found.to_dict("records")
    ]
    num_failed = int(runs["failed"].sum())
    if num_failed:
        lines.append(f"{num_failed} of {len(runs)} runs failed")
    return tuple(lines)


def comparison_problems(compared: Comparison) -> tuple[str, ...]:
    """Return the contradictions of two campaigns, and how many runs of the later one failed."""
    return problems(compared.runs[compared.runs["campaign"] == "after"])
