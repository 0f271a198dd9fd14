"""The guides run from top to bottom; git holds their text alone."""

import os
import subprocess
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

ROOT = Path(__file__).parents[3]
REPORTS = ROOT / "analysis" / "reports"
GUIDES = sorted((ROOT / "analysis" / "guides").glob("*.py"))


def test_there_are_four_guides():
    assert len(GUIDES) == 4


@pytest.mark.long
@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_runs_from_top_to_bottom_and_shows_something(guide, tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("guide")  # short, since sockets lie in it
    monkeypatch.chdir(folder)  # where the kernel's are, by relative names
    notebook = jupytext.read(guide)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=600,
        startup_timeout=300,
        config=Config({"KernelManager": {"transport": "ipc"}}),
    )
    client.execute(env=os.environ | {"TMPDIR": str(folder)})
    shown = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    assert shown


def test_notebooks_are_kept_without_outputs():
    listed = subprocess.run(
        ["git", "ls-files", "*.ipynb"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a checkout of git")
    assert listed.stdout == ""
