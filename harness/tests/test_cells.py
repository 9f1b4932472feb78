"""Notebooks as they come: cell by cell, whatever is in them."""

import json

import pytest

from harness.errors import EngineError
from harness.isolation import cells
from harness.tests.small_engines import OP, VALUE, factor, works

NOTHING = "class Value:\n    pass\n"


def notebook(*sources, version=4):
    """A notebook of cells of code; one that begins with # is Markdown."""
    made = [
        {"cell_type": "markdown" if s.startswith("#") else "code", "source": s, "outputs": []}
        for s in sources
    ]
    if version == 3:
        for cell in made:
            cell["input"] = cell.pop("source")
        return json.dumps({"nbformat": 3, "worksheets": [{"cells": made}]})
    return json.dumps({"nbformat": 4, "cells": made})


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
    assert "class Value, cell 2 of hw.ipynb" in engine.found
    said = "\n".join(engine.notes)
    assert "hw.ipynb, cell 3, line 1: RuntimeError: half done" in said
    assert "hw.ipynb, cell 5, line 1: EOFError" in said
    assert "hw.ipynb, cell 6, line 1: SyntaxError" in said
    assert "hw.ipynb, cell 8: SystemExit: 1" in said


def test_a_class_that_a_later_cell_defines_again_is_the_one(opened):
    engine = opened({"hw.ipynb": notebook(NOTHING, VALUE, "x = Value(1.0)")}, "hw.ipynb")
    assert works(engine)
    assert "cell 2 of hw.ipynb" in engine.found


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
    assert [note for note in engine.notes if "SyntaxError" in note] == []


def test_a_cell_in_lists_of_lines_is_the_same_cell():
    lines = json.dumps({"cells": [{"cell_type": "code", "source": ["a = 1\n", "b = 2"]}]})
    assert cells.of_notebook(lines) == [cells.Cell(1, "a = 1\nb = 2")]


def test_a_notebook_that_was_printed_as_text_loads_like_the_notebook(opened):
    text = (
        "# Homework\nThe class is below.\n\nIn [1]:\n"
        f"{VALUE}\nOut[1]: nothing\nThat was it: a class!\n\nIn [2]:\n{OP.format(4.0)}\n---\nThe end.\n"
    )
    engine = opened({"hw.txt": text}, "hw.txt")
    assert works(engine)
    assert factor(engine) == 4.0
    assert "cell 1 of hw.txt" in engine.found


def test_an_endless_cell_takes_its_own_time_and_no_more(opened):
    text = notebook(VALUE, "n = 0\nwhile True:\n    n += 1", OP.format(6.0))
    engine = opened({"hw.ipynb": text}, "hw.ipynb", load=4.0)
    assert factor(engine) == 6.0
    assert engine.notes == ["hw.ipynb, cell 2 took longer than 2 s"]


def test_an_endless_script_below_the_class_does_not_take_the_class_away(opened):
    engine = opened({"engine.py": f"{VALUE}\nn = 0\nwhile True:\n    n += 1\n"}, load=2.0)
    assert works(engine)
    assert engine.notes == ["engine.py took longer than 1 s"]


@pytest.mark.parametrize(
    "broken",
    ["{}", "[]", "not json", '{"cells": 7}', "[" * 100_000],
    ids=["object", "list", "text", "cells", "deep"],
)
def test_a_notebook_that_is_none_is_refused_with_its_name(opened, broken):
    with pytest.raises(EngineError, match=r"hw\.ipynb.* notebook"):
        opened({"hw.ipynb": broken}, "hw.ipynb")
