"""`gradconform run` on untrusted engines, as a grader types it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.isolation.limits import MIB
from gradconform.harness.isolation.parent import walls
from gradconform.harness.tests.small_engines import VALUE, with_method

SOME = ("--cases", "accumulation/*", "--tag", "scalar", "--tag", "core")
TWO = VALUE + VALUE.replace("Value", "Scalar")
ADAPTER = """
from gradconform import EagerEngine
from {module} import {name}


class Adapter(EagerEngine):
    def leaf(self, array, requires_grad):
        return {name}(array.item())

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        root.backward()
"""


@pytest.fixture
def run(command):
    """Run some scalar cases on these engines; the report is the folder `r`."""

    def run(*arguments):
        return command("run", *arguments, *SOME, "--out", "r")

    return run


def described():
    return json.loads(Path("r/run.json").read_text())


def verdicts(engine=None):
    rows = [json.loads(line) for line in Path("r/results.jsonl").read_text().splitlines()]
    return {row["verdict"] for row in rows if engine in (None, row["engine"])}


def notebook(*sources):
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"nbformat": 4, "cells": cells})


def test_a_file_just_runs_and_what_was_found_is_said(run):
    Path("student.py").write_text(VALUE)
    code, out, err = run("student.py", "--timeout-total", "99", "--timeout", "3")
    assert code == 0
    assert "student" in out
    assert described()["limits"] == {"timeout": 3, "timeout_total": 99, "memory": 1024}
    line = 1 + VALUE.splitlines().index("class Value:")
    found = (
        f"class Value, line {line} of student.py: numbers; Value(data), .data, .grad, .backward()"
    )
    assert f"student │ {found}\n" in err
    assert f"sandbox: {walls.strongest().shown}\n" in err
    (engine,) = described()["engines"]
    assert engine["found"] == found
    assert engine["version"].startswith("sha256:")
    assert verdicts() == {"pass", "unsupported"}


def test_a_class_of_a_notebook_is_named_behind_a_colon(run):
    Path("hw.ipynb").write_text(notebook("import torch", TWO))
    code, _, err = run("hw.ipynb")
    assert code == 1
    assert (
        "hw.ipynb has 2 engines: Value (cell 2 of hw.ipynb) and Scalar (cell 2 of hw.ipynb)" in err
    )
    assert "name one as hw.ipynb:Value" in err
    code, _, err = run("hw.ipynb:Scalar")
    assert code == 0
    assert "hw │ class Scalar, cell 2 of hw.ipynb: numbers" in err
    assert "\n  │ not importable here and made inert: torch\n" in err


def test_a_class_of_an_installed_package_runs_in_a_child_too(run):
    code, _, err = run("micrograd.engine:Value")
    assert code == 0
    assert "micrograd │ class Value, line 2 of micrograd/engine.py: numbers" in err
    (engine,) = described()["engines"]
    assert engine["version"] == "0.1.0"
    assert engine["wall"] == walls.strongest().shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.py"], "there is no file or folder nowhere.py"),
        (["nobody.engine:Value"], "there is no engine 'nobody.engine:Value'"),
        (
            ["student.py", "--allow", "nosuch"],
            "--allow nosuch: there is no package of that name to import",
        ),
        (
            ["student.py", "--python", "nopython"],
            "--python nopython is no usable Python interpreter",
        ),
        (
            ["student.py", "--python", "./student.py"],
            "--python ./student.py is no usable Python interpreter: Permission denied",
        ),
        (["student.py", "--isolation", "moat"], "'moat' is not one of 'auto', 'bubblewrap'"),
        (["student.py", "--adapter", "none.py"], "'none.py' does not exist"),
    ],
    ids=["file", "package", "allow", "python", "not-executable", "wall", "adapter"],
)
def test_what_cannot_be_is_said_in_one_sentence(run, arguments, said):
    Path("student.py").write_text(VALUE)
    code, out, err = run(*arguments)
    assert code == 4
    assert said in err
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.parametrize("wall", ["bubblewrap", "landlock", "rlimits", "none"])
def test_the_report_names_the_wall_that_stood(run, wall):
    Path("student.py").write_text(VALUE)
    code, _, err = run("student.py", "--isolation", wall)
    if code == 4:
        pytest.skip(err)
    shown = "NOT ISOLATED: in the process" if wall == "none" else walls.Wall(wall).shown
    assert described()["engines"][0]["wall"].startswith(shown)
    assert f"sandbox: {shown}" in err
    assert verdicts() == {"pass", "unsupported"}


def test_several_strangers_behind_resource_limits_alone_have_to_be_allowed(run):
    for name in ("a.py", "b.py"):
        Path(name).write_text(VALUE)
    code, _, err = run("a.py", "b.py", "--isolation", "rlimits")
    assert code == 4
    assert "2 engines would run NOT ISOLATED" in err
    assert "--allow-unisolated" in err
    assert not Path("r").exists()
    code, _, err = run("a.py", "b.py", "numpy", "--isolation", "rlimits", "--allow-unisolated")
    assert code == 0
    assert f"sandbox: {walls.Wall.RLIMITS.shown}" in err
    assert [engine["name"] for engine in described()["engines"]] == ["a", "b", "numpy"]


def test_an_adapter_of_the_graders_finds_the_students_names_in_submission(run):
    Path("student.py").write_text(TWO)
    Path("my_adapter.py").write_text(ADAPTER.format(module="submission", name="Scalar"))
    code, _, err = run("student.py", "--adapter", "my_adapter.py")
    assert code == 0
    assert "student │ adapter Adapter of my_adapter.py" in err
    assert verdicts() == {"pass", "unsupported"}


def test_an_adapter_without_what_it_imports_is_refused_with_the_name(run):
    Path("student.py").write_text(VALUE)
    Path("my_adapter.py").write_text(ADAPTER.format(module="submission", name="Scalar"))
    code, _, err = run("student.py", "--adapter", "my_adapter.py")
    assert code == 1
    assert "the adapter my_adapter.py cannot be used" in err
    assert "cannot import name 'Scalar' from 'submission'" in err


@pytest.mark.parametrize(
    ("adapter", "said"),
    [
        ("import torch\n{}", "imports torch, from which answers could be had: --allow torch"),
        (
            "from student import Value\n{}",
            "imports student: what was handed in is called submission",
        ),
        (
            "class A(EagerEngine):\n    def leaf(self, array, requires_grad): ...",
            "A lacks backward, grad, value",
        ),
        ("{}\n    def leaf(self): ...", "of my_adapter.py cannot be used: TypeError"),
    ],
    ids=["oracle", "student", "unfinished", "signature"],
)
def test_an_adapter_that_is_wrong_is_named_with_what_is_wrong(run, adapter, said):
    Path("student.py").write_text(VALUE)
    written = ADAPTER.format(module="submission", name="Value")
    text = adapter.replace("{}", written)
    Path("my_adapter.py").write_text("from gradconform import EagerEngine\n" + text)
    code, _, err = run("student.py", "--adapter", "my_adapter.py")
    assert code in (1, 4)
    assert said in err


@pytest.mark.parametrize("wall", ["auto", "none"])
@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            'info = "mine"',
            "`info` is an attribute of gradconform.Engine, and the class has its own",
        ),
        ("info = property(lambda self: 1 / 0)", "ZeroDivisionError: division by zero"),
        ("dtypes = None", "TypeError: 'NoneType' object is not iterable"),
        ("name = property(lambda self: 1 / 0)", "ZeroDivisionError: division by zero"),
    ],
    ids=["info", "info raises", "dtypes", "name raises"],
)
def test_an_adapter_that_says_nonsense_of_itself_is_left_out(run, own, said, wall):
    source = ADAPTER.replace("from {module} import {name}\n", VALUE).format(name="Value")
    Path("mine.py").write_text(f"{source}\n    {own}\n")
    code, _, err = run("mine.py", "--isolation", wall)
    assert code == 1
    assert re.search(rf"left out mine.py: .* cannot be used: .*{re.escape(said)}", err)
    assert "Traceback" not in err


def test_an_interpreter_that_is_too_old_is_told_by_its_version(run):
    Path("student.py").write_text(VALUE)
    Path("old").write_text("#!/bin/sh\necho 3.8\n")
    Path("old").chmod(0o755)
    code, _, err = run("student.py", "--python", "./old")
    assert code == 4
    assert "--python ./old is Python 3.8; 3.11 or later is needed" in err
    code, _, err = run("student.py", "--python", ".")
    assert code == 4
    assert "./bin/python was meant?" in err


def test_a_package_that_an_adapter_needs_is_allowed_by_its_name(run):
    Path("my_engine.py").write_text(ADAPTER.format(module="micrograd.engine", name="Value"))
    code, _, err = run("my_engine.py")
    assert code == 1
    assert "my_engine.py imports micrograd, which its process may not; say --allow micrograd" in err
    code, _, err = run("my_engine.py", "--allow", "micrograd")
    assert code == 0
    assert "my_engine │ adapter Adapter, line " in err


@pytest.mark.parametrize("wall", ["bubblewrap", "landlock", "none"])
def test_a_package_that_is_not_installed_is_imported_from_its_folder(run, wall):
    try:
        if wall != "none":
            walls.chosen(wall)
    except UsageError as problem:
        pytest.skip(str(problem))
    package = f"mytensor_{wall}"
    folder = Path("src", package)
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("from .engine import Value\n")
    (folder / "engine.py").write_text(VALUE)
    Path("my_engine.py").write_text(ADAPTER.format(module=package, name="Value"))
    if wall != "none":
        code, _, err = run("my_engine.py", "--isolation", wall)
        assert code == 1
        assert f"say --allow {package}, or --path FOLDER (--conform-path under pytest) for" in err
    code, _, err = run("my_engine.py", "--allow", package)
    assert code == 4
    assert "pip install -e ." in err
    assert f"or name the folder that holds {package}: --path src" in err
    code, _, err = run("my_engine.py", f"{package}:Value", "--path", "src", "--isolation", wall)
    assert code == 0, err
    assert "my_engine │ adapter Adapter, line " in err
    code, _, err = run("my_engine.py", "--path", "nowhere")
    assert code == 4
    assert "'nowhere' does not exist" in err


def test_a_file_is_loaded_once_and_said_when_its_turn_has_come(run):
    for name in ("a", "b"):
        Path(f"{name}.py").write_text("print('loaded')\n" + VALUE)
    code, _, err = run("a.py", "b.py", "--jobs", "1")
    assert code == 0
    assert [path.read_text() for path in Path("r/output").iterdir()] == ["loaded\n"] * 2
    said = r"a │ class.*\nsandbox: .*\na: \d+ cases: .*\nb │ class.*\nb: \d+ cases: "
    assert re.search(said, err)
    assert err.count("sandbox: ") == 1


def test_files_of_one_name_get_different_columns(run):
    for folder in ("ada", "bob"):
        Path(folder).mkdir()
        Path(folder, "engine.py").write_text(VALUE)
    code, out, _ = run("ada/engine.py", "bob/engine.py")
    assert code == 0
    assert [engine["name"] for engine in described()["engines"]] == ["ada/engine", "bob/engine"]
    assert "ada/engine" in out
    assert verdicts("bob/engine") == {"pass", "unsupported"}


PRINTS = """
print("neg")
flood = "x" * 100_000
for _ in range(30):
    print(flood)
