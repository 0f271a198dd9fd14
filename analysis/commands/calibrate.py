"""`otgah calibrate`: a latency profile from measured times, and its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import AsJson, app, show, show_aside, show_json
from heuristics.errors import InputError


@app.command(
    short_help="Fit a latency profile to measured times, or check one.",
    epilog="Example: otgah calibrate batched-bench.md llama-bench.json --out profile.toml",
)
def calibrate(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES...",
            help="Measurements: llama-bench, llama-batched-bench, vllm bench latency, "
            "splitwise-sim, LLMServingSim, or rows of batch,prompt_tokens,output_tokens,seconds.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="X.toml", help="File of the profile.")
    ] = None,
    check: Annotated[
        str | None,
        typer.Option(
            "--check",
            metavar="PROFILE",
            help="Profile to compare with the files: a TOML file, or a name of the catalogue.",
        ),
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(
            "--predictions", metavar="X.csv", help="Write measured and predicted times here."
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture",
            metavar="X.png|X.svg",
            help="Picture of the errors; beside the profile if not given.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="COLUMN=VALUE",
            help="Rows to take by a column of the files (a value, several between commas, or a "
            "range LOW..HIGH), or a name that they do not state: device, base_device, llm, "
            "quantization, engine, num_devices, batch; may be repeated.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit the time of a batch to measurements of one device and LLM, or check a profile on them."""
    from analysis.calibration.document import (
        calibration_document,
        check_document,
        write_predictions,
        write_profile,
    )
    from analysis.calibration.picture import write_picture
    from analysis.commands.settings import parse_pairs
    from analysis.text.calibration import calibration_text, check_text

    pairs = parse_pairs(settings or ())
    subject: otgah.Calibration | otgah.ProfileCheck
    if check is not None:
        if out is not None:
            raise InputError("must be left out with --check, which fits nothing", source="--out")
        subject = checked = otgah.check_profile(files, check, pairs)
        document, text = check_document(checked), check_text(checked)
    else:
        subject = made = otgah.calibrate(files, pairs)
        document, text = calibration_document(made), calibration_text(made)
        if out is not None:
            write_profile(made.profile(), out)
            picture = picture or out.with_suffix(".png")
    if predictions is not None:
        write_predictions(subject, predictions)
    if picture is not None:
        write_picture(subject, picture)
    for path in (out, predictions, picture):
        if path is not None:
            show_aside(f"wrote {path}")
    if as_json:
        show_json(document)
    else:
        show(text)
