"""An engine that never ends costs a few time-outs, and not one for each case."""

from gradconform.harness.tests.small_engines import VALUE, ask, numbers, square, with_method, works
from gradconform.harness.trace import exp, read

LOOP = "while True: pass"


def said(engine, function=exp, x=0.5):
    """The message of a time-out."""
    stop = ask(engine, function, x=x).stop
    assert stop.kind == "timeout"
    return stop.message


def value_alone(x):
    return read(x * x)


def test_after_three_time_outs_in_a_row_nothing_more_is_tried(opened):
    text = with_method(LOOP).replace(
        "def __mul__", f"def __truediv__(self, other):\n        {LOOP}\n\n    def __mul__"
    )
    engine = opened(text, case=0.2)
    for function in (exp, lambda x: x / 2.0, exp):
        assert said(engine, function) == "no answer within 0.2 s"
    assert said(engine, square) == "not tried: 3 cases in a row had no answer in time"
    assert engine.children.restarts == 2


def test_an_op_that_never_ends_is_not_tried_a_third_time_and_the_others_are(opened):
    engine = opened(with_method(LOOP), case=0.2)
    for _ in range(2):
        assert said(engine) == "no answer within 0.2 s"
        assert works(engine)
    assert said(engine) == "not tried: no case with exp was answered in time (2 tried before)"
    assert works(engine)
    assert engine.children.restarts == 2


def test_a_backward_that_did_not_end_while_the_engine_was_loaded_is_tried_once(opened):
    text = VALUE.replace("order, seen = [], set()", LOOP)
    engine = opened(text, load=3.0, case=0.2)
    assert said(engine, square) == "no answer within 0.2 s"
    assert (
        said(engine) == "not tried: no case with a backward was answered in time (1 tried before)"
    )
    assert numbers(ask(engine, value_alone, x=3.0)) == [9.0]
    assert engine.children.restarts == 1
