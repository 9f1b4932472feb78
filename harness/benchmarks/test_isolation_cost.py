"""The cost of a child process: `gradconform run student.py` in a sandbox, and the same run in one process.

Each is a whole command on the scalar cases, with imports and report. The sandbox should take at most 1.3
times the run in one process, and 0.3 s for the start.
"""

import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

STUDENT = Path(__file__).parents[1] / "tests" / "adapt" / "strangers" / "closures" / "engine.py"
# A child raises the limit anyway. With the same limit in this process both runs reach the same depth.
DEEP = "import sys\n\nsys.setrecursionlimit(400_000)\n"


@pytest.mark.benchmark(group="the scalar cases on one file, as a command")
@pytest.mark.parametrize("isolation", ["none", "auto", "landlock"])
def test_a_run_of_one_file(benchmark, tmp_path, isolation):
    student = tmp_path / "student.py"
    student.write_text(DEEP + STUDENT.read_text(encoding="utf-8"), encoding="utf-8")
    arguments = ["run", str(student), "--isolation", isolation, "--tag", "scalar", "--quiet"]
    arguments += ["--fresh-reference"]  # without a wall torch is asked anyway
    folders = (tmp_path / str(number) for number in count())

    def run():
        command = [sys.executable, "-m", "gradconform", *arguments, "--out", str(next(folders))]
        return subprocess.run(command, capture_output=True, text=True).returncode

    assert benchmark.pedantic(run, rounds=5, warmup_rounds=1) in (0, 1)
