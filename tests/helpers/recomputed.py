"""The figures of the overview, computed again from the CSV of its runs: no code of the project.

Only the modules ``csv``, ``math`` and ``statistics`` are used, and definitions are written out.
"""

import csv
import math
import statistics

RUNTIME_SHIFT_S = 0.1
NODE_SHIFT = 10
PENALTY = 10
LONG_S = 1.0
FAILED = ("error", "crash", "interrupted")
ENDED = ("proof", "completed")


def read(path):
    """Return the rows of a CSV file of runs of one problem."""
    with open(path, encoding="utf-8", newline="") as file:
        return [Run(row) for row in csv.DictReader(file)]


class Run:
    """A row, its numbers read: None where the cell is empty."""

    def __init__(self, row):
        self.instance, self.family, self.method = row["instance"], row["family"], row["method"]
        self.ended_by, self.proved_by = row["ended_by"], row["proved_by"]
        self.objective, self.bound = number(row["objective"]), number(row["bound"])
        self.num_nodes, self.node_kind = number(row["num_nodes"]), row["node_kind"]
        self.failed, self.ended = self.ended_by in FAILED, self.ended_by in ENDED
        limit = number(row["time_limit_s"])
        own = number(row["runtime_s"])
        own = limit if own is None else own
        self.runtime_s = max(own, limit) if self.failed else own
        self.penalised_s = own if self.ended else PENALTY * limit
        self.gap = None


def number(text):
    return float(text) if text else None


def geometric(values, shift):
    values = list(values)
    if not values:
        return None
    return math.exp(statistics.fmean(math.log(each + shift) for each in values)) - shift


class Figures:
    """What the overview says, by method and as a whole."""

    def __init__(self, runs):
        self.runs = runs
        self.cases = {}
        for run in runs:
            self.cases.setdefault(run.instance, []).append(run)
        self.bounds, self.num_optimal = {}, 0
        for instance, case in self.cases.items():
            bound = min((run.bound for run in case if run.bound is not None), default=None)
            if bound is None:
                continue
            self.bounds[instance] = bound
            found = [run.objective for run in case if run.objective is not None]
            self.num_optimal += max(found, default=None) == bound
            for run in case:
                if run.objective is not None:
                    run.gap = (bound - run.objective) / bound if bound else 0.0
        self.methods = list(dict.fromkeys(run.method for run in runs))

    def of(self, method, family=None):
        return [
            run
            for run in self.runs
            if run.method == method and (family is None or run.family == family)
        ]

    def summary(self, runs):
        """Return the cells of a row of the table by family and method."""
        gaps = [run.gap for run in runs if run.gap is not None]
        short = [self.bounds[run.instance] - run.objective for run in runs if run.gap is not None]
        kinds = ("tree", "branch-and-bound")
        nodes = [[run.num_nodes for run in runs if run.node_kind == kind] for kind in kinds]
        return {
            "runs": len(runs),
            "mean gap": statistics.fmean(gaps) if gaps else None,
            "largest gap": max(gaps, default=None),
            "short": statistics.fmean(short) if short else None,
            "optimal": sum(gap == 0 for gap in gaps) / len(runs),
            "proved": sum(run.proved_by != "" for run in runs) / len(runs),
            "runtime": geometric((run.runtime_s for run in runs), RUNTIME_SHIFT_S),
            "longest": max(run.runtime_s for run in runs),
            "tree nodes": geometric(nodes[0], NODE_SHIFT),
            "branch-and-bound nodes": geometric(nodes[1], NODE_SHIFT),
        }

    def runtimes(self, method):
        """Return the cells of a row of the table of runtimes."""
        own = self.of(method)
        common = {
            instance
            for instance, case in self.cases.items()
            if all(run.ended for run in case) and len(case) == len(self.methods)
        }
        long = {
            instance
            for instance, case in self.cases.items()
            if max(run.runtime_s for run in case) >= LONG_S
        }
        best, share, num_solved = 0, 0.0, 0
        for case in self.cases.values():
            times = {run.method: run.runtime_s for run in case if run.ended}
            num_solved += bool(times)
            fastest = [name for name, time in times.items() if time == min(times.values())]
            if method in fastest:
                best, share = best + 1, share + 1 / len(fastest)
        return {
            "completed": sum(run.ended for run in own) / len(own),
            "all runs": geometric((run.runtime_s for run in own), RUNTIME_SHIFT_S),
            "with penalty": statistics.fmean(run.penalised_s for run in own),
            "solved by all": geometric(
                (run.runtime_s for run in own if run.instance in common), RUNTIME_SHIFT_S
            ),
            "long questions": geometric(
                (run.runtime_s for run in own if run.instance in long), RUNTIME_SHIFT_S
            ),
            "fastest on": best,
            "share": share / num_solved,
        }
