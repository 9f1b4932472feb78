"""Files as people hand them in: each runs, or is left out with a sentence that names the cause."""

import json
import sys
import textwrap

import pytest
from gradconform.harness.errors import EngineError
from gradconform.harness.submission import notebook_format
from gradconform.harness.submission.collect import read
from gradconform.harness.tests.small_engines import VALUE, notebook, works

DATACLASS = """
from dataclasses import dataclass, field

@dataclass(eq=False)
class Value:
    data: float
    parents: tuple = ()
    grad: float = 0.0
    spread: object = field(default=lambda: None)
""" + VALUE.partition("self.spread = lambda: None\n")[2]


@pytest.mark.parametrize(
    ("files", "path", "found", "notes"),
    [
        ({"engine.py": DATACLASS}, "engine.py", "class Value, line 5 of engine.py: ", []),
        (
            {"engine.py": f"{VALUE}\nValue = Value(3.0)\n"},
            "engine.py",
            "class Value, ",
            ["Value was replaced by one of its instances; the name leads to the class again"],
        ),
        (
            {"engine.py": f"import builtins\nbuiltins.len = lambda x: 3\n{VALUE}"},
            "engine.py",
            "class Value, ",
            ["engine.py, line 2: it replaces builtins.len, and the original was put back"],
        ),
        (
            {
                "hw/engine.py": f"from .ops import one\n{VALUE}",
                "hw/ops.py": "from .deep.rule import one",
                "hw/deep/rule.py": "from ..base import one",
                "hw/base.py": "one = 1",
            },
            "hw",
            "class Value, line 3 of hw/engine.py: ",
            [],
        ),
        (
            {
                "hw.ipynb": notebook(
                    "import asyncio\nawait asyncio.sleep(0)\nasync def f():\n    return 3",
                    f"n = await f()\n{VALUE}",
                )
            },
            "hw.ipynb",
            "class Value, cell 2 of hw.ipynb: ",
            [],
        ),
    ],
    ids=["dataclass", "hidden by an instance", "builtins", "no __init__.py", "await"],
)
def test_it_runs(opened, files, path, found, notes):
    engine = opened(files, path)
    assert engine.info.found.startswith(found)
    assert list(engine.info.notes) == notes
    assert works(engine)


R = {
    "cells": [{"cell_type": "code", "source": "x <- c(1, 2)"}],
    "metadata": {"kernelspec": {"name": "ir", "language": "R"}},
}
CELLS = "import marimo\napp = marimo.App()\n\n\n@app.cell\ndef _():\n" + textwrap.indent(
    VALUE, "    "
)
NEWER = "; this may be syntax of Python 3.12, and 3.11 runs here: name a newer interpreter with --python PATH"
ON_311 = pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows the syntax")
TAPE = """
class Variable:
    def __init__(self, value):
        self.value, self.grad = value, 0.0
    def __add__(self, other):
        tape.append((self, other))
        return Variable(self.value + other.value)

tape = []
"""


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        (json.dumps(R), "hw.ipynb", "hw.ipynb: its language is R, and not Python"),
        (
            CELLS,
            "hw.py",
            "class Value (hw.py:8) is defined inside of _(), and not at the top of a file: _() is a cell of "
            "a marimo notebook, of which `marimo export script NOTEBOOK -o engine.py` makes a plain file",
        ),
        (
            "def value(x): pass\ndef backward(x): pass\n",
            "hw.py",
            "it defines functions (value, backward) and no class; write an --adapter that calls them",
        ),
        (
            f"{TAPE}def backward(tape, out): pass",
            "hw.py",
            "class Variable (line 2 of hw.py) records its operations on a tape, which backward(tape, out) "
            "takes: an --adapter has to open it",
        ),
        (
            f"{TAPE}class Tape:\n    __enter__ = __exit__ = gradient = lambda self, *given: self",
            "hw.py",
            "class Tape (line 10 of hw.py) has no backward. Operations are recorded on a Tape, which an "
            "--adapter has to open",
        ),
        (
            "def f(:",
            "hw.py",
            "hw.py has no engine: hw.py, line 1: SyntaxError: invalid syntax (`def f(:`)",
        ),
        pytest.param(
            "class Value[T]: pass",
            "hw.py",
            f"hw.py, line 1: SyntaxError: invalid syntax (`class Value[T]: pass`){NEWER}",
            marks=ON_311,
        ),
        pytest.param("type Number = int", "hw.py", f"(`type Number = int`){NEWER}", marks=ON_311),
        pytest.param(
            'f"{"nested"}"',
            "hw.py",
            f"""SyntaxError: f-string: expecting '}}' (`f"{{"nested"}}"`){NEWER}""",
            marks=ON_311,
        ),
        (
            "from gradconform import EagerEngine\nclass Mine(EagerEngine):\n"
            "    def leaf(self, array, requires_grad): pass",
            "hw.py",
            "the adapter hw.py cannot be used: Mine lacks backward, grad, value",
        ),
        (
            "from gradconform import EagerEngine\nfactor = 1 / 0\nclass Mine(EagerEngine):\n"
            "    def leaf(self, array, requires_grad): return factor\n"
            "    value = grad = backward = leaf\n",
            "hw.py",
            "hw.py, line 2: ZeroDivisionError: division by zero (`factor = 1 / 0`); still defined: Mine; "
            "adapter Mine, line 3 of hw.py cannot be used: NameError: name 'factor' is not defined (hw.py:4, "
            "in leaf: `def leaf(self, array, requires_grad): return factor`)",
        ),
    ],
    ids=[
        *("R", "marimo", "functions", "tape", "tape that is entered", "no syntax"),
        *(
            "type parameters",
            "type statement",
            "f-string",
            "unfinished adapter",
            "adapter that fails",
        ),
    ],
)
def test_it_is_left_out_with_its_cause(opened, text, path, said):
    with pytest.raises(EngineError) as left_out:
        opened(text, path)
    told = str(left_out.value)
    assert said in told
    assert "no class is defined" not in told
    assert told.endswith(said) or "Tape" not in said


def test_a_folder_of_submissions_can_be_named_as_such(opened, tmp_path):
    other = VALUE.replace("out.spread = spread", "out.spread, out.mine = spread, 1")
    with pytest.raises(EngineError) as left_out:
        opened({"subs/ada.py": VALUE, "subs/bob.py": other}, "subs/")
    folder = tmp_path / "work" / "subs"
    assert f"; name one as {folder}/ada.py, or all as {folder}/* when each is" in str(
        left_out.value
    )


def test_the_outputs_of_a_notebook_do_not_count(tmp_path):
    output = {"data": {"image/png": "A" * (51 << 20)}, "text": ['"]}\\', "outputs", "["] * 9}
    cell = {"cell_type": "code", "outputs": [output, []], "source": ["x = ['outputs']\n", "y = 1"]}
    (tmp_path / "hw.ipynb").write_text(json.dumps({"cells": [cell, {**cell, "source": "z"}]}))
    (data,) = read(tmp_path / "hw.ipynb").files.values()
    assert [each.source for each in notebook_format.of_notebook(data.decode())] == [
        "x = ['outputs']\ny = 1",
        "z",
    ]
