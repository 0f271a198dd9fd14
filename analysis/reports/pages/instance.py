"""The page of one instance: who serves how many, what its schedules use, what blocks the next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from analysis.campaigns.shown_run import stored_instance
from analysis.reports.pages.elements import paragraph, prose
from analysis.reports.pages.troubles import contradicted, failures
from analysis.text.answer import title
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from instances.files import read_instance

if TYPE_CHECKING:
    from os import PathLike

    from heuristics.coefficients import Coefficients
    from instances.instance import Instance


@dataclass(frozen=True, kw_only=True, eq=False)
class ShownInstance:
    """An instance and its runs.

    Parameters
    ----------
    instance
        The whole instance.
    runs
        Its runs, those of single edge nodes of it too, numbered from 0.
    """

    instance: Instance
    runs: pd.DataFrame

    @property
    def title(self) -> str:
        """The question that the page answers."""
        return f"What do the schedules of {self.instance.name} do?"

    @property
    def answer(self) -> str:
        """One sentence on the best schedule, what is proved of it, and how many runs there are."""
        best = self.best()
        if best is None:
            return f"None of its {len(self.runs)} runs found a schedule."
        data, _ = self.problem_of(best)
        served = f"serves {best['objective']} of {data.num_requests} requests"
        where = "" if best["instance"] == self.instance.name else f" of {best['instance']}"
        told = f"The best schedule{where}, of {title(str(best['method']))}, {served}"
        if pd.isna(best["best_bound"]):
            return f"{told}; no bound is proved."
        if best["best_bound"] == best["objective"]:
            return f"{told}, and that is proved to be the most."
        return f"{told}; at most {best['best_bound']} can be served, by the best proven bound."

    def opening(self) -> str:
        """Return the question, what contradicts, the answer, and what the instance is."""
        data, known = self.instance.coefficients, self.instance.best_known
        size = (
            f"{data.num_requests:,} requests and {data.num_edge_nodes} edge nodes "
            f"({', '.join(self.instance.edge_node_names)}), {int(data.eligible.sum()):,} eligible "
            f"pairs."
        )
        told = (
            f"Its file claims a schedule of {known.objective} and the bound {known.bound}, by "
            f"{known.proved_by}."
            if known is not None
            else ""
        )
        return str(
            Markup("<h1>{}</h1>").format(prose(self.title))
            + contradicted(self.runs)
            + paragraph(self.answer, kind="answer")
            + paragraph(size, told)
            + failures(self.runs)
        )

    def best(self) -> dict[Any, Any] | None:
        """Return the run with the best schedule of the whole, else of a part; None without any."""
        found = self.runs.dropna(subset=["objective"])
        whole = found[(found["instance"] == self.instance.name) & (found["problem"] == "P1")]
        chosen = found if whole.empty else whole
        return None if chosen.empty else _record(chosen, chosen["objective"].idxmax())

    def schedules(self) -> list[dict[Any, Any]]:
        """Return the best run of each method on each question, the best schedule first."""
        found = self.runs.dropna(subset=["objective"])
        keys = ["instance", "problem", "cardinality", "method"]
        places = found.groupby(keys, dropna=False, sort=False)["objective"].idxmax()
        ordered = found.loc[places].sort_values("objective", ascending=False, kind="stable")
        return [_record(ordered, place) for place in ordered.index]

    def problem_of(self, run: dict[Any, Any]) -> tuple[Coefficients, tuple[str, ...]]:
        """Return the coefficients that a run solved, and the names of their edge nodes."""
        index = self._edge_node(run)
        names = self.instance.edge_node_names
        if index is None:
            return self.instance.coefficients, names
        return self.instance.coefficients.at(index), (names[index],)

    def schedule_of(self, run: dict[Any, Any]) -> Schedule:
        """Return the schedule of a run, by the edge nodes of :meth:`problem_of`."""
        assignment = json.loads(run["assignment"])
        index = self._edge_node(run)
        edge_nodes = range(len(self.instance.edge_node_names)) if index is None else [index]
        return Schedule.of([assignment.get(str(each), []) for each in edge_nodes])

    def _edge_node(self, run: dict[Any, Any]) -> int | None:
        names = [
            self.instance.name_at(each) for each, _ in enumerate(self.instance.edge_node_names)
        ]
        return None if run["instance"] == self.instance.name else names.index(run["instance"])


def _record(runs: pd.DataFrame, place: Any) -> dict[Any, Any]:
    row: dict[Any, Any] = runs.loc[place].to_dict()
    return row | {"problem": Problem(row["problem"]), "row": place}


def shown_instance(path: str | PathLike[str], runs: pd.DataFrame, given: str) -> ShownInstance:
    """Return an instance with its runs.

    Parameters
    ----------
    path, runs
        The store, and its table of runs.
    given
        The file of the instance, or its name in the store.

    Raises
    ------
    InputError
        If it is neither, the runs hold none of it, or they are of another problem under its name.
    """
    is_file = Path(given).is_file()
    instance = read_instance(given) if is_file else stored_instance(path, given)
    if instance is None:
        rule = "must be a file, or the name of an instance in the store"
        raise InputError(rule, source="--instance", found=given)
    data = instance.coefficients
    digests = {instance.name: data.digest()} | {
        instance.name_at(each): data.at(each).digest() for each in range(data.num_edge_nodes)
    }
    own = runs[runs["instance"].isin(digests)].reset_index(drop=True)
    if own.empty:
        raise InputError("must hold runs of the instance", source="--instance", found=instance.name)
    if (own["coefficients"] != own["instance"].map(digests)).any():
        raise InputError(
            "must have the coefficients that the store holds under this name",
            source=given,
            field="coefficients",
            found=data.digest()[:12],
        )
    return ShownInstance(instance=instance, runs=own)
