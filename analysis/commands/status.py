"""`otgah status`: how far a campaign is."""

from __future__ import annotations

import otgah
from analysis.commands.common import AsJson, Runs, app, show, show_json


@app.command(
    short_help="Say what of a file of runs is done, failed and waiting.",
    epilog="Example: otgah status runs.sqlite",
)
def status(runs: Runs, as_json: AsJson = False) -> None:
    """Say what of a file of runs is done, running, failed and waiting, and how long it may take."""
    from analysis.text.campaign import status_text

    found = otgah.status(runs)
    if as_json:
        show_json(found.to_dict())
    else:
        show(status_text(found))
