"""Torch in a process of its own: asked ahead, by several processes, and killed."""

import multiprocessing
import os
import signal
from contextlib import contextmanager
from dataclasses import replace

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.catalogue.reference_cache import ReferenceCache
from gradconform.harness.processes import can_fork
from gradconform.harness.program import Program
from gradconform.harness.program.arrays import Array
from gradconform.harness.trace import traced

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system has no fork")
FORK = multiprocessing.get_context("fork")


@pytest.fixture(scope="module")
def instances():
    cases = catalogue().select(["lecture/*", "diamonds/*", "ties/*"])
    return [case.instance(0, "float64") for case in cases]


@pytest.fixture
def apart(reference):
    assert reference.engine  # torch is imported already, so that a fork need not wait for it
    found = Reference(apart=True)
    yield found
    found.close()
    assert not multiprocessing.active_children()


def process_of_torch():
    (process,) = multiprocessing.active_children()
    return process


def answers(reference, instances):
    """The answers as texts, in which a NaN is equal to itself."""
    return [repr(reference(instance)) for instance in instances]


@contextmanager
def in_this_process(reference):
    """Torch in this process is counted: the list has an entry for each program that it runs."""
    ran, engine = [], reference.engine

    class Counted(type(engine)):
        def run(self, program, inputs):
            ran.append(program)
            return super().run(program, inputs)

    reference.engine = Counted()
    yield ran


def test_it_answers_as_torch_does_here_whatever_is_expected(apart, reference, instances):
    with in_this_process(apart) as ran:
        for instance in instances:
            apart.expect(instance)
            apart.expect(instance)
        backwards = answers(apart, reversed(instances))
        assert backwards[::-1] == answers(reference, instances)
        # What was not announced is answered too, and so is a program that no case has.
        first = instances[0]
        shorter = replace(first, program=Program(first.program.parts[:-1]))
        assert repr(apart.ask(shorter)) == repr(reference.ask(shorter))
        assert not ran


def test_questions_that_fill_a_socket_do_not_block(apart, reference, instances):
    """Each question and each answer is larger than what a socket takes."""
    program = traced(lambda x: x * x, {"x": True})
    data = [tuple(0.1 * n + k for n in range(25_000)) for k in range(3)]
    large = [
        replace(instances[0], program=program, inputs={"x": Array("float64", (25_000,), numbers)})
        for numbers in data
    ]
    for instance in large:
        apart.expect(instance)
    assert answers(apart, large) == answers(reference, large)


def test_a_fork_asks_on_a_line_of_its_own(apart, reference, instances):
    def fork(branch, sender):
        with in_this_process(branch) as ran:
            for instance in instances:
                branch.expect(instance)
            sender.send((answers(branch, instances), len(ran)))

    started = []
    for _ in range(2):
        receiver, sender = FORK.Pipe(duplex=False)
        process = FORK.Process(target=fork, args=(apart.branch(), sender))
        process.start()
        started.append((process, receiver))
    assert answers(apart, instances) == answers(reference, instances)
    for process, receiver in started:
        assert receiver.recv() == (answers(reference, instances), 0)
        process.join()


@pytest.mark.parametrize("answered", [0, 1, 40])
def test_nothing_is_lost_when_it_is_killed(apart, reference, instances, answered):
    branch = apart.branch()
    for each in (apart, branch):
        for instance in instances:
            each.expect(instance)
    begun = answers(apart, instances[:answered])
    process_of_torch().kill()
    assert begun + answers(apart, instances[answered:]) == answers(reference, instances)
    # So it is for a line that was made before, and for one that is made after.
    for other in (branch, apart.branch()):
        assert answers(other, instances[:3]) == answers(reference, instances[:3])
        other.close()


def test_only_the_process_that_started_it_is_interrupted_by_ctrl_c(apart, reference, instances):
    answers(apart, instances[:1])
    for number in (signal.SIGINT, signal.SIGHUP):
        os.kill(process_of_torch().pid, number)
    with in_this_process(apart) as ran:
        assert answers(apart, instances) == answers(reference, instances)
    assert not ran


def test_it_ends_with_the_process_that_started_it(instances):
    def start(sender):
        other = Reference(apart=True)
        other(instances[0])
        sender.send(process_of_torch().pid)
        signal.pause()

    receiver, sender = FORK.Pipe(duplex=False)
    parent = FORK.Process(target=start, args=(sender,))
    parent.start()
    ended = os.pidfd_open(receiver.recv())
    parent.kill()
    parent.join()
    assert multiprocessing.connection.wait([ended], timeout=10)
    os.close(ended)


def test_it_keeps_no_descriptor_open_that_it_has_inherited(apart, instances):
    receiver, sender = os.pipe()
    other = Reference(apart=True)
    other(instances[0])
    os.close(sender)
    assert os.read(receiver, 1) == b""
    os.close(receiver)
    other.close()


def test_it_writes_its_answers_to_the_cache(tmp_path, reference, instances):
    apart = Reference(apart=True, cache=ReferenceCache(tmp_path / "cache", "key"))
    for instance in instances:
        apart.expect(instance)
    wanted = answers(apart, instances)
    apart.close()
    again = Reference(apart=True, cache=ReferenceCache(tmp_path / "cache", "key"))
    with in_this_process(again) as ran:
        assert answers(again, instances) == wanted == answers(reference, instances)
    assert again.from_cache == sum(len(again(instance).readings) for instance in instances)
    assert not ran
    # Torch's process is not even started.
    assert not multiprocessing.active_children()
    again.close()
