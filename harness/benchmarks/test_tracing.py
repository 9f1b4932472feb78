"""The time until cases can be asked: a new process imports their files, traces them and makes their inputs.

The bare process is what Python needs to start; NumPy stands there for comparison. Beyond the bare process the
scalar cases may take 0.5 s, and three cases of the lecture 0.1 s.
"""

import os
import subprocess
import sys

import pytest

CHOSEN = """
from gradconform.harness.catalogue.selection import Selection
for case in Selection({globs}, {tags}).cases():
    case.instance(0, "float64").digest
"""
PROGRAMS = {
    "bare": "",
    "numpy": "import numpy",
    "three cases of the lecture": CHOSEN.format(globs=("lecture/*",), tags=()),
    "the scalar cases": CHOSEN.format(globs=(), tags=("scalar",)),
    "the whole catalogue": CHOSEN.format(globs=(), tags=()),
}


@pytest.mark.benchmark(group="until cases can be asked")
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_new_process(benchmark, program):
    # Byte code is written in the first round, which does not count.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", program]
    benchmark.pedantic(
        lambda: subprocess.run(command, env=environment, check=True), rounds=7, warmup_rounds=1
    )
