"""The place of an exception in the engine's code, in words, however hostile the code is."""

import linecache
import os
import sys
from types import FunctionType

import pytest
from gradconform.harness.engine.exceptions import foreign_frames
from gradconform.harness.engine.exceptions import raised as stop_of
from gradconform.harness.places import cell_name, raised_at, remember, told, traceback_of
from gradconform.harness.text import described


def raised(source, name="s16.py", **names):
    """Return the exception that `f()` raises, a function of a source that was compiled under `name`."""
    remember(name, source)
    exec(compile(source, name, "exec"), names)
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - the source chooses the exception
        names["f"]()
    return caught.value


def test_the_place_is_the_innermost_line_of_the_engine_with_its_source():
    source = "def rule(node):\n    return node._backward()\n\ndef f():\n    rule(None)\n"
    problem = raised(source)
    assert raised_at(problem) == "s16.py:2, in rule: `return node._backward()`"
    assert told(problem) == (
        "AttributeError: 'NoneType' object has no attribute '_backward' "
        "(s16.py:2, in rule: `return node._backward()`)"
    )
    assert traceback_of(problem, described(problem)).splitlines()[-5:] == [
        '  File "s16.py", line 5, in f',
        "    rule(None)",
        '  File "s16.py", line 2, in rule',
        "    return node._backward()",
        "AttributeError: 'NoneType' object has no attribute '_backward'",
    ]


def test_a_cell_of_a_notebook_is_named_with_its_line():
    problem = raised("def f():\n    return 1 / 0\n", cell_name("hw.ipynb", 3))
    assert raised_at(problem) == "hw.ipynb, cell 3, line 2, in f: `return 1 / 0`"


def test_a_library_that_the_engine_calls_is_not_the_place():
    problem = raised("import json\ndef f():\n    json.loads('{')\n")
    assert raised_at(problem) == "s16.py:3, in f: `json.loads('{')`"


class Shadowed(Exception):
    __traceback__ = 3


FORGED = (
    "/" * 10**6,
    "/dev/zero",
    os.devnull,
    "a\nb\x1b[2J.py",
    "x" * 100_000,
    "\u202eyp.s",
    "/etc/shadow/none",
)


@pytest.mark.parametrize("name", FORGED, ids=lambda name: repr(name[:12]))
def test_a_forged_file_name_is_neither_opened_nor_shown_as_it_is(name):
    def f():
        raise Shadowed

    with pytest.raises(Shadowed) as caught:
        FunctionType(f.__code__.replace(co_filename=name, co_name="n\n" * 9_999), globals())()
    shown = raised_at(caught.value)
    assert len(shown) < 400
    assert shown.isprintable()
    assert len(traceback_of(caught.value, "x")) < 9_000


def test_a_class_cannot_hide_its_traceback():
    source = "def f():\n    raise kind\n"
    problem = raised(source, kind=Shadowed)
    assert raised_at(problem) == "s16.py:2, in f: `raise kind`"
    assert foreign_frames(problem) == 2


def test_lines_of_source_that_were_replaced_by_other_objects_cost_the_place_alone():
    problem = raised("def f():\n    return 1 / 0\n", "poisoned.py")
    linecache.cache["poisoned.py"] = (1, None, 7, "poisoned.py")
    stop = stop_of(4, problem)
    assert stop == stop.__class__(
        "raised", 4, "zero-division", "ZeroDivisionError: division by zero"
    )
    assert stop.place == ""
    linecache.cache["poisoned.py"] = (1, None, ["\n", "\x1b[2J" + "x" * 10**6], "poisoned.py")
    assert len(raised_at(problem)) < 300
    assert raised_at(problem).isprintable()
    del linecache.cache["poisoned.py"]


def test_a_recursion_of_very_many_frames_is_shortened():
    source = "def f(n=0):\n    return f(n + 1) if n < 8_000 else 1 / 0\n"
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    try:
        problem = raised(source)
    finally:
        sys.setrecursionlimit(before)
    shown = traceback_of(problem, described(problem))
    assert "  ... 7,9" in shown
    assert "more frames" in shown
    assert len(shown) < 9_000
