"""Every bash and python block of the README and the Markdown guides runs, in order."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.warm_command import warm_command

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "analysis" / "guides").glob("*.md"))]
NAMES = [each.stem for each in PAGES]
RUN = [README, *(pytest.param(each, marks=pytest.mark.long) for each in PAGES[1:])]
SET_UP = ("git clone ", "make ", "source ")
"""Lines that make the environment, which is there where tests run."""


def blocks(page):
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^```(bash|python)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_two_commands_stand_in_the_readme():
    text = README.read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
    assert len(blocks(README)) >= 5


def test_the_readme_is_short_and_links_every_guide():
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 220
    guides = [*PAGES[1:], *(ROOT / "analysis" / "guides").glob("*.py")]
    assert [each.name for each in guides if f"analysis/guides/{each.name}" not in text] == []


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=[*NAMES, "CONTRIBUTING"])
def test_links_inside_the_repository_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [each for each in targets if not (page.parent / each).exists()] == []


@pytest.fixture(scope="module")
def path():
    with warm_command() as folder:
        yield os.pathsep.join((folder, str(Path(sys.executable).parent), os.environ["PATH"]))


@pytest.mark.parametrize("page", RUN, ids=NAMES)
def test_every_block_runs(page, path, tmp_path):
    for name in ("analysis", "formulations", "heuristics", "instances", "otgah"):
        (tmp_path / name).symlink_to(ROOT / name)
    command = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
    for language, block in blocks(page):
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
