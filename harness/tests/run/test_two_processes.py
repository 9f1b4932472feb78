"""The outcomes are the same when two processes share the cases."""

import os
import signal
import time

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.engine.builtin import load
from gradconform.harness.run.runner import run
from gradconform.harness.run.two_processes import Shared

PARENT = os.getpid()


@pytest.fixture(scope="module")
def cases():
    return catalogue().select(["lecture/*", "diamonds/*", "ties/*"])


@pytest.fixture(scope="module")
def engines():
    return [load(name) for name in ("torch", "numpy", "scalar")]


def rows(engine, part):
    for result in run(part, [engine], Reference()):
        readings = [(o.reading, str(o.verdict), o.actual) for o in result.outcomes]
        yield engine.info.name, result.case.id, readings


def from_one(cases, engines, finish):
    return [value for engine in engines for value in finish(engine, cases)]


def from_two(cases, engines, finish):
    shared = Shared(cases, engines, finish)
    try:
        return list(shared)
    finally:
        shared.close()


def test_two_processes_find_what_one_finds_in_the_same_order(cases, engines):
    assert from_two(cases, engines, rows) == from_one(cases, engines, rows)


def test_both_processes_take_part(cases, engines):
    def who(engine, part):
        for case in part:
            time.sleep(0.002)
            yield case.id, os.getpid()

    found = from_two(cases, engines, who)
    assert [case for case, _ in found] == [case.id for case in cases] * len(engines)
    assert len({process for _, process in found}) == 2


@pytest.mark.parametrize("last", [0, 5, 60])
def test_what_a_child_that_ends_early_leaves_is_made_up_for(cases, engines, last):
    def mortal(engine, part):
        for count, value in enumerate(rows(engine, part)):
            if os.getpid() != PARENT and count >= last:
                os._exit(1)
            yield value

    assert from_two(cases, engines, mortal) == from_one(cases, engines, rows)


def test_what_the_child_had_finished_is_kept_when_the_run_is_interrupted(cases, engines):
    def interrupted(engine, part):
        for count, case in enumerate(part):
            yield engine.info.name, case.id
            time.sleep(0.01)
            if os.getpid() == PARENT and count == 20:
                raise KeyboardInterrupt

    shared, kept = Shared(cases, engines, interrupted), []

    def collect():
        for value in shared:
            kept.append(value)

    with pytest.raises(KeyboardInterrupt):
        collect()
    shared.close()
    assert len(kept) == len(set(kept))
    assert (engines[0].info.name, cases[-1].id) in kept


def test_the_child_just_ends_whatever_the_parent_does_on_sigterm(cases, engines):
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        shared = Shared(cases, engines, rows)
        next(iter(shared))
        shared.close()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert shared._child.exitcode == -signal.SIGTERM
