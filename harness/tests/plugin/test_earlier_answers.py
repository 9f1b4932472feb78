"""pytest uses torch's answers of earlier sessions, and then needs neither torch nor pandas."""

import json
import subprocess
import sys

import pytest
import torch  # noqa: F401 - here, because a pytest inside pytest forgets what it imported
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.tests.small_engines import VALUE

list(catalogue())  # for the same reason
PLUGIN = ("-p", "gradconform.harness.plugin")
# Cases that this engine passes: a failure is explained by a program, which torch runs.
SESSION = (
    *PLUGIN,
    "--engine",
    "engine.py:Value",
    "--conform-cases",
    "arithmetic/product_plus_leaf",
)


@pytest.fixture
def project(pytester, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(pytester.path / "caches"))
    pytester.makepyfile(engine=VALUE)
    return pytester


def facts(project, out):
    return json.loads((project.path / out / "run.json").read_text())


def rows(project, out):
    lines = (project.path / out / "results.jsonl").read_text().splitlines()
    return [json.loads(line) | {"seconds": 0} for line in lines]


def session(project, out, *arguments):
    """pytest in a process of its own; gives the modules that it has imported."""
    arguments = (*SESSION, *arguments, "--conform-out", out, "gradconform")
    code = f"import sys, pytest; pytest.main([*{arguments!r}]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return done.stdout.splitlines()[-1].split()


def test_a_session_whose_answers_are_known_imports_no_torch(project):
    for out in ("first", "second"):
        assert {"torch", "pandas"}.isdisjoint(session(project, out))
    (file,) = (project.path / "caches").rglob("*.*")
    assert (file.parent.name, file.name) == ("gradconform", "reference.sqlite")
    assert rows(project, "second") == rows(project, "first")
    readings = sum(row["expected"] is not None for row in rows(project, "first"))
    assert facts(project, "first")["readings_from_cache"] == 0
    assert facts(project, "second")["readings_from_cache"] >= readings > 0
    # The processes of xdist tell how many there were.
    session(project, "third", "-n", "1")
    assert facts(project, "third")["readings_from_cache"] >= readings


@pytest.mark.parametrize(
    "arguments",
    [["--conform-fresh-reference"], ["--isolation", "none"], ["--isolation", "rlimits"]],
)
def test_the_answers_are_left_aside(project, arguments):
    for out in ("first", "second"):
        project.runpytest_inprocess(*SESSION, *arguments, "--conform-out", out, "gradconform")
        assert facts(project, out)["readings_from_cache"] == 0
    assert not (project.path / "caches").exists()
