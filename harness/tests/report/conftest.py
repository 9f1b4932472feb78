"""What the tests of reports share: the run of `make sample`."""

import os
import shlex
from pathlib import Path

import pytest
from gradconform.harness.cli import main

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The folder of a run as `make sample` makes it: two engines that are right, and a student's."""
    made = (ROOT / "Makefile").read_text().replace("\\\n", "")
    (line,) = [line for line in made.splitlines() if "gradconform run" in line and "sample" in line]
    folder = tmp_path_factory.mktemp("sample") / "run"
    command = shlex.split(line.partition("||")[0].replace("reports/made", str(folder)))
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        with pytest.raises(SystemExit) as left:
            main(command[1:])
    finally:
        os.chdir(before)
    assert left.value.code == 1
    return folder
