"""A long chain is written down as one link that repeats, and everybody reads the same steps as of a loop."""

import json
import pickle

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.engine.builtin import load
from gradconform.harness.errors import CaseError, ProgramError
from gradconform.harness.program import Apply, Input, Program, Read, Ref, Repeat
from gradconform.harness.program.arrays import Array
from gradconform.harness.program.printing import text
from gradconform.harness.program.serialize import digest, from_json, to_json
from gradconform.harness.trace import backward, exp, read, repeated, sum, traced, zero_grad

X, READ = Input("x"), Read("value", Ref(0))


def looped(link, start, *, times):
    for _ in range(times):
        start = link(start)
    return start


def a_product(x, y, *, again):
    return again(lambda z: z * 1.5, x, times=5)


def several_steps_and_a_leaf_in_each(x, y, *, again):
    return again(lambda z: y - exp(z + z * y) / 2, x * y, times=4)


def the_start_is_in_each_link(x, y, *, again):
    h = x * y
    return again(lambda z: z + h, h, times=3) * h


def two_chains_and_steps_between(x, y, *, again):
    for _ in range(2):
        z = again(lambda z: 0.5 * z, x, times=6) + y
        backward(again(lambda z: z + x, z, times=2))
        read(z, z.grad, x.grad)
    zero_grad()


CHAINS = [
    a_product,
    several_steps_and_a_leaf_in_each,
    the_start_is_in_each_link,
    two_chains_and_steps_between,
]


def traced_both(function):
    inputs = {"x": True, "y": True}
    return traced(function, inputs, again=repeated), traced(function, inputs, again=looped)


@pytest.mark.parametrize("function", CHAINS)
def test_a_repeated_link_is_the_same_program_as_a_loop(function):
    program, loop = traced_both(function)
    assert len(program.parts) < len(loop.parts) == len(loop) == len(program)
    assert program.steps == loop.steps
    assert text(program) == text(loop)
    for told in ("inputs", "reads", "labels", "watched", "ops", "applied", "first_values"):
        assert getattr(program, told) == getattr(loop, told), told
    for stopped in (None, 0, len(loop) // 2, len(loop) - 1):
        assert program.due(stopped) == loop.due(stopped)


@pytest.mark.parametrize("name", ["scalar", "torch"])
def test_an_engine_answers_it_as_it_answers_the_loop(name):
    inputs = {"x": Array.of(0.7), "y": Array.of(-0.3)}
    program, loop = traced_both(two_chains_and_steps_between)
    assert load(name).run(program, inputs) == load(name).run(loop, inputs)


@pytest.mark.parametrize("function", CHAINS)
def test_it_goes_to_another_process_as_it_is_written_down(function):
    program, _ = traced_both(function)
    assert program.steps  # They are made, and stay behind.
    sent = json.loads(json.dumps(to_json(program)))
    for arrived in (from_json(sent), from_json(sent, True), pickle.loads(pickle.dumps(program))):
        assert arrived == program
        assert "steps" not in vars(arrived)
        assert arrived.steps == program.steps
        assert digest(arrived, {}) == digest(program, {})


def test_the_longest_chain_of_the_catalogue_is_a_few_words():
    program = catalogue()["graphs/chain_of_products[20000]"].program
    assert len(program) == 20_004
    assert len(json.dumps(to_json(program))) < 1_000
    assert text(program).splitlines()[19_999:] == [
        "%19999 = %19998 * 1.0001",
        "%20000 = %19999 * 1.0001",
        "backward %20000",
        "read value %20000",
        "read grad %0",
    ]


def test_the_digest_differs_with_the_link_and_with_the_number_of_rounds():
    def chain(number, times):
        block = Repeat((Apply("mul", (Ref(1), number)),), times)
        return digest(Program((X, Apply("mul", (Ref(0), 2.0)), block, READ)), {})

    assert len({chain(2.0, 3), chain(2.0, 4), chain(3.0, 3), chain(2, 3)}) == 4


ONCE = Apply("exp", (Ref(0),))


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        (Repeat((ONCE,), 0), "repeated once or more often"),
        (Repeat((ONCE,), True), "repeated once or more often"),
        (Repeat((), 3), "a block is a tuple of steps"),
        (Repeat([ONCE], 3), "a block is a tuple of steps"),
        (Repeat((X,), 3), "only ops without attributes"),
        (Repeat((Repeat((ONCE,), 3),), 3), "only ops without attributes"),
        (Repeat((Apply("sum", (Ref(0),), (("dim", 0),)),), 3), "only ops without attributes"),
        (Repeat((Apply("cat", ([Ref(0), Ref(0)],)),), 3), "only ops on values and numbers"),
        (Repeat((Apply("mul", (Ref(0), Array.of(1.0))),), 3), "only ops on values and numbers"),
        (Repeat((ONCE, Apply("exp", (Ref(2),))), 3), "%2 is used before it is defined"),
        (Repeat((Apply("frobnicate", (Ref(0),)),), 3), "unknown op 'frobnicate'"),
    ],
)
def test_a_block_that_cannot_be_repeated_is_refused(block, complaint):
    with pytest.raises(ProgramError, match=rf"^step 1 .Repeat.: .*{complaint}"):
        Program((X, block, READ))


@pytest.mark.parametrize(
    ("link", "complaint"),
    [
        (lambda x, y: x, "ends in a result of its own"),
        (lambda x, y: (exp(x), y)[1], "ends in a result of its own"),
        (lambda x, y: read(y) or x + y, "applies ops, and does nothing else"),
        (lambda x, y: repeated(exp, x, times=2), "applies ops, and does nothing else"),
        (lambda x, y: sum(x, dim=0), "only ops without attributes"),
    ],
    ids=["no op", "another value", "a reading", "a chain", "an attribute"],
)
def test_a_link_that_is_no_link_is_refused(link, complaint):
    def chain(x, y):
        return repeated(lambda z: link(z, y), x, times=3)

    with pytest.raises((CaseError, ProgramError), match=complaint):
        traced(chain, {"x": True, "y": True})


def test_links_that_are_not_alike_are_refused():
    def grows(x):
        links = iter((x * 2.0, x * 2.0 + 1.0))
        return repeated(lambda _: next(links), x, times=3)

    with pytest.raises(CaseError, match="all links are made alike"):
        traced(grows, {"x": True})
    with pytest.raises(ProgramError, match="repeated once or more often"):
        traced(lambda x: repeated(exp, x, times=1), {"x": True})
