"""The command ``otgah``: each verb reads its arguments, calls the API and prints.

Only light modules are imported here; a verb imports the API when it runs.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from heuristics.errors import InputError, printable

SUCCESS, SOLVER_FAILED, BAD_INPUT, CHECK_FAILED = 0, 1, 2, 3
INTERRUPTED, BROKEN_PIPE = 130, 141

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Batch scheduling of LLM inference on wireless edge nodes, with proven bounds.",
    epilog="Example: otgah solve instance.json --method ot-gah",
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="An instance file.")]
MethodName = Annotated[str, typer.Option("--method", help="A name that `otgah methods` lists.")]
ProblemName = Annotated[
    str | None,
    typer.Option("--problem", help="P1, P2, P3 or P3prime; the method's default if not given."),
]
EdgeNode = Annotated[
    str | None, typer.Option("--edge-node", help="Name or index of the only edge node to take.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="An option of the method; may be repeated."),
]
TimeLimit = Annotated[
    str | None, typer.Option("--time-limit", metavar="S", help="Seconds of solving a run.")
]
NodeLimit = Annotated[
    str | None, typer.Option("--node-limit", metavar="N", help="Nodes that a run may visit.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Runs = Annotated[Path, typer.Argument(metavar="RUNS", help="The file that a batch wrote.")]


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit status.

    Parameters
    ----------
    argv
        The arguments after the name of the command; those of the process if None.

    Returns
    -------
    int
        0 on success, 1 if a solver failed, 2 on bad input, 3 where a check said no, 130 when
        interrupted. Whatever goes wrong is told in one line on stderr.
    """
    try:
        status = app(args=argv, prog_name="otgah", standalone_mode=False)
    except InputError as error:
        return _fail(BAD_INPUT, str(error))
    except OSError as error:
        what = error.strerror or str(error)
        return _fail(BAD_INPUT, f"{error.filename}: {what}" if error.filename else what)
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own kind of bad input
            return _fail(BAD_INPUT, error.format_message())
        if "OTGAH_TRACEBACK" in os.environ:
            raise
        return _fail(SOLVER_FAILED, f"{type(error).__name__}: {error} (see OTGAH_TRACEBACK=1)")
    if status == INTERRUPTED:
        return _fail(INTERRUPTED, "interrupted; what was finished is kept")
    return status or SUCCESS


def _fail(status: int, message: str) -> int:
    print(f"otgah: {printable(' '.join(message.split()))}", file=sys.stderr)
    return status


