"""`otgah calibrate`: its files, its JSON, and one line with exit status 2 on bad input."""

import json
import tomllib

import pytest

from analysis.cli import main

ROWS = "batch,prompt_tokens,output_tokens,seconds\n"


def table(tmp_path, text=None):
    path = tmp_path / "a.csv"
    if text is None:
        lines = [
            f"{b},{s},{n},{0.02 + 3e-4 * b * s + (n - 1) * (0.05 + b * 6e-4):.9g}"
            for b in (1, 4, 8)
            for s in (64, 512)
            for n in (17, 65)
        ]
        text = ROWS + "\n".join(lines) + "\n"
    path.write_text(text)
    return str(path)


def test_a_profile_is_fitted_written_and_checked(tmp_path, capsys):
    path, profile = table(tmp_path), str(tmp_path / "p.toml")
    settings = ["--set", "device=my board", "--set", "llm=llama-3.1-8b"]
    predictions = str(tmp_path / "x.csv")
    fitted = [path, *settings, "--out", profile, "--predictions", predictions, "--json"]
    assert main(["calibrate", *fitted]) == 0
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert document["mape"] < 1e-3
    assert document["coefficients"]["d0_s"]["value"] == pytest.approx(0.05, rel=0.02)
    assert tomllib.loads((tmp_path / "p.toml").read_text())["device"] == "my board"
    assert (tmp_path / "p.png").exists()
    assert (tmp_path / "x.csv").read_text().startswith("file,row,device,llm,batch,")
    assert f"wrote {profile}" in shown.err
    assert main(["calibrate", path, "--check", profile]) == 0
    assert "Error of the predicted time: mean 0.0 %" in capsys.readouterr().out


def test_a_person_reads_coefficients_errors_and_notes(tmp_path, capsys):
    assert main(["calibrate", table(tmp_path)]) == 0
    text = capsys.readouterr().out
    for told in (
        "12 measurements (plain)",
        "decoding step of a batch",
        "Left out in turn",
        "Note: ",
    ):
        assert told in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ROWS + "1,10,3,0.5\n2,10,3,-1\n", "line 3: seconds: must be greater than 0 seconds"),
        (ROWS + "1,10,3,0.5\n", "line 2: must not be the only row to fit"),
        (
            "Metric,avg\nttft,3\n",
            "line 2: must be measurements of batches, found a summary of load",
        ),
    ],
)
def test_bad_input_is_one_line_and_status_2(tmp_path, capsys, text, told):
    path = table(tmp_path, text)
    assert main(["calibrate", path]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert f"{path}: {told}" in shown.err


@pytest.mark.parametrize(
    "arguments",
    [["--check", "p.toml", "--out", "q.toml"], ["--check", "none"], ["--picture", "p.gif"]],
)
def test_options_that_do_not_fit_are_refused(tmp_path, capsys, arguments):
    assert main(["calibrate", table(tmp_path), *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1
