"""Torch is asked while a child computes: what comes of it, and what happens when either fails."""

import threading
import time

import pytest

from harness.catalogue.case import catalogue
from harness.catalogue.reference import Reference
from harness.run.overlap import Meanwhile
from harness.run.runner import run
from harness.tests.small_engines import VALUE


def test_both_are_done_and_the_result_is_given():
    with Meanwhile(lambda: threading.get_ident(), lambda: None) as answer:
        here = threading.get_ident()
    assert answer() != here


def test_what_the_work_raises_is_raised():
    with Meanwhile(lambda: 1 / 0, lambda: None) as answer:
        pass
    with pytest.raises(ZeroDivisionError):
        answer()


def test_work_is_given_up_when_its_companion_fails():
    released = threading.Event()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Meanwhile(released.wait, released.set):
        raise KeyboardInterrupt
    assert released.wait(5)
    assert time.monotonic() - started < 5


def test_the_outcomes_are_those_of_one_after_the_other(opened):
    engine = opened(VALUE)
    cases = catalogue().select(["accumulation/*", "errors/second_backward*"])

    def outcomes():
        results = run(cases, [engine], Reference())
        return [
            (r.case.id, o.reading, o.verdict, o.message, o.case_run.digest)
            for r in results
            for o in r.outcomes
        ]

    beside = outcomes()
    assert engine.restarts == 0
    engine.close()  # which is started again by the first case, and then waits no more
    type(engine).waiting, kept = False, type(engine).waiting
    try:
        assert outcomes() == beside
    finally:
        type(engine).waiting = kept