def _print(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError as error:
        # Whoever read has gone; nothing may complain when the process closes its output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise typer.Exit(BROKEN_PIPE) from error


def _print_json(document: Any) -> None:
    """Print a JSON document, an object with a line for each key."""
    if isinstance(document, dict):
        lines = (f"  {_json(key)}: {_json(value)}" for key, value in document.items())
        _print("{\n" + ",\n".join(lines) + "\n}")
    else:
        _print(_json(document))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


@app.callback(invoke_without_command=True)
def otgah(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version, or the help where no verb is given."""
    if version:
        from importlib.metadata import version as version_of

        _print(f"otgah {version_of('otgah')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        _print(context.get_help())


@app.command(epilog="Example: otgah families --json")
def families(as_json: AsJson = False) -> None:
    """List the families of instances that can be generated."""
    from analysis import api
    from analysis.text import aligned

    if as_json:
        _print_json([api.describe_family(each) for each in api.families()])
    else:
        _print(aligned([[each.name, each.summary] for each in api.families()]))


@app.command(epilog="Example: otgah methods --json")
def methods(as_json: AsJson = False) -> None:
    """List the methods that can solve."""
    from analysis import api
    from analysis.text import aligned

    if as_json:
        _print_json([api.describe_method(each) for each in api.methods()])
    else:
        _print(aligned([[each.name, each.summary] for each in api.methods()]))


@app.command(
    epilog="Example: otgah generate uniform-random --out instances --seeds 0:10 "
    "--set num_requests=20,40"
)
def generate(
    family: Annotated[str, typer.Argument(help="A name that `otgah families` lists.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write to.")],
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="A:B", help="The seeds from A up to but without B.")
    ] = "0",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE,...",
            help="Values of a parameter; several make a grid; may be repeated.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write instance files of a family and print their paths."""
    from analysis import api
    from analysis.settings import parse_grid, parse_seeds

    paths = api.generate(family, out, seeds=parse_seeds(seeds), grid=parse_grid(settings or ()))
    if as_json:
        _print_json([str(path) for path in paths])
    else:
        _print("\n".join(map(str, paths)))


@app.command(epilog="Example: otgah solve instance.json --method milp-bigm --time-limit 10 --json")
def solve(
    file: File,
    method: MethodName,
    problem: ProblemName = None,
    edge_node: EdgeNode = None,
    time_limit: TimeLimit = None,
    node_limit: NodeLimit = None,
    seed: Annotated[
        str, typer.Option("--seed", metavar="N", help="Of the method's random choices.")
    ] = "0",
    settings: Settings = None,
    warm_start: Annotated[
        str | None,
        typer.Option(
            "--warm-start",
            metavar="METHOD or FILE",
            help="For a MILP method: a schedule file, or a method that is run first.",
        ),
    ] = None,
    schedule: Annotated[
        Path | None, typer.Option("--schedule", metavar="OUT", help="Write the schedule here.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Solve an instance with a method; the judge checks what comes out."""
    from analysis import api
    from analysis import settings as typed
    from analysis.text import outcome_text

    outcome = api.solve(
        file,
        method,
        problem=problem,
        edge_node=edge_node,
        seed=typed.parse_seed(seed),
        time_limit=typed.time_limit(time_limit),
        node_limit=typed.count(node_limit, source="--node-limit"),
        settings=typed.parse_pairs(settings or ()),
        warm_start=warm_start,
        is_isolated=True,
    )
    task, found = outcome.task, outcome.result.schedule
    if schedule is not None and found is not None:
        api.write_schedule(found, task.whole, schedule, edge_node=task.edge_node)
    if as_json:
        _print_json(outcome.to_dict())
    else:
        _print(outcome_text(outcome))
    if outcome.result.ended_by == "interrupted":
        return INTERRUPTED
    if outcome.failed:
        told = (outcome.result.message or "the solver failed").strip()
        return _fail(SOLVER_FAILED, told.splitlines()[-1])
    return SUCCESS


@app.command(epilog="Example: otgah check instance.json schedule.json --problem P1 --json")
def check(
    file: File,
    schedule: Annotated[
        Path | None, typer.Argument(metavar="SCHEDULE", help="A schedule file to judge.")
    ] = None,
    problem: Annotated[str, typer.Option("--problem", help="P1, P2, P3 or P3prime.")] = "P1",
    edge_node: EdgeNode = None,
    as_json: AsJson = False,
) -> int:
    """Validate an instance file, or judge a schedule, naming each constraint that it breaks."""
    from analysis import api
    from analysis.text import file_verdict_text, schedule_verdict_text

    verdict = api.check(file, schedule, problem=problem, edge_node=edge_node)
    if as_json:
        _print_json(verdict.to_dict())
    elif isinstance(verdict, api.ScheduleVerdict):
        _print(schedule_verdict_text(verdict))
    else:
        _print(file_verdict_text(verdict))
    return SUCCESS if verdict.passed else CHECK_FAILED


@app.command(
    epilog="Example: otgah batch instances --methods milp-bigm,ot-gah --out runs.sqlite "
    "--time-limit 10"
)
def batch(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Instance files and folders of them.")
    ],
    methods: Annotated[
        str, typer.Option("--methods", metavar="A,B", help="Names that `otgah methods` lists.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="RUNS", help="The file of runs; resumed if it exists.")
    ],
    problem: ProblemName = None,
    edge_node: EdgeNode = None,
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="A:B", help="The seeds from A up to but without B.")
    ] = "0",
    settings: Settings = None,
    jobs: Annotated[str, typer.Option("--jobs", metavar="N", help="Runs at the same time.")] = "1",
    time_limit: TimeLimit = None,
    node_limit: NodeLimit = None,
    memory_limit: Annotated[
        str | None,
        typer.Option("--memory-limit", metavar="MB", help="Memory at which a run is killed."),
    ] = None,
    retry: Annotated[
        str | None, typer.Option("--retry", metavar="failed", help="Make failed runs again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run methods on instances, each run in a process of its own, into one file; resumable."""
    from dataclasses import asdict

    from analysis import api
    from analysis import settings as typed

    if retry not in (None, "failed"):
        raise InputError("must be failed", source="--retry", found=retry)
    progress = api.batch(
        paths,
        methods.split(","),
        out,
        problem=problem,
        edge_node=edge_node,
        seeds=typed.parse_seeds(seeds),
        settings=typed.parse_pairs(settings or ()),
        num_jobs=typed.count(jobs, source="--jobs") or 1,
        time_limit=typed.time_limit(time_limit),
        node_limit=typed.count(node_limit, source="--node-limit"),
        memory_limit=typed.count(memory_limit, source="--memory-limit"),
        retry_failed=retry is not None,
    )
    if as_json:
        _print_json(asdict(progress))
    else:
        _print(f"{progress} in {out}")


@app.command(epilog="Example: otgah report runs.sqlite --out report.html")
def report(
    runs: Runs,
    out: Annotated[
        Path, typer.Option("--out", metavar="HTML", help="The page; its notebook goes beside it.")
    ],
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 3 if a run failed or runs contradict each other."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Make an executed notebook and a page in one file from a file of runs."""
    from analysis import api

    made = api.report(runs, out)
    if as_json:
        _print_json(made.to_dict())
    else:
        _print(f"{made.answer}\n{made.page}\n{made.notebook}")
    for problem in made.problems:
        print(f"otgah: {printable(problem)}", file=sys.stderr)
    return CHECK_FAILED if strict and made.problems else SUCCESS


@app.command(epilog="Example: otgah export instance.json --method milp-bigm --out model.mps")
def export(
    file: File,
    method: MethodName,
    out: Annotated[Path, typer.Option("--out", metavar="X.mps|X.lp", help="The model's file.")],
    problem: ProblemName = None,
    edge_node: EdgeNode = None,
    settings: Settings = None,
) -> None:
    """Write the model of a MILP method for any other solver."""
    from analysis import api
    from analysis.settings import parse_pairs

    api.export(
        file,
        method,
        out,
        problem=problem,
        edge_node=edge_node,
        settings=parse_pairs(settings or ()),
    )


@app.command(name="export-runs", epilog="Example: otgah export-runs runs.sqlite --out runs.csv")
def export_runs(
    runs: Runs,
    out: Annotated[
        Path, typer.Option("--out", metavar="X", help="A .csv, .parquet, .tex or .solu file.")
    ],
) -> None:
    """Write the table of runs, a row for each run."""
    from analysis import api

    table = api.export_runs(runs, out)
    for text in table["contradiction"].dropna().unique():
        print(f"otgah: contradiction: {printable(text)}", file=sys.stderr)
