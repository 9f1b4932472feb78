"""What the tests of reports share: all that `make sample` makes."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from gradconform.harness.cli import main

ROOT = Path(__file__).parents[3]
SAMPLE = Path("reports/sample")


def recipe():
    """The commands of `make sample`, without make's own signs."""
    text = (ROOT / "Makefile").read_text()
    (chosen,) = re.findall(r"^SAMPLED := (.*)", text, re.M)
    (lines,) = re.findall(r"^sample:.*\n((?:\t.*\n)+)", text, re.M)
    return (
        lines.replace("$(BIN)/", "").replace("$(SAMPLED)", chosen).replace("$$", "$").splitlines()
    )


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A folder in which `make sample` was done, in this process."""
    folder = tmp_path_factory.mktemp("made")
    (folder / SAMPLE).mkdir(parents=True)
    shutil.copy(ROOT / SAMPLE / "student.py", folder / SAMPLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for line in recipe():
            command, _, fails = line.strip().partition(" || ")
            if not command.startswith("gradconform "):
                subprocess.run(command, shell=True, check=True)
                continue
            with pytest.raises(SystemExit) as left:
                main(shlex.split(command)[1:])
            assert left.value.code == (1 if fails else 0), command
    return folder


@pytest.fixture(scope="session")
def sample(made):
    """The folder of the run of two engines that are right, and of a student's."""
    return made / "reports/made/before"
