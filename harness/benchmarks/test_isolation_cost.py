"""What a child process costs: `gradconform run student.py` behind walls, against the same run in one process.

Whole commands over the scalar cases, imports and report included. The bar: 1.3 times the run in one process,
and 0.3 s for the start.
"""

import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

STUDENT = Path(__file__).parents[1] / "tests" / "adapt" / "strangers" / "closures" / "engine.py"
# In a child the limit is raised anyway: both runs are to reach the same depth.
DEEP = "import sys\n\nsys.setrecursionlimit(400_000)\n"


@pytest.mark.benchmark(group="the scalar cases on one file, as a command")
@pytest.mark.parametrize("isolation", ["none", "auto", "landlock"])
def test_a_run_of_one_file(benchmark, tmp_path, isolation):
    student = tmp_path / "student.py"
    student.write_text(DEEP + STUDENT.read_text(encoding="utf-8"), encoding="utf-8")
    arguments = ["run", str(student), "--isolation", isolation, "--tag", "scalar", "--quiet"]
    folders = (tmp_path / str(number) for number in count())

    def run():
        command = [sys.executable, "-m", "harness.cli", *arguments, "--out", str(next(folders))]
        return subprocess.run(command, capture_output=True, text=True).returncode

    assert benchmark.pedantic(run, rounds=5, warmup_rounds=1) in (0, 1)
