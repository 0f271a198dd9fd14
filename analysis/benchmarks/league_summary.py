"""Summary of a league: the table of the README, and the line of the release in a ledger.

``python -m analysis.benchmarks.league_summary`` prints the table of ``analysis/results/league.csv``
as Markdown; ``--keep`` also writes the line of the release to ``analysis/results/leagues.csv``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.benchmarks.league import RESULTS
from analysis.benchmarks.ledger import with_line
from analysis.metrics.league import FIRST, INSTANCE, standings, with_gap
from analysis.text.league import closed_answer, comparison, extent
from instances.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence

LEDGER = RESULTS.with_name("leagues.csv")

NUM_METHODS = 8
"""Number of methods of the table: the best ones, and OT-GAH."""


def markdown(table: pd.DataFrame) -> str:
    """Return the table of the README: ten lines of Markdown.

    Parameters
    ----------
    table
        Runs as :func:`analysis.metrics.league.with_gap` returns them.
    """
    head, *rows = comparison(table)
    best = [row for row in rows if row[0] != FIRST][: NUM_METHODS - 1]
    shown = [row for row in rows if row in best or row[0] == FIRST]
    named = [[f"`{name}`", *cells] for name, *cells in shown]
    lines = [f"| {' | '.join(row)} |" for row in (head, *named)]
    lines.insert(1, "|---" * len(head) + "|")
    return "\n".join(lines)


def line(table: pd.DataFrame) -> dict[str, Any]:
    """Return the line of the release: its extent, and the mean gap of each method [%]."""
    instances = table.drop_duplicates(INSTANCE)
    found: dict[str, Any] = {
        "release": "; ".join(sorted(table["otgah"].unique())),
        "machine": "; ".join(sorted(table["machine"].unique())),
        "load": round(float(table["load"].median()), 1),
        "seeds": instances["seed"].nunique(),
        "instances": len(instances),
        "proven": int(instances["is_proven"].sum()),
    }
    for limit_s in sorted(table["limit_s"].unique()):
        gap = 100 * standings(table, limit_s)["mean_gap"].sort_index()
        found |= {f"{name} {limit_s:g} s [%]": round(value, 3) for name, value in gap.items()}
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and keep the line of the release with ``--keep``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("league", type=Path, nargs="?", default=RESULTS)
    parser.add_argument("--keep", action="store_true", help="write the line of the release")
    parser.add_argument("--ledger", type=Path, default=LEDGER)
    given = parser.parse_args(arguments)
    table = with_gap(pd.read_csv(given.league))
    print(f"{extent(table)}\n\n{markdown(table)}\n\n{closed_answer(table)}")
    if given.keep:
        ledger = pd.read_csv(given.ledger, dtype=str) if given.ledger.exists() else pd.DataFrame()
        with replacing(given.ledger) as temporary:
            with_line(ledger, line(table)).to_csv(temporary, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
