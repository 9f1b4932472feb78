"""Torch is asked while a child computes: the results are the same, and a failure of either is noticed."""

import threading
import time

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.engine.contract import WrappedEngine
from gradconform.harness.run.overlap import BackgroundWork
from gradconform.harness.run.runner import run
from gradconform.harness.tests.small_engines import VALUE


def test_both_are_done_and_the_result_is_given():
    with BackgroundWork(lambda: threading.get_ident(), lambda: None) as answer:
        here = threading.get_ident()
    assert answer.result() != here


def test_what_the_work_raises_is_raised():
    with BackgroundWork(lambda: 1 / 0, lambda: None) as answer:
        pass
    with pytest.raises(ZeroDivisionError):
        answer.result()


def test_work_is_given_up_when_its_companion_fails():
    released = threading.Event()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), BackgroundWork(released.wait, released.set):
        raise KeyboardInterrupt
    assert released.wait(5)
    assert time.monotonic() - started < 5


def test_the_outcomes_are_those_of_one_after_the_other(opened):
    engine = opened(VALUE)
    cases = catalogue().select(["accumulation/*", "errors/second_backward*"])

    class InTurn(WrappedEngine):
        out_of_process = False

    def outcomes(engine):
        results = run(cases, [engine], Reference())
        return [
            (r.case.id, o.reading, o.verdict, o.message, o.case_run.digest)
            for r in results
            for o in r.outcomes
        ]

    beside = outcomes(engine)
    assert engine.children.restarts == 0
    assert outcomes(InTurn(engine, engine.info)) == beside
