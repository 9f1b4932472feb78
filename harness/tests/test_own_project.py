"""A project with folders that are called as ours are, in a fresh environment with the wheel.

It has its own cases/, engines/ and harness/, a package under src/ that is not installed, and the adapter of
arrays of engines/README.md. The package forgets the gradients of earlier backwards: an expected failure.
"""

import os
import py_compile
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "engines" / "README.md").read_text(encoding="utf-8")
LIBRARY = Path(__file__).with_name("array_library.py").read_text(encoding="utf-8")
KEPT = "flow[node] if node.gradient is None else node.gradient + flow[node]"
FILES = {
    "pyproject.toml": '[tool.pytest]\nengine = ["my_arrays.py", "scalar"]\npythonpath = ["src"]\n',
    "my_arrays.py": next(
        code for code in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "mytensor" in code
    ),
    "my_arrays.xfails.toml": """
[[xfail]]
case = "accumulation/two_losses_share_a_node"
reason = "a backward forgets the gradients of the one before"
""",
    "src/mytensor/__init__.py": LIBRARY.replace(KEPT, "flow[node]"),
    "cases/__init__.py": "",
    "cases/mine.py": """
from gradconform import case

@case(x=[1.0, 2.0])
def twice_by_addition(x):
    \"\"\"x + x\"\"\"
    return x + x
""",
    "engines/__init__.py": "HORSEPOWER = 90\n",
    "harness/__init__.py": "STRAPS = 4\n",
    "test_own.py": """
import cases.mine
from engines import HORSEPOWER
from harness import STRAPS

from gradconform import assert_conforms

def test_the_folders_are_mine():
    assert (HORSEPOWER, STRAPS) == (90, 4)
    (result,) = assert_conforms("my_arrays.py", "mine/*")
    assert result.case.function is cases.mine.twice_by_addition
""",
}


@pytest.fixture(scope="module")
def project(wheel, tmp_path_factory):
    """Run `python -m ...` in the project; gives what was printed. The heavy packages are borrowed."""
    folder, environment = tmp_path_factory.mktemp("own"), tmp_path_factory.mktemp("fresh")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    layout = {"base": str(environment), "platbase": str(environment)}
    site = Path(sysconfig.get_path("purelib", vars=layout))
    wheel.extractall(site)
    # A path that comes last, and whose own .pth files are not read: the checkout cannot be imported.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    python = Path(sysconfig.get_path("scripts", vars=layout), "python")

    def run(*arguments):
        quiet = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [python, "-m", *arguments], cwd=folder, env=quiet, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run.folder, run.site = folder, site
    return run


def test_pytest_runs_the_projects_tests_its_adapter_and_another_engine(project):
    arguments = ("--conform-cases", "accumulation/*_a_node", "--conform-cases", "accumulation/sum*")
    said = project("pytest", "-q", "-p", "no:cacheprovider", *arguments, "--conform-out", "out")
    assert re.search(r"\b1 xfailed\b", said)
    table = pd.read_csv(project.folder / "out" / "summary.csv").query("family == 'all'")
    counts = table.set_index("engine")[["passed", "xfailed", "failed"]]
    assert counts.loc["my_arrays", "xfailed"] == 1
    assert counts.loc["scalar", "passed"] == counts.loc["my_arrays"].sum() > 1


def test_the_command_runs_the_built_in_engines(project):
    said = project("gradconform", "run", "--cases", "lecture/*", "--out", "built-in")
    assert "scalar" in said
    assert (project.folder / "built-in" / "summary.csv").exists()


def test_an_example_is_copied_from_an_installation_that_pip_has_compiled(project):
    (program,) = project.site.rglob("examples/classroom50/autograder.py")
    py_compile.compile(str(program))
    said = project("gradconform", "grade-one", "--example", "classroom50", "-o", "autograder")
    assert "autograder/autograder.py" in said
    assert not (project.folder / "autograder" / "__pycache__").exists()
