"""A run uses torch's answers of earlier runs, and then no process of it imports torch."""

import json
import os
import subprocess
import sys

import pytest
from gradconform.harness.catalogue.reference_cache import VARIABLE
from gradconform.harness.tests.small_engines import VALUE

CASES = (
    "--cases",
    "arithmetic/product_plus_leaf",
    "--cases",
    "accumulation/two_roots_on_one_square",
)
# Both cases have several backwards or leaves, so that torch is asked for the cause of a failure, too.
WRONG = VALUE.replace("self.grad += out.grad", "self.grad = out.grad")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "engine.py").write_text(WRONG)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv(VARIABLE)
    return tmp_path


def facts(folder, out):
    return json.loads((folder / out / "run.json").read_text())


def rows(folder, out):
    lines = (folder / out / "results.jsonl").read_text().splitlines()
    return [json.loads(line) | {"seconds": 0} for line in lines]


def test_a_run_whose_answers_are_known_imports_no_torch(command, folder):
    arguments = ("run", "engine.py:Value", "torch", *CASES, "--out")
    assert command(*arguments, "first")[0] == 1
    (file,) = (folder / "caches").rglob("*.*")
    assert (file.parent.name, file.name) == ("gradconform", "reference.sqlite")
    assert facts(folder, "first")["readings_from_cache"] == 0

    # A torch that cannot be imported comes before the installed one on the path of every process.
    (folder / "no" / "torch").mkdir(parents=True)
    (folder / "no" / "torch" / "__init__.py").write_text("raise SystemExit('torch was imported')")
    done = subprocess.run(
        [sys.executable, "-m", "gradconform", *arguments, "second"],
        env={**os.environ, "PYTHONPATH": str(folder / "no")},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert rows(folder, "second") == rows(folder, "first")
    assert facts(folder, "second")["readings_from_cache"] >= len(rows(folder, "first")) / 2


@pytest.mark.parametrize(
    "arguments", [["--fresh-reference"], ["--isolation", "none"], ["--isolation", "rlimits"]]
)
def test_the_answers_are_left_aside(command, folder, arguments):
    command("run", "engine.py:Value", *CASES, *arguments, "--out", "out")
    assert facts(folder, "out")["readings_from_cache"] == 0
    assert not (folder / "caches").exists()


@pytest.mark.parametrize(("value", "used"), [("", True), ("0", True), ("1", False)])
def test_a_variable_of_the_environment_leaves_them_aside(command, folder, monkeypatch, value, used):
    monkeypatch.setenv(VARIABLE, value)
    command("run", "scalar", *CASES, "--out", "out")
    assert (folder / "caches").exists() == used


def test_a_draft_of_expected_failures_uses_them_too(command, folder):
    code, first, _ = command("xfails", "engine.py:Value", *CASES)
    assert (code, "two_roots_on_one_square" in first) == (0, True)
    (file,) = (folder / "caches").rglob("*.*")
    written = file.stat().st_mtime_ns
    assert command("xfails", "engine.py:Value", *CASES)[1] == first
    assert file.stat().st_mtime_ns == written
