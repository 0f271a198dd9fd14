"""Every bash and python block of the README runs, in order, in a folder like the repository."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SET_UP = ("git clone ", "make ", "source ")
"""Lines that make the environment, which is there where tests run."""

BLOCKS = re.findall(r"^```(bash|python)\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_the_two_commands_stand_in_the_readme():
    assert "make demo" in README
    assert "make test" in README


def test_links_inside_the_repository_lead_somewhere():
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    assert targets
    assert [each for each in targets if not (ROOT / each).exists()] == []


def test_every_block_runs(tmp_path):
    assert len(BLOCKS) >= 5
    for name in ("analysis", "formulations", "heuristics", "instances", "otgah"):
        (tmp_path / name).symlink_to(ROOT / name)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
    for language, block in BLOCKS:
        lines = [line for line in block.splitlines() if not line.startswith(SET_UP)]
        ended = subprocess.run(
            [*command[language], "\n".join(lines)],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, f"{block}\n{ended.stdout}{ended.stderr}"
