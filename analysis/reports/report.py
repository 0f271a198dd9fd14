"""Report of a store: an executed notebook, and a page in one file that needs no network."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.reports.handover import handed_over
from analysis.reports.subject import Template, read_subject
from heuristics.errors import InputError
from instances.atomic import replacing

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

    from analysis.metrics.comparison import Comparison
    from analysis.reports.subject import Subject

NOTEBOOKS = Path(__file__).with_name("notebooks")

ASSETS = Path(__file__).with_name("assets")

_KERNEL = {
    "KernelManager": {"transport": "ipc"},
    "NotebookClient": {"shutdown_kernel": "immediate"},
}
"""Settings of the kernel: files instead of open ports, and an end without an interrupt, which would
write to the terminal."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A finished report.

    Parameters
    ----------
    page, notebook
        Paths of the page and of the executed notebook.
    answer
        First sentence of the page.
    problems
        Contradictions and failed runs, a line each; ``otgah report --strict`` refuses them.
    runs
        Runs that the report was made of, as :func:`analysis.tables.runs.runs_table` returns them;
        those of both stores if two were compared. Rules can be checked on them without reading
        the store again.
    comparison
        The comparison of two stores; None for other templates.
    """

    page: Path
    notebook: Path
    answer: str
    problems: tuple[str, ...]
    runs: pd.DataFrame | None = field(default=None, repr=False, compare=False)
    comparison: Comparison | None = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as ``otgah report --json`` prints it."""
        return {
            "page": str(self.page),
            "notebook": str(self.notebook),
            "answer": self.answer,
            "problems": list(self.problems),
        }


def report(
    path: str | PathLike[str],
    out: str | PathLike[str],
    *,
    template: str | None = None,
    after: str | PathLike[str] | None = None,
    instance: str | None = None,
    notebook: str | PathLike[str] | None = None,
) -> Report:
    """Make a report of a store of runs. It reads each store once and solves nothing.

    Parameters
    ----------
    path
        Path of the store that a batch wrote, of the tables of a simulation, or of a league.
    out
        Path of the page, an ``.html`` file.
    template
        ``overview``: the distance of the heuristic from the optimum. ``compare``: changes from
        ``path`` to ``after``. ``instance``: the schedules of one instance. ``campaign``: the
        endings and failures of all runs. ``simulation``: the latencies of a simulation, of which
        ``path`` is the folder of tables. ``league``: the standings of heuristics, of which
        ``path`` is the CSV file. If None, the template that ``after`` or ``instance``
        needs, else ``overview``.
    after
        Path of a later store, for ``compare``.
    instance
        File of an instance, or its name in the store, for ``instance``.
    notebook
        Path of the executed notebook, an ``.ipynb`` file; beside the page if None.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        If a path holds no store, or no run; if a file's name has the wrong suffix; if the template
        lacks an argument that it needs, or is given one that it does not use.
    RuntimeError
        If the notebook has no such parameter as it is given.
    """
    chosen = _template(template, after=after, instance=instance)
    page = _file(out, ".html", "--out")
    beside = (
        page.with_suffix(".ipynb") if notebook is None else _file(notebook, ".ipynb", "--notebook")
    )
    subject = read_subject(chosen, path, after=after, instance=instance)
    executed = _executed(chosen, subject)
    with replacing(page) as temporary:
        temporary.write_text(_html(executed, title=subject.title), encoding="utf-8")
    with replacing(beside) as temporary:
        import_module("nbformat").write(executed, temporary)
    return Report(
        page=page,
        notebook=beside,
        answer=subject.answer,
        problems=subject.faults,
        runs=subject.runs,
        comparison=subject.comparison,
    )


def _template(name: str | None, *, after: object, instance: object) -> Template:
    """Return the template of a name, or the one that the arguments need; refuse other arguments."""
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


def _file(path: str | PathLike[str], suffix: str, source: str) -> Path:
    if Path(path).suffix != suffix:
        raise InputError(f"must end in {suffix}", source=source, found=str(path))
    return Path(path)


def _executed(name: str, subject: Subject) -> Any:
    """Run the notebook of a template on a subject, and return it."""
    jupytext, nbformat, papermill = map(import_module, ("jupytext", "nbformat", "papermill"))
    parameters = subject.parameters
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, f"{name}.ipynb"), Path(folder, "executed.ipynb")
        nbformat.write(jupytext.read(NOTEBOOKS / f"{name}.py"), source)
        # papermill drops a parameter that it cannot place, and the default would stay in force.
        unknown = parameters.keys() - papermill.inspect_notebook(str(source)).keys()
        if unknown:
            raise RuntimeError(f"the notebook {name} has no parameter {', '.join(unknown)}")
        with handed_over(subject.content, list(parameters.values()), folder) as arguments:
            papermill.execute_notebook(
                str(source),
                str(target),
                parameters=parameters,
                progress_bar=False,
                request_save_on_cell_execute=False,
                cwd=folder,
                extra_arguments=arguments,
                config=import_module("traitlets.config").Config(_KERNEL),
            )
        executed = nbformat.read(target, as_version=4)
    del executed.metadata["papermill"]  # times and temporary paths, of no use to a reader
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
