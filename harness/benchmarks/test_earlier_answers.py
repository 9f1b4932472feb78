"""Runs with torch's answers of earlier runs, and without them. Each is a whole process, with its imports.

The bars, on two quiet cores: the whole catalogue on three engines takes at most 1.2 times
`import torch, pandas` with the answers, and 2.2 times without; three cases on a file take less than 0.6 s
with them; and pytest with these cases takes at most 1.5 s more than pytest with an empty test.
"""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from gradconform.harness.catalogue.reference_cache import VARIABLE

STUDENT = Path(__file__).parents[1] / "tests" / "adapt" / "strangers" / "closures" / "engine.py"
PYTEST = ("-m", "pytest", "-q", "-p", "gradconform.harness.plugin", "-p", "no:cacheprovider")
ANSWERS = pytest.mark.parametrize("answers", ["of earlier runs", "of torch"])


@pytest.fixture
def process(benchmark, tmp_path, monkeypatch):
    """Time Python with these arguments, and a folder of its own for each report."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    folders = (str(tmp_path / str(number)) for number in count())

    def timed(*arguments, out="", answers="of torch", rounds=5):
        monkeypatch.setenv(VARIABLE, "1" if answers == "of torch" else "0")

        def run():
            command = [sys.executable, *arguments, *([out, next(folders)] if out else [])]
            done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
            assert done.returncode in (0, 1), done.stderr

        # The first round fills the cache.
        benchmark.pedantic(run, rounds=rounds, warmup_rounds=1)

    return timed


@pytest.mark.benchmark(group="the whole catalogue on three engines")
@ANSWERS
def test_the_whole_catalogue(process, answers):
    process("-m", "gradconform", "run", "--quiet", out="--out", answers=answers, rounds=3)


@pytest.mark.benchmark(group="the whole catalogue on three engines")
def test_the_imports_of_torch_and_pandas(process):
    process("-c", "import torch, pandas")


@pytest.mark.benchmark(group="three cases of the lecture on a file")
@ANSWERS
def test_three_cases(process, answers):
    arguments = ("run", f"{STUDENT}:Value", "--cases", "lecture/*", "--quiet")
    process("-m", "gradconform", *arguments, out="--out", answers=answers)


@pytest.mark.benchmark(group="pytest with three cases of the lecture on a file")
@ANSWERS
def test_pytest_with_three_cases(process, answers):
    arguments = ("--engine", f"{STUDENT}:Value", "--conform-cases", "lecture/*", "gradconform")
    process(*PYTEST, *arguments, out="--conform-out", answers=answers)


@pytest.mark.benchmark(group="pytest with three cases of the lecture on a file")
def test_pytest_with_an_empty_test(process):
    Path("test_empty.py").write_text("def test_nothing(): pass")
    process(*PYTEST, "test_empty.py")
