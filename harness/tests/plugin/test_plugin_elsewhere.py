"""A project elsewhere on disk, with micrograd and ten lines: alone, in parallel, and as installed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[3]
README = (ROOT / "engines" / "README.md").read_text(encoding="utf-8")
ADAPTER = next(body for body in re.findall(r"```python\n(.*?)```", README, re.S) if "Value" in body)
CASES = ("--conform-cases", "accumulation/*", "--conform-cases", "edges/*")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scratch")
    (folder / "adapter.py").write_text(ADAPTER)
    (folder / "test_own.py").write_text("def test_something():\n    pass\n")
    return folder


def run(project, *arguments, expected=pytest.ExitCode.TESTS_FAILED, **environment):
    command = [sys.executable, "-m", "pytest", *arguments]
    done = subprocess.run(
        command, cwd=project, capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout


# How long a case took is another number each time. micrograd goes through a set of nodes, in the order of
# their addresses, so that its sums may differ in the last bit from process to process.
_CLOCK = {"seconds"}
_SUMS = {"seconds", "actual", "message", "max_abs", "max_rel", "max_ulp"}


def recorded(folder):
    rows = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    left_out = {"scalar": _CLOCK, "adapter": _SUMS}
    return [{k: v for k, v in row.items() if k not in left_out[row["engine"]]} for row in rows]


def counted(folder):
    return pd.read_csv(folder / "summary.csv").drop(columns="worst_rel").to_csv()


def last_line(text):
    return re.sub(r" in [\d.:s() ]+", "", text.rstrip().rpartition("\n")[2]).strip("= ")


@pytest.mark.long(35)
def test_in_parallel_the_verdicts_and_the_files_are_the_same(project):
    engines = ("--engine", "adapter.py:Micrograd", "--engine", "scalar")
    arguments = ("-p", "gradconform.harness.plugin", *engines, *CASES)
    alone = run(project, *arguments, "--conform-out", "alone", "--junitxml", "alone.xml")
    two = run(project, *arguments, "--conform-out", "two", "--junitxml", "two.xml", "-n", "2")
    assert last_line(alone) == last_line(two)
    assert re.match(r"\d+ failed, \d+ passed, \d+ unsupported", last_line(alone))
    assert recorded(project / "alone") == recorded(project / "two")
    assert len(recorded(project / "two")) > 50
    assert counted(project / "alone") == counted(project / "two")
    names = {path.name for path in (project / "two").iterdir()}
    assert names == {
        "results.jsonl",
        "results.csv",
        "summary.csv",
        "summary.md",
        "report.html",
        "run.json",
    }
    assert not (project / "reports").exists()
    for name in ("verdict", "reason", "max_abs"):
        counts = [
            (project / file).read_text().count(f'<property name="{name}"')
            for file in ("alone.xml", "two.xml")
        ]
        assert counts[0] == counts[1] > 0


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    """What an installation would put on the path."""
    folder = tmp_path_factory.mktemp("site")
    wheel.extractall(folder)
    return folder


@pytest.mark.parametrize("asked", ["installed", "by name", "by conftest"])
def test_installed_it_is_one_plugin_however_it_is_asked_for(project, site, asked):
    arguments = ["-p", "gradconform.harness.plugin"] if asked == "by name" else []
    conftest = project / "conftest.py"
    conftest.write_text(
        "pytest_plugins = ['gradconform.harness.plugin']\n" if asked == "by conftest" else ""
    )
    arguments += ["--engine", "adapter.py", "--conform-cases", "accumulation/*", "--collect-only"]
    said = run(project, *arguments, "-q", expected=pytest.ExitCode.OK, PYTHONPATH=str(site))
    conftest.unlink()
    assert said.count("gradconform::adapter-accumulation/two_losses_share_a_node\n") == 1
    assert "test_own.py::test_something" in said


def test_a_clone_that_is_not_installed_has_the_plugin_in_its_own_tests():
    command = [sys.executable, "-m", "pytest", "--engine", "scalar", "-p", "no:cacheprovider"]
    named = "gradconform::scalar-lecture/neuron_with_sigmoid"
    done = subprocess.run(
        [*command, named, "--collect-only", "-q"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-o addopts="},
    )
    assert done.returncode == 0, done.stderr
    assert named in done.stdout