return self * -1.0
"""


def test_what_an_engine_prints_is_kept_in_the_report_up_to_a_size(run):
    Path("student.py").write_text(with_method(PRINTS, "__neg__", "print('\\x1b[2J[bold]loaded')"))
    run("student.py", "--cases", "unary/*")
    (kept,) = Path("r/output").iterdir()
    text = kept.read_text()
    assert kept.name == "student.txt"
    assert text.startswith("\ufffd[2J[bold]loaded\nneg\nxxx")  # nothing that could move a cursor
    assert 0.9 * MIB < len(text) <= MIB


def test_what_is_known_of_an_engine_is_known_of_it_on_scalars_too(run):
    Path("student.py").write_text("import torch\nprint('loaded')\n" + VALUE)
    code, _, err = run("student.py", "--lower")
    assert code == 0
    assert "student (lowered) │ class Value, line " in err
    assert "\n  │ not importable here and made inert: torch\n" in err
    assert described()["engines"][0]["wall"] == walls.strongest().shown
    assert Path("r/output/student (lowered).txt").read_text() == "loaded\n"


def test_a_loop_and_a_hoard_cost_their_own_cases_alone(run):
    loops = with_method("while True: pass", "tanh")
    Path("student.py").write_text(
        f"{loops}\n    def exp(self):\n        return bytearray(10 ** 9)\n"
    )
    more = ("--cases", "unary/alone*", "--cases", "activations/alone[tanh_at_0.5]")
    code, _, _ = run("student.py", *more, "--timeout", "0.5", "--memory", "64")
    assert code == 1
    assert verdicts() == {"pass", "unsupported", "timeout", "out-of-memory"}


def test_an_engine_of_another_environment_runs_on_its_interpreter(run, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "env"], check=True)
    (site,) = Path("env/lib").glob("python3*/site-packages")
    files = {
        "tinylib/__init__.py": "from .nodes import Node as Tensor\n",
        "tinylib/nodes.py": "import helpers_of_tinylib\n" + VALUE.replace("Value", "Node"),
        "helpers_of_tinylib.py": "",
        "tinylib-1.2.dist-info/METADATA": "Name: tinylib\nVersion: 1.2\nRequires-Dist: helpers-of-tinylib\n",
        "tinylib-1.2.dist-info/RECORD": "tinylib/__init__.py,,\n",
        "helpers_of_tinylib-3.dist-info/METADATA": "Name: helpers-of-tinylib\nVersion: 3\n",
        "helpers_of_tinylib-3.dist-info/RECORD": "helpers_of_tinylib.py,,\n",
    }
    for name, text in files.items():
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text(text)
    code, _, err = run("tinylib:Tensor", "--python", "env/bin/python")
    assert code == 0
    assert "tinylib │ class Node, line " in err
    (engine,) = described()["engines"]
    assert engine["version"] == "1.2"
    assert verdicts() == {"pass", "unsupported"}
    code, _, err = run("tinylib:Tensor")
    assert code == 4
    assert "there is no engine 'tinylib:Tensor'" in err
    # A package whose engine cannot be imported on that interpreter says why.
    (site / "tinylib" / "__init__.py").write_text("")
    (site / "tinylib" / "nodes.py").write_text(f"needs_a_later_python\n{VALUE}")
    shutil.rmtree("r")
    code, _, err = run("tinylib", "--python", "env/bin/python")
    assert code == 1
    assert "tinylib.nodes cannot be imported: NameError: name 'needs_a_later_python'" in err


def test_engines_says_of_a_file_what_was_found(command):
    Path("student.py").write_text(VALUE)
    code, out, _ = command("engines", "student.py")
    assert code == 0
    assert "class Value, line " in out
    assert walls.strongest().shown in out
    Path("broken.py").write_text("x = 1")
    code, out, _ = command("engines", "broken.py")
    assert code == 1
    assert "cannot be used: broken.py has no engine: no class is defined in it" in out
    code, out, _ = command("engines", "nowhere.py", "student.py", "essay.docx")
    assert code == 1
    assert "cannot be used: there is no file or folder nowhere.py" in out
    assert "class Value, line " in out
    assert "essay.docx" in out


def test_a_quiet_run_still_says_what_was_noticed_and_a_variable_has_a_value(command, tmp_path):
    (tmp_path / "engine.py").write_text(f"import os\n{VALUE}\n1 / int(os.environ['ZERO'])\n")
    line = ("run", "engine.py", "--cases", "accumulation/product_with_itself", "-q")
    code, out, err = command(*line, "--env", "ZERO=0")
    assert (code, out) == (0, "")
    assert err.startswith("engine: engine.py, line ")
    assert "ZeroDivisionError: division by zero" in err
    code, _, err = command(*line, "--env", "ZERO")
    assert code == 4
    assert "--env takes NAME=VALUE; 'ZERO' came" in err
