"""`otgah status`: the progress of a campaign."""

from __future__ import annotations

import otgah
from analysis.commands.common import AsJson, Runs, app, show, show_json


@app.command(
    short_help="Print the number of runs done, failed and waiting.",
    epilog="Example: otgah status runs.sqlite",
)
def status(runs: Runs, as_json: AsJson = False) -> None:
    """Print the runs that are done, running, failed and waiting, and the time they may take."""
    from analysis.text.campaign import status_text

    found = otgah.status(runs)
    if as_json:
        show_json(found.to_dict())
    else:
        show(status_text(found))
