"""Notebooks: they are run cell by cell, and a cell that is no Python costs only itself."""

import json
import re

import pytest
from gradconform.harness.errors import EngineError
from gradconform.harness.submission import notebook_format
from gradconform.harness.tests.small_engines import OP, VALUE, factor, notebook, works

NOTHING = "class Value:\n    pass\n"


@pytest.mark.parametrize("version", [3, 4])
def test_the_cells_of_a_notebook_run_in_order_each_on_its_own(opened, version):
    text = notebook(
        "# A title",
        VALUE,
        "raise RuntimeError('half done')",
        OP.format(2.0),
        "name = input('Your name: ')",
        "this is no Python",
        OP.format(5.0),
        "import sys\nsys.exit(1)",
        version=version,
    )
    engine = opened({"hw.ipynb": text}, "hw.ipynb")
    assert works(engine)
    assert factor(engine) == 5.0
    assert "class Value, cell 2 of hw.ipynb" in engine.info.found
    said = "\n".join(engine.info.notes)
    assert "hw.ipynb, cell 3, line 1: RuntimeError: half done" in said
    assert "hw.ipynb, cell 5, line 1: EOFError" in said
    assert "hw.ipynb, cell 6, line 1: SyntaxError" in said
    assert "hw.ipynb, cell 8: SystemExit: 1" in said


def test_a_class_that_a_later_cell_defines_again_is_the_one(opened):
    engine = opened({"hw.ipynb": notebook(NOTHING, VALUE, "x = Value(1.0)")}, "hw.ipynb")
    assert works(engine)
    assert "cell 2 of hw.ipynb" in engine.info.found


def test_what_only_ipython_understands_is_skipped(opened):
    text = notebook(
        "%matplotlib inline\n!pip install torch\nimport math",
        f"%%time\n{VALUE}",
        "%%bash\nrm -rf data",
        "files = !ls\nanswer = %timeit -o 1 + 1\nmath.exp?\n??Value\nif True:\n    %reset -f\n",
        OP.format(3.0),
        "get_ipython().run_line_magic('pylab', '')",
    )
    engine = opened({"hw.ipynb": text}, "hw.ipynb")
    assert works(engine)
    assert factor(engine) == 3.0
    assert [note for note in engine.info.notes if "SyntaxError" in note] == []


def test_a_cell_in_lists_of_lines_is_the_same_cell():
    lines = json.dumps({"cells": [{"cell_type": "code", "source": ["a = 1\n", "b = 2"]}]})
    assert notebook_format.of_notebook(lines) == [notebook_format.Cell(1, "a = 1\nb = 2")]


def test_a_notebook_that_was_printed_as_text_loads_like_the_notebook(opened):
    text = (
        "# Homework\nThe class is below.\n\nIn [1]:\n"
        f"{VALUE}\nOut[1]: nothing\nThat was it: a class!\n\nIn [2]:\n{OP.format(4.0)}\n---\nThe end.\n"
    )
    engine = opened({"hw.txt": text}, "hw.txt")
    assert works(engine)
    assert factor(engine) == 4.0
    assert "cell 1 of hw.txt" in engine.info.found


EXPORTED = """#!/usr/bin/env python
# coding: utf-8

# # Homework

# In[1]:

get_ipython().run_line_magic('matplotlib', 'inline')
get_ipython().system('pip install torch')
import math
{value}

# In[ ]:

display(Value(1.0))
open("data.csv")
trained = Value(1.0)

# In[12]:

{op}
"""


def test_a_notebook_that_was_exported_as_a_script_loads_cell_by_cell(opened):
    engine = opened(
        EXPORTED.format(value=VALUE, op=OP.format("(2.0 if 'trained' in globals() else 3.0)"))
    )
    assert works(engine)
    assert factor(engine) == 3.0
    (note,) = engine.info.notes
    assert re.match(r"engine\.py, line \d+: FileNotFoundError", note)
    lines = EXPORTED.format(value=VALUE, op="").splitlines()
    assert int(note.split()[2].strip(":")) == 1 + lines.index('open("data.csv")')
    assert f"line {1 + lines.index('class Value:')} of engine.py" in engine.info.found


def test_a_part_of_a_script_that_never_ends_or_is_no_python_costs_itself_alone(opened):
    parts = ["import math", "while True: pass", "def f(:", VALUE, "%%bash\nls", OP.format(4.0)]
    engine = opened("\n# %%\n".join(parts), load=4.0)
    assert factor(engine) == 4.0
    assert engine.info.notes[0] == "engine.py took longer than 2 s"
    assert "engine.py, line 5: SyntaxError" in engine.info.notes[1]


def test_a_marker_inside_of_a_class_does_not_cut_it_in_two(opened):
    text = VALUE.replace("    def __mul__", "# %% products\n    def __mul__")
    assert text != VALUE
    engine = opened(f"# %%\nimport math\n{text}# %%\n{OP.format(5.0)}")
    assert works(engine)
    assert factor(engine) == 5.0


