"""A run uses torch's answers of earlier runs, and then no process of it imports torch."""

import json
import os
import subprocess
import sys

import pytest
from gradconform.harness.catalogue.reference_cache import VARIABLE, of_user
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
    monkeypatch.chdir(tmp_path)
    return tmp_path


def facts(folder, out):
    return json.loads((folder / out / "run.json").read_text())


def rows(folder, out):
    lines = (folder / out / "results.jsonl").read_text().splitlines()
    return [json.loads(line) | {"seconds": 0} for line in lines]


def begin(*arguments, path=""):
    """The command in a process of its own, because no answer is kept where torch was imported before."""
    done = subprocess.run(
        [sys.executable, "-m", "gradconform", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_run_whose_answers_are_known_imports_no_torch(folder):
    arguments = ("run", "engine.py:Value", "torch", *CASES, "--out")
    assert begin(*arguments, "first")[0] == 1
    (file,) = (folder / "caches").rglob("*.*")
    assert (file.parent.name, file.name) == ("gradconform", "reference.sqlite")
    assert facts(folder, "first")["readings_from_cache"] == 0
    written = file.stat().st_mtime_ns

    # A torch that cannot be imported comes before the installed one on the path of every process.
    (folder / "no" / "torch").mkdir(parents=True)
    (folder / "no" / "torch" / "__init__.py").write_text("raise SystemExit('torch was imported')")
    assert begin(*arguments, "second", path=str(folder / "no"))[0] == 1
    assert rows(folder, "second") == rows(folder, "first")
    assert facts(folder, "second")["readings_from_cache"] >= len(rows(folder, "first")) / 2

    # A draft of expected failures, and the cases that a solution passes, come from there, too.
    code, draft = begin("xfails", "engine.py:Value", *CASES, path=str(folder / "no"))
    assert (code, "two_roots_on_one_square" in draft) == (0, True)
    solution = ("run", "scalar", "--reference", "engine.py:Value", *CASES, "--out", "third")
    assert begin(*solution, path=str(folder / "no"))[0] == 0
    assert file.stat().st_mtime_ns == written


@pytest.mark.parametrize(
    "arguments", [["--fresh-reference"], ["--isolation", "none"], ["--isolation", "rlimits"]]
)
def test_the_answers_are_left_aside(command, folder, arguments):
    command("run", "engine.py:Value", *CASES, *arguments, "--out", "out")
    assert facts(folder, "out")["readings_from_cache"] == 0
    assert not (folder / "caches").exists()


@pytest.mark.parametrize(("value", "used"), [("", True), ("0", True), ("1", False)])
def test_a_variable_of_the_environment_leaves_them_aside(folder, monkeypatch, value, used):
    monkeypatch.setenv(VARIABLE, value)
    assert (of_user() is not None) == used
