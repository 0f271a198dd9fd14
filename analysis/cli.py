"""The command ``otgah``: each verb reads its arguments, calls the API and prints.

Only light modules are imported here; a verb imports the API when it runs.
"""

from __future__ import annotations

import os
from typing import Annotated

import typer

# A verb registers itself; this is the order of the help.
from analysis.commands import (  # noqa: F401
    listing,
    generate,
    solve,
    bound,
    check,
    batch,
    status,
    show_run,
    merge,
    simulate,
    experiment,
    report,
    export,
    conform,
    doctor,
)
from analysis.commands.common import BAD_INPUT, INTERRUPTED, SOLVER_FAILED, SUCCESS, app, fail, show
from analysis.commands.interrupts import Interrupted
from heuristics.errors import InputError


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
        interrupted, 143 when terminated. Whatever goes wrong is told in one line on stderr.
    """
    try:
        status = app(args=argv, prog_name="otgah", standalone_mode=False)
    except KeyboardInterrupt:  # before a verb has begun
        return fail(INTERRUPTED, "interrupted")
    except InputError as error:
        return fail(BAD_INPUT, str(error))
    except Interrupted as error:
        return fail(error.status, str(error))
    except OSError as error:
        what = error.strerror or str(error)
        return fail(BAD_INPUT, f"{error.filename}: {what}" if error.filename else what)
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own kind of bad input
            return fail(BAD_INPUT, error.format_message())
        if "OTGAH_TRACEBACK" in os.environ:
            raise
        return fail(SOLVER_FAILED, f"{type(error).__name__}: {error} (see OTGAH_TRACEBACK=1)")
    if status == INTERRUPTED:
        return fail(INTERRUPTED, "interrupted; what was finished is kept")
    return status or SUCCESS


@app.callback(invoke_without_command=True)
def otgah(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version, or the help where no verb is given."""
    if version:
        from importlib.metadata import version as version_of

        show(f"otgah {version_of('otgah')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        show(context.get_help())