@pytest.mark.parametrize("path", ["engine.py", "engine.ipynb"])
def test_what_a_notebook_has_by_itself_is_there(opened, path):
    text = (
        "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().magic('pylab')\n"
        "display(1, get_ipython())\nhelp(display)\nassert callable(exit) and callable(quit)\n"
        f"{VALUE}{OP.format(2.0)}quit()\n{OP.format(3.0)}"
    )
    engine = opened({path: text if path.endswith(".py") else notebook(text)}, path)
    assert works(engine)
    assert factor(engine) == 2.0
    (note,) = engine.info.notes
    assert ": SystemExit (engine." in note
    assert note.endswith("53: `quit()`); still defined: Value")


def test_what_a_submission_calls_display_is_its_own(opened):
    text = f"def display(x):\n    return x * 3.0\n{VALUE}{OP.format(1.0)}Value.exp = display\n"
    assert factor(opened(text)) == 3.0


CONTINUED = """
def shown(self):
    return ("Value(%s)"
%  self.data)
text = '''
!important
%matplotlib inline
'''
factor = 2.0 if text.split() == ["!important", "%matplotlib", "inline"] else 0.0
{magic}
"""


@pytest.mark.parametrize("path", ["engine.py", "engine.ipynb"])
@pytest.mark.parametrize(
    "magic", ["", "%matplotlib inline\n!echo it's a \\\n   'long' \\\n   line\nx = %time 1\nx?"]
)
def test_python_that_begins_with_a_percent_sign_is_python(opened, path, magic):
    text = CONTINUED.format(magic=magic) + VALUE + OP.format("(factor * float(shown(self)[6:-1]))")
    engine = opened({path: text if path.endswith(".py") else notebook(text)}, path)
    assert works(engine)
    assert factor(engine) == 2.0
    assert list(engine.info.notes) == []


def test_a_command_in_a_file_of_python_does_not_take_the_file(opened):
    engine = opened(f"!pip install torch\n%matplotlib inline\n{VALUE}{OP.format(3.0)}")
    assert factor(engine) == 3.0
    assert list(engine.info.notes) == []
    with pytest.raises(EngineError, match=r"engine\.py, line 3: SyntaxError"):
        opened(f"!pip install torch\n\ndef f(:\n{VALUE}")


def test_a_cell_that_writes_a_module_makes_it_importable(opened):
    cells = (
        f"%%writefile engine.py\nfrom parts.ops import factor\n{VALUE}",
        "%%file /content/parts.txt\nnothing",
        "%%writefile parts/ops.py\nfactor = 5.0",
        "%%writefile -a parts/ops.py\nfactor *= 2.0\n",
        f"from engine import Value, factor\n{OP.format('factor')}",
    )
    engine = opened({"hw.ipynb": notebook(*cells)}, "hw.ipynb")
    assert factor(engine) == 10.0
    assert "line 3 of engine.py" in engine.info.found
    assert list(engine.info.notes) == []
    # No cell imports the file, because a command ran it. It is the engine all the same.
    engine = opened({"hw.ipynb": notebook(cells[0], cells[2], "!python engine.py")}, "hw.ipynb")
    assert works(engine)


def test_a_cell_can_run_another_file_of_the_submission(opened):
    files = {
        "work/hw.ipynb": notebook(
            "%run engine.py\n%run -i ops.ipynb",
            "get_ipython().run_line_magic('run', 'more')",
            "%run hw.ipynb\n%run nowhere.py\nfactor = float(0)",
            OP.format("factor"),
        ),
        "work/engine.py": VALUE,
        "work/ops.ipynb": notebook("factor = 3.0", "%%html\n<b>", "factor *= Value(2.0).data"),
        "work/more.py": "factor += 1.0",
    }
    engine = opened(files, "work/hw.ipynb")
    assert works(engine)
    assert factor(engine) == 7.0
    assert "of engine.py" in engine.info.found
    (note,) = (n for n in engine.info.notes if "nowhere" in n)
    assert "FileNotFoundError: %run nowhere.py: there is no such file beside" in note


def test_a_cell_in_another_language_is_said_to_be_one(opened):
    text = notebook(VALUE, "%%html\n<b>", "%%bash\nls", "%%html\n<i>", "%%capture\nx = 1")
    engine = opened({"hw.ipynb": text}, "hw.ipynb")
    assert works(engine)
    assert list(engine.info.notes) == [
        "each of the cells 2, 4 of hw.ipynb is %%html and was not run",
        "cell 3 of hw.ipynb is %%bash and was not run",
    ]


@pytest.mark.parametrize(
    "broken",
    ["{}", "[]", "not json", '{"cells": 7}', "[" * 100_000],
    ids=["object", "list", "text", "cells", "deep"],
)
def test_a_notebook_that_is_none_is_refused_with_its_name(opened, broken):
    with pytest.raises(EngineError, match=r"hw\.ipynb.* notebook"):
        opened({"hw.ipynb": broken}, "hw.ipynb")
