"""The command ``otgah``: each verb reads its arguments, calls a public function and prints.

Only light modules are imported here: a public name is imported when a verb uses it.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

# Importing a verb registers it. The help lists the verbs in this order.
from analysis.commands import (  # noqa: F401
    demo,
    new,
    listing,
    generate,
    convert,
    solve,
    bound,
    check,
    batch,
    status,
    show_run,
    merge,
    simulate,
    experiment,
    calibrate,
    report,
    export,
    import_solution,
    conform,
    doctor,
)
from analysis.commands.common import BAD_INPUT, INTERRUPTED, SOLVER_FAILED, SUCCESS, app, fail, show
from analysis.commands.interrupts import Interrupted
from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit status.

    Parameters
    ----------
    argv
        Arguments after the name of the command; None for the arguments of the process.

    Returns
    -------
    int
        Exit status: 0 on success, 1 if a solver failed, 2 on bad input, 3 if a check failed, 130
        if interrupted, 143 if terminated. An error is one line on stderr.
    """
    try:
        status = _command()(args=argv, prog_name="otgah", standalone_mode=False)
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
        if hasattr(error, "format_message"):  # an error of typer about the arguments
            return fail(BAD_INPUT, error.format_message())
        if "OTGAH_TRACEBACK" in os.environ:
            raise
        return fail(SOLVER_FAILED, f"{type(error).__name__}: {error} (see OTGAH_TRACEBACK=1)")
    if status == INTERRUPTED:
        return fail(INTERRUPTED, "interrupted; the results so far are kept")
    return status or SUCCESS


@cache
def _command() -> Callable[..., Any]:
    """Return the command, which is built once from the signatures of all verbs."""
    return typer.main.get_command(app)


@app.callback(invoke_without_command=True)
def otgah(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version, or the help if no verb is given."""
    if version:
        from importlib.metadata import version as version_of

        show(f"otgah {version_of('otgah')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        show(context.get_help())
