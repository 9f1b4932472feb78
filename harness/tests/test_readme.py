"""The README is true: its commands run as pasted, and `make run` does what it says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.tests.small_engines import VALUE

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.S)
COMMANDS = [line for kind, body in BLOCKS if kind == "sh" for line in body.splitlines()]
PYTHON = [body for kind, body in BLOCKS if kind == "python"]


@pytest.fixture
def paste(tmp_path):
    """Run a line where the README's adapter and a student's work are, with the commands on the path."""
    (tmp_path / "my_engine.py").write_text(PYTHON[0])
    (tmp_path / "my_adapter.py").write_text(PYTHON[0].replace("micrograd.engine", "submission"))
    (tmp_path / "student.py").write_text(VALUE)
    cell = {"cell_type": "code", "source": VALUE}
    (tmp_path / "hw.ipynb").write_text(json.dumps({"nbformat": 4, "cells": [cell]}))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(line, cwd=tmp_path):
        environment = {**os.environ, "PATH": path}
        return subprocess.run(
            line, shell=True, cwd=cwd, capture_output=True, text=True, env=environment
        )

    return run


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_works_as_pasted(paste, line):
    done = paste(line)
    # The engine differs from torch, which is what these commands are there to show.
    differs = any(name in line for name in ("my_engine.py", "student.py", "hw.ipynb", "micrograd"))
    assert done.returncode == (1 if differs else 0), done.stderr
    assert done.stdout
    assert "Traceback" not in done.stderr


def test_the_case_of_the_readme_is_a_case(paste, tmp_path):
    body = PYTHON[1]
    function = body[body.index("@case") :]
    assert len(function.strip().splitlines()) <= 6
    check = (
        "\nfrom harness.catalogue.collection import CATALOGUE\n"
        "(found,) = CATALOGUE\nprint(found.program.labels)\n"
    )
    (tmp_path / "mine.py").write_text(body + check)
    done = paste(f"{sys.executable} mine.py")
    assert done.stdout == "('result', 'x.grad', 'y.grad')\n", done.stderr


def test_make_run_ends_with_the_table_and_the_paths(paste):
    done = paste("make run", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    paths = [ROOT / line for line in done.stdout.splitlines() if line.startswith("reports/")]
    try:
        assert len(paths) == 5
        assert all(path.stat().st_size for path in paths)
        assert re.search(r"all .* torch|passed/ran of all", done.stdout)
    finally:
        shutil.rmtree(paths[0].parent)


def test_the_picture_is_there():
    (picture,) = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")
