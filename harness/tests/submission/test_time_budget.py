"""Submissions that never end: they cost a part of the time, and the rest of them is kept."""

import re
import time

import pytest
from gradconform.harness.errors import EngineError
from gradconform.harness.submission.loading.time_budget import TimeBudget
from gradconform.harness.tests.adapt.templates import tensor
from gradconform.harness.tests.small_engines import OP, VALUE, ask, factor, notebook, works


def test_an_endless_cell_takes_its_own_time_and_no_more(opened):
    text = notebook(VALUE, "n = 0\nwhile True:\n    n += 1", OP.format(6.0))
    engine = opened({"hw.ipynb": text}, "hw.ipynb", load=4.0)
    assert factor(engine) == 6.0
    assert list(engine.info.notes) == ["hw.ipynb, cell 2 took longer than 2 s"]


def test_an_endless_script_below_the_class_does_not_take_the_class_away(opened):
    engine = opened({"engine.py": f"{VALUE}\nn = 0\nwhile True:\n    n += 1\n"}, load=2.0)
    assert works(engine)
    assert list(engine.info.notes) == ["engine.py took longer than 1 s; still defined: Value"]


@pytest.mark.parametrize(
    "endless",
    [
        "while True: pass",
        "import time\ntime.sleep(100)",
        "for _ in range(3):\n    try:\n        while True: pass\n    except:\n        pass",
        "def f():\n    while True: pass\n\ntry:\n    f()\nexcept:\n    pass",
    ],
    ids=["loop", "sleep", "swallows", "swallows what a call raises"],
)
def test_cells_that_never_end_use_up_the_time_and_the_engine_is_what_there_is(opened, endless):
    text = notebook(VALUE, OP.format(7.0), *[endless] * 4, OP.format(8.0))
    engine = opened({"hw.ipynb": text}, "hw.ipynb", load=4.0)
    assert works(engine)
    assert factor(engine) == 7.0
    first, second, rest = engine.info.notes
    assert first == "hw.ipynb, cell 3 took longer than 2 s"
    assert re.fullmatch(r"hw\.ipynb, cell 4 took longer than [01](\.\d+)? s", second)
    assert rest == "cells 5 to 7 of hw.ipynb were not run: loading took 3.33 s"
    engine.close()
    # The next child waits less for the loops, and has the same engine all the same: cell 7 is not run.
    assert factor(engine) == 7.0


def test_work_that_did_not_end_in_an_earlier_child_gets_a_fifth_of_its_time():
    def loop():
        while True:
            pass

    first = TimeBudget(30.0, time.monotonic())
    assert first.run(lambda: None, 5.0)
    assert not first.run(loop, 0.1)
    assert first.unended == [1]
    again = TimeBudget(30.0, time.monotonic(), first.unended)
    assert again.run(lambda: None, 5.0)
    computed = time.thread_time()
    assert not again.run(loop, 1.0)
    assert time.thread_time() - computed < 0.9
    assert again.unended == [1]


def test_files_for_which_no_time_is_left_are_named_in_one_sentence(opened):
    loop = "while True: pass\n"
    files = {"a.py": VALUE, **{f"{name}.py": f"{loop}# def backward\n" for name in "bcdef"}}
    engine = opened(files, ".", load=4.0)
    assert works(engine)
    first, _, last = engine.info.notes
    assert first == "b.py took longer than 2 s"
    assert last == "3 files, from d.py on, were not run: loading took 3.33 s"


def test_a_package_that_never_ends_leaves_the_class_that_it_has(opened):
    files = {
        "pkg/__init__.py": "from .engine import Value",
        "pkg/engine.py": f"{VALUE}\nwhile True: pass",
    }
    engine = opened(files, "pkg", load=4.0)
    assert works(engine)
    assert engine.info.notes[0] == "pkg took longer than 2 s"


def test_a_sleep_is_as_long_as_it_was(opened):
    text = (
        "import time\nstart = time.monotonic()\ntime.sleep(0.25)\ntime.sleep(0)\n"
        "slept = time.monotonic() - start\n"
        f"{VALUE}{OP.format('(2.0 if 0.25 <= slept < 2 else slept)')}"
        "time.sleep(-1)\n"
    )
    engine = opened(text)
    assert factor(engine) == 2.0
    assert "ValueError: sleep length must be non-negative" in engine.info.notes[0]


LOOP = "while True: pass"


def test_a_backward_that_never_ends_costs_the_cases_that_need_it(opened):
    text = VALUE.replace("order, seen = [], set()", LOOP)
    engine = opened(text, load=3.0, case=0.5)
    assert list(engine.info.notes) == ["its backward did not end in the probe"]
    assert "Value(data), .data, .grad, .backward()" in engine.info.found
    assert ask(engine, lambda x: x * x, x=2.0).stop.kind == "timeout"
    # A backward that ends makes no note.
    assert not opened(VALUE).info.notes


def test_a_backward_over_arrays_that_never_ends_is_the_same(opened):
    backward = f"def backward(self, seed=None):\n    {LOOP}"
    engine = opened(tensor(backward), load=3.0)
    assert list(engine.info.notes) == ["its backward did not end in the probe"]
    assert engine.info.found.startswith("class Tensor, line 4 of engine.py: arrays; ")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("__init__", "making one from a number does not come to an end"),
        ("__mul__", "two of them are added or multiplied, or one read, without end"),
    ],
)
def test_a_class_whose_nodes_never_come_to_be_is_refused_in_a_sentence(opened, where, said):
    with pytest.raises(
        EngineError, match=rf"class Value \(line \d+ of engine.py\) took too long: {said}"
    ):
        opened(f"{VALUE}\n    def {where}(self, other):\n        {LOOP}", load=3.0)


def test_a_class_that_never_ends_does_not_hide_the_one_that_does(opened):
    endless = VALUE.replace("Value", "Draft").replace(
        "self.data, self.grad", f"{LOOP}\n        self.x"
    )
    engine = opened(f"{endless}{VALUE}", load=4.0)
    assert works(engine)
    assert "class Value" in engine.info.found


def test_an_adapter_that_never_ends_is_refused_in_a_sentence(opened):
    text = f"from gradconform import EagerEngine\nclass Mine(EagerEngine):\n    def __init__(self): {LOOP}"
    text += "".join(
        f"\n    def {name}(self, *given): ..." for name in ("leaf", "value", "grad", "backward")
    )
    with pytest.raises(EngineError, match=r"Mine\(\) took too long: it does not come to an end"):
        opened(text.replace(f": {LOOP}", f":\n        {LOOP}"), load=3.0)
