"""Submissions that never end: what they cost, and what is left of them."""

import re

import pytest

from harness.tests.small_engines import OP, VALUE, factor, notebook, works


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
    "endless",
    [
        "while True: pass",
        "import time\ntime.sleep(100)",
        "for _ in range(3):\n    try:\n        while True: pass\n    except:\n        pass",
    ],
    ids=["loop", "sleep", "swallows"],
)
def test_cells_that_never_end_use_up_the_time_and_the_engine_is_what_there_is(opened, endless):
    text = notebook(VALUE, OP.format(7.0), *[endless] * 4, OP.format(8.0))
    engine = opened({"hw.ipynb": text}, "hw.ipynb", load=4.0)
    assert works(engine)
    assert factor(engine) == 7.0
    first, second, rest = engine.notes
    assert first == "hw.ipynb, cell 3 took longer than 2 s"
    assert re.fullmatch(r"hw\.ipynb, cell 4 took longer than (1|0)\.\d+ s", second)
    assert rest == "cells 5 to 7 of hw.ipynb were not run: loading took 3.33 s"


def test_a_file_for_which_no_time_is_left_is_named(opened):
    loop = "while True: pass\n"
    files = {"a.py": VALUE, **{f"{name}.py": f"{loop}# def backward\n" for name in "bcd"}}
    engine = opened(files, ".", load=4.0)
    assert works(engine)
    first, _, third = engine.notes
    assert first == "b.py took longer than 2 s"
    assert third == "d.py was not run: loading took 3.33 s"


def test_a_sleep_is_as_long_as_it_was(opened):
    text = (
        "import time\nstart = time.monotonic()\ntime.sleep(0.25)\ntime.sleep(0)\n"
        "slept = time.monotonic() - start\n"
        f"{VALUE}{OP.format('(2.0 if 0.25 <= slept < 2 else slept)')}"
        "time.sleep(-1)\n"
    )
    engine = opened(text)
    assert factor(engine) == 2.0
    assert "ValueError: sleep length must be non-negative" in engine.notes[0]
