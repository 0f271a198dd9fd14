"""A result with one more number, followed from the method to the exported table.

The script adds one attribute to the type and one line to the table of fields, before any other
module reads them, and prints what the rest of the program makes of it.
"""

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import heuristics.result


@dataclass(frozen=True, kw_only=True)
class Longer(heuristics.result.Result):
    """A result with a number of cuts."""

    num_cuts: int | None = None


heuristics.result.Result = Longer

from analysis.runs import fields  # noqa: E402

CUTS = fields.RunField(
    name="num_cuts", kind=fields.Kind.INTEGER, source=fields.RESULT, about="Cuts that were added."
)
fields.RUN_FIELDS = (*fields.RUN_FIELDS, CUTS)

from analysis.campaigns.rows import instance_row  # noqa: E402
from analysis.engines import wire  # noqa: E402
from analysis.engines.engine import EndedRun, utc_now  # noqa: E402
from analysis.runs.method_run import perform  # noqa: E402
from analysis.runs.plan import plan  # noqa: E402
from analysis.store.store import Store  # noqa: E402
from analysis.tables.run_schema import runs_schema  # noqa: E402
from analysis.tables.runs import export_runs  # noqa: E402
from instances.instance import Instance  # noqa: E402
from tests.helpers.examples import problem  # noqa: E402


def main(folder: Path) -> None:
    """Follow the number 7 through the program, and the number -7 up to the wire."""
    task = plan(Instance(name="hand", coefficients=problem()), "greedy-by-output")
    made = perform(task).result
    values = {name: getattr(made, name) for name in heuristics.result.Result.__dataclass_fields__}
    sent = wire.result_to_dict(Longer(**(values | {"num_cuts": 7})), "hand")
    sent = json.loads(json.dumps(sent))
    now = utc_now()
    ended = EndedRun(id="run", result=sent, wall_s=1.0, started_at=now, ended_at=now)
    outcome = wire.to_outcome(task, ended)
    try:
        wire.to_outcome(task, replace(ended, result=sent | {"num_cuts": -7}))
        refused = None
    except ValueError as error:
        refused = str(error)
    store = folder / "runs.sqlite"
    with Store.open(store) as opened:
        opened.write(instance_row(task), fields.run_row(outcome))
    table = export_runs(store, folder / "runs.csv")
    schema = runs_schema()["properties"]["runs"]["items"]["properties"]
    found = {
        "json": outcome.to_dict()["num_cuts"],
        "refused": refused,
        "stored": int(table["num_cuts"].iloc[0]),
        "schema": schema["num_cuts"],
        "csv": (folder / "runs.csv").read_text().splitlines()[0].split(","),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
