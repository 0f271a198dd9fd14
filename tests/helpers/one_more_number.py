"""A result with one more number, followed from the method to the exported table.

Run as a script in a process of its own: it adds one attribute to the type and one line to the table
of fields, before any other module reads them, and prints what the rest of the program makes of it.
"""

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path


def add_the_number():
    """Give the type of results one attribute more, and the table of fields one line more."""
    import heuristics.result

    @dataclass(frozen=True, kw_only=True)
    class Longer(heuristics.result.Result):
        """A result with a number of cuts."""

        num_cuts: int | None = None

    heuristics.result.Result = Longer

    from analysis.runs import fields

    cuts = fields.RunField(
        name="num_cuts",
        kind=fields.Kind.INTEGER,
        source=fields.RESULT,
        about="Cuts that were added.",
    )
    fields.RUN_FIELDS = (*fields.RUN_FIELDS, cuts)
    return Longer


def main(folder: Path) -> None:
    """Follow the number 7 through the program, and the number -7 up to the wire."""
    longer = add_the_number()

    from analysis.campaigns.rows import instance_row
    from analysis.engines import wire
    from analysis.engines.engine import EndedRun, utc_now
    from analysis.runs import fields
    from analysis.runs.method_run import perform
    from analysis.runs.plan import plan
    from analysis.store.store import Store
    from analysis.tables.run_schema import runs_schema
    from analysis.tables.runs import export_runs
    from instances.instance import Instance
    from tests.helpers.examples import problem

    task = plan(Instance(name="hand", coefficients=problem()), "greedy-by-output")
    made = perform(task).result
    values = {name: getattr(made, name) for name in longer.__dataclass_fields__}
    sent = wire.result_to_dict(longer(**(values | {"num_cuts": 7})), "hand")
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
