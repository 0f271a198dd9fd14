"""Table III: what pruning the tree saves, in nodes and in time, by the rate of arrivals.

``python -m analysis.table3`` sweeps the rates 10 to 100 requests/s, with ``--highest`` also 200;
a second run makes only what is missing. The contents of the printed table are not in the paper's
text, which gives two figures of it, `AT_LEAST` and `AT_HIGHEST_RATE`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis import api
from analysis.text import aligned, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOLDER = Path("runs", "table3")

BENCHMARK = "ot-unpruned"
PRUNED = {"ot-literal": "text", "ot-pseudocode": "line 22", "ot": "exact"}
"""The methods that prune, and by which rule."""

AT_LEAST, AT_HIGHEST_RATE = "over 45 %", "97.92 %"
"""Section V-D, of the time: at any rate, and at 200 requests/s."""

NUM_JOBS = 2


@dataclass(frozen=True, kw_only=True)
class Point:
    """A rate and how often it is drawn.

    Parameters
    ----------
    rate_per_s
        Requests that arrive in a second.
    num_seeds
        How many epochs are drawn.
    """

    rate_per_s: int
    num_seeds: int


SWEEP = tuple(Point(rate_per_s=rate, num_seeds=10) for rate in range(10, 101, 10))
HIGHEST = Point(rate_per_s=200, num_seeds=3)
"""Some 10^10 nodes a run without pruning."""


def main(points: Sequence[Point] = SWEEP, folder: Path = FOLDER) -> None:
    """Make the runs, and print and write their table.

    Parameters
    ----------
    points
        The rates.
    folder
        Where instances, runs and the table go.
    """
    store = folder / "runs.sqlite"
    drawn = [_drawn(point, folder / "instances") for point in points]
    for point, instances in zip(points, drawn, strict=True):
        tallies = list(_run(instances["path"].tolist(), store))
        num_runs = sum(tally.num_runs for tally in tallies)
        num_kept = sum(tally.num_kept for tally in tallies)
        print(f"{point.rate_per_s}/s: {num_runs} runs, {num_kept} of them were there", flush=True)
    table = reductions(api.runs_table(store), pd.concat(drawn))
    table.to_csv(folder / "table3.csv", index=False, lineterminator="\n")
    text = table_text(table)
    (folder / "table3.txt").write_text(f"{text}\n", encoding="utf-8")
    print(f"\n{text}\n\nIn {folder / 'table3.csv'} and {folder / 'table3.txt'}")


def _drawn(point: Point, folder: Path) -> pd.DataFrame:
    """Draw the epochs of a rate, once with and once without the wait for the epoch's start."""
    rows = [
        {"drawn": path.stem, "path": path, "rate_per_s": point.rate_per_s, "waiting": waiting}
        for waiting in (True, False)
        for path in api.generate(
            "paper",
            folder,
            seeds=range(point.num_seeds),
            grid={"rate_per_s": [point.rate_per_s], "count_waiting": [waiting]},
        )
    ]
    return pd.DataFrame(rows)


def _run(paths: Sequence[Path], store: Path) -> Iterator[api.Tally]:
    """Run OT at the server and OT-GAH at all edge nodes, under every rule."""
    methods = (BENCHMARK, *PRUNED)
    yield api.batch(paths, methods, store, edge_node="server", num_jobs=NUM_JOBS, is_bounded=False)
    for method in methods:
        settings = {"inner": method, "start": "all"}
        yield api.batch(
            paths, ["ot-gah"], store, settings=settings, num_jobs=NUM_JOBS, is_bounded=False
        )


def reductions(runs: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """Return how much fewer nodes and how much less time each pruning needs than none.

    Parameters
    ----------
    runs
        The table of runs: of OT at one edge node, recorded as NAME@EDGE_NODE, and of OT-GAH.
    drawn
        Columns ``drawn``, the name of an instance, ``rate_per_s`` and ``waiting``, whether the
        wait for the epoch's start counts.

    Returns
    -------
    pandas.DataFrame
        A row for each waiting, number of edge nodes, rate and method: medians over the instances
        of eligible pairs, nodes, runtime [s], and of 1 - pruned / unpruned of each instance.

    Raises
    ------
    ValueError
        If a run is missing, was cut, or found another number of requests than without pruning.
    """
    case = ["waiting", "num_edge_nodes", "rate_per_s", "instance"]
    inside = [json.loads(options).get("inner") for options in runs["options"]]
    of_study = runs.assign(
        drawn=runs["instance"].str.partition("@")[0],
        method=pd.Categorical(
            runs["method"].where(pd.isna(inside), inside), [BENCHMARK, *PRUNED], ordered=True
        ),
    ).merge(drawn, on="drawn")
    unpruned = of_study[of_study["method"] == BENCHMARK].set_index(case).add_suffix("_unpruned")
    paired = of_study.join(unpruned, on=case)
    is_whole = paired.groupby(case)["method"].nunique() == 1 + len(PRUNED)
    is_equal = paired["objective"].eq(paired["objective_unpruned"]).fillna(False)
    if not (is_whole.all() and is_equal.all()):
        raise ValueError("every pruning must find as many requests as none does, in full runs")
    saved = paired.assign(
        fewer_nodes=1 - paired["num_nodes"] / paired["num_nodes_unpruned"],
        less_time=1 - paired["runtime_s"] / paired["runtime_s_unpruned"],
    )
    groups = saved.groupby([*case[:-1], "method"], observed=True)
    measured = ["num_eligible", "num_nodes", "runtime_s", "fewer_nodes", "less_time"]
    table = groups[measured].median().assign(num_instances=groups.size()).reset_index()
    return table.sort_values("waiting", ascending=False, kind="stable", ignore_index=True)


def table_text(table: pd.DataFrame) -> str:
    """Return the reductions, of nodes and of time side by side, a line for each rate."""
    rows = []
    keys = ["waiting", "num_edge_nodes", "rate_per_s"]
    for (waiting, num_edge_nodes, rate), group in table.groupby(keys, sort=False):
        of = {str(row["method"]): row for row in group.to_dict("records")}
        rows.append(
            [
                "counts" if waiting else "ignored",
                str(num_edge_nodes),
                str(rate),
                f"{of[BENCHMARK]['num_eligible']:.0f}",
                f"{of[BENCHMARK]['num_nodes']:,.0f}",
                seconds(of[BENCHMARK]["runtime_s"]),
                *(percent(of[name]["fewer_nodes"]) for name in PRUNED),
                *(percent(of[name]["less_time"]) for name in PRUNED),
                AT_HIGHEST_RATE if rate == HIGHEST.rate_per_s else AT_LEAST,
            ]
        )
    first, *others = PRUNED.values()
    header = ["waiting", "J", "rate/s", "pairs", "nodes", "time"]
    for quantity in ("nodes", "time"):
        header += [f"{quantity}: {first}", *others]
    notes = (
        "Medians over the instances: eligible pairs, and what the search takes without pruning;",
        "then how much less it takes by the text's rule, by line 22 of Algorithm 2 and by the",
        "exact rule. Last, what the paper's text says of the time. Where the wait for the start of",
        "the epoch is ignored, all arrivals may be served. Runs of under a millisecond mostly set",
        "up what they search.",
    )
    return "\n".join([aligned(rows, [*header, "paper"], right=range(1, 13)), "", *notes])


if __name__ == "__main__":
    arguments: Sequence[str] = sys.argv[1:]
    if arguments not in ([], ["--highest"]):
        sys.exit("usage: python -m analysis.table3 [--highest]")
    main((*SWEEP, HIGHEST) if arguments else SWEEP)
