"""Runs over files of strangers: the time of one, and of several at once.

The bars, on two quiet cores: one file takes at most 1.3 times the time that its engine computes, and 1.2 s;
a hundred take at most 0.62 of the time that their engines compute, one after the other. The cost of a file is
the same for 30 and for 300: GRADCONFORM_BENCH_FILES=30,300 names the numbers of files.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STUDENT = Path(__file__).parents[1] / "tests" / "adapt" / "strangers" / "closures" / "engine.py"
FILES = [int(number) for number in os.environ.get("GRADCONFORM_BENCH_FILES", "1,10").split(",")]


def computed(folder):
    """The seconds that the engines took for their cases, summed."""
    taken = {}
    with (folder / "results.jsonl").open() as rows:
        for line in rows:
            row = json.loads(line)
            taken[row["engine"], row["case"]] = row["seconds"]
    return sum(taken.values())


@pytest.mark.benchmark(group="files of strangers, all scalar cases")
@pytest.mark.parametrize("files", FILES)
def test_files(benchmark, tmp_path, files):
    for number in range(files):
        shutil.copy(STUDENT, tmp_path / f"s{number}.py")
    names = [f"s{number}.py:Value" for number in range(files)]
    line = [sys.executable, "-m", "gradconform", "run", *names, "--tag", "scalar", "--quiet"]

    def run():
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        done = subprocess.run([*line, "--out", "out"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr

    benchmark.pedantic(run, rounds=3 if files == 1 else 1, warmup_rounds=1)
    own = computed(tmp_path / "out")
    benchmark.extra_info["seconds that the engines computed"] = round(own, 2)
    benchmark.extra_info["share of these seconds"] = round(benchmark.stats["median"] / own, 3)
