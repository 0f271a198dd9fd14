"""The report: an executed notebook, and a page in one file that asks no network for anything."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.tables.runs import runs_table
from heuristics.errors import InputError
from instances.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    import pandas as pd

    from analysis.metrics.comparison import Comparison

NOTEBOOKS = Path(__file__).with_name("notebooks")

ASSETS = Path(__file__).with_name("assets")

_KERNEL = {
    "KernelManager": {"transport": "ipc"},
    "NotebookClient": {"shutdown_kernel": "immediate"},
}
"""The kernel talks through files, not through open ports, and ends without being interrupted, of
which it would tell the terminal."""


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


class Template(StrEnum):
    """What a report is about."""

    OVERVIEW = "overview"
    COMPARE = "compare"
    INSTANCE = "instance"
    CAMPAIGN = "campaign"


def report(
    path: str | PathLike[str],
    out: str | PathLike[str],
    *,
    template: str | None = None,
    after: str | PathLike[str] | None = None,
    instance: str | None = None,
    notebook: str | PathLike[str] | None = None,
) -> Report:
    """Make a report of a store of runs. It reads the runs and solves nothing.

    Parameters
    ----------
    path
        The store that a batch wrote.
    out
        The page, an ``.html`` file.
    template
        ``overview``, how far the heuristic is from the optimum; ``compare``, what got better and
        worse from ``path`` to ``after``; ``instance``, the schedules of one instance; ``campaign``,
        what ran and what failed. If None, the one that ``after`` and ``instance`` ask for.
    after
        A later store, for ``compare``.
    instance
        The instance, for ``instance``: its file, or its name in the store.
    notebook
        Where the executed notebook goes, an ``.ipynb`` file; beside the page if None.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        If a path holds no store, or no run; if a file's name does not end as it must; if the
        template lacks what it needs, or is given what it has no use for.
    RuntimeError
        If the notebook does not take the parameters that it is given.
    """
    chosen = _template(template, after=after, instance=instance)
    page = _file(out, ".html", "--out")
    beside = (
        page.with_suffix(".ipynb") if notebook is None else _file(notebook, ".ipynb", "--notebook")
    )
    subject = _subject(chosen, path, after, instance)
    executed = _executed(chosen, subject.parameters)
    with replacing(page) as temporary:
        temporary.write_text(_html(executed, title=subject.title), encoding="utf-8")
    with replacing(beside) as temporary:
        import_module("nbformat").write(executed, temporary)
    return Report(page=page, notebook=beside, answer=subject.answer, problems=subject.problems)


def _template(name: str | None, *, after: object, instance: object) -> Template:
    """Return the template that is meant; what it needs must be there, and nothing else."""
    needs = {
        Template.COMPARE: ("a later file of runs", after),
        Template.INSTANCE: ("--instance", instance),
    }
    if name is None:
        asked = [each for each, (_, given) in needs.items() if given is not None]
        name = asked[0] if asked else Template.OVERVIEW
    if name not in list(Template):
        raise InputError(f"must be one of {', '.join(Template)}", source="--template", found=name)
    for each, (what, given) in needs.items():
        if (given is None) == (name == each):
            verb = "must" if name == each else "must not"
            raise InputError(f"{verb} be given with {what}", source="--template", found=str(name))
    return Template(name)


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """What a page is about: its title, its answer, and what its notebook is told."""

    title: str
    answer: str
    problems: tuple[str, ...]
    parameters: dict[str, str]


def _subject(
    template: Template,
    path: str | PathLike[str],
    after: str | PathLike[str] | None,
    instance: str | None,
) -> _Subject:
    about: dict[Template, Callable[[], _Subject]] = {
        Template.OVERVIEW: lambda: _overview(path),
        Template.COMPARE: lambda: _comparison(path, str(after)),
        Template.INSTANCE: lambda: _instance(path, str(instance)),
        Template.CAMPAIGN: lambda: _campaign(path),
    }
    return about[template]()


def _overview(path: str | PathLike[str]) -> _Subject:
    from analysis.text.answer import answer, question

    runs = by_contestant(runs_of(path))
    return _Subject(
        title=question(runs), answer=answer(runs), problems=problems(runs), parameters=_paths(path)
    )


def _comparison(path: str | PathLike[str], after: str) -> _Subject:
    from analysis.text.comparison import TITLE, answers

    compared = compare_stores(path, after)
    return _Subject(
        title=TITLE,
        answer=" ".join(answers(compared)),
        problems=comparison_problems(compared),
        parameters=_paths(path, after_path=after),
    )


def _instance(path: str | PathLike[str], instance: str) -> _Subject:
    from analysis.reports.pages.instance import shown_instance

    is_file, given = Path(instance).is_file(), {"instance": instance}
    shown = shown_instance(path, by_contestant(runs_of(path)), instance)
    return _Subject(
        title=shown.title,
        answer=shown.answer,
        problems=problems(shown.runs),
        parameters=_paths(path, **given) if is_file else _paths(path) | given,
    )


def _campaign(path: str | PathLike[str]) -> _Subject:
    from analysis.reports.pages import campaign

    runs = runs_of(path)
    return _Subject(
        title=campaign.TITLE,
        answer=campaign.answer(runs),
        problems=problems(runs),
        parameters=_paths(path),
    )


def _paths(path: str | PathLike[str], **others: str) -> dict[str, str]:
    """Return the files that a notebook is told of, by names that hold wherever it runs."""
    return {name: str(Path(each).resolve()) for name, each in {"runs_path": path, **others}.items()}


def by_contestant(runs: pd.DataFrame) -> pd.DataFrame:
    """Return runs whose ``method`` names the options that set it apart from others of its name.

    Two of one method with different options belong in no mean together.
    """
    from analysis.metrics import with_contestant

    named = with_contestant(runs)
    return named.assign(method=named["contestant"])


def compare_stores(before: str | PathLike[str], after: str | PathLike[str]) -> Comparison:
    """Compare the runs of two stores.

    Raises
    ------
    InputError
        If a path holds no store, or no run.
    """
    from analysis.metrics.comparison import compare

    return compare(runs_of(before), runs_of(after))


def _file(path: str | PathLike[str], suffix: str, source: str) -> Path:
    if Path(path).suffix != suffix:
        raise InputError(f"must end in {suffix}", source=source, found=str(path))
    return Path(path)


def runs_of(path: str | PathLike[str]) -> pd.DataFrame:
    """Return the runs of a store, at least one; see :func:`analysis.tables.runs.runs_table`.

    Raises
    ------
    InputError
        If the path holds no store, or no run.
    """
    runs = runs_table(path)
    if runs.empty:
        raise InputError("must hold at least one run, found none", source=path)
    return runs


def _executed(name: str, parameters: dict[str, str]) -> Any:
    """Run a notebook with parameters, which it must have."""
    jupytext, nbformat, papermill = map(import_module, ("jupytext", "nbformat", "papermill"))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, f"{name}.ipynb"), Path(folder, "executed.ipynb")
        nbformat.write(jupytext.read(NOTEBOOKS / f"{name}.py"), source)
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

    from analysis.reports.pages.chart import library
    from analysis.reports.pages.grid import PAGE_TYPE

    exporter = import_module("nbconvert").HTMLExporter(
        template_name="basic",
        template_file="page.html.j2",
        extra_loaders=[FileSystemLoader(ASSETS)],
    )
    has_charts = any(
        'class="plot"' in output.get("data", {}).get(PAGE_TYPE, "")
        for cell in notebook.cells
        for output in cell.get("outputs", ())
    )
    resources = {
        "title": title,
        "style": (ASSETS / "page.css").read_text(encoding="utf-8"),
        "script": (ASSETS / "page.js").read_text(encoding="utf-8"),
        "library": library() if has_charts else "",
        "page_type": PAGE_TYPE,
    }
    text, _ = exporter.from_notebook_node(notebook, resources=resources)
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
