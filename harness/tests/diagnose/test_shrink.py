"""A failing program is cut down to the smallest one that still fails, with few runs of the engine."""

import warnings

import pytest
from gradconform.harness.catalogue.collection import Catalogue
from gradconform.harness.diagnose.mistake import Mistaken, known_mistakes
from gradconform.harness.diagnose.shrink import smallest
from gradconform.harness.engine import builtin
from gradconform.harness.engine.contract import WrappedEngine
from gradconform.harness.judge.outcome import CaseRun, Verdict, worst
from gradconform.harness.judge.verdict import judge_case
from gradconform.harness.program.printing import step_text
from gradconform.harness.trace import exp, log, relu, tanh

MISTAKES = {mistake.name: mistake for mistake in known_mistakes()}
mine = Catalogue()


@mine.case(a=0.731, b=-1.263, c=0.417)
def network(a, b, c):
    """Several ops, one after the other and side by side."""
    hidden = tanh(a * b + c) * exp(c)
    shifted = relu(hidden * a + 2.137)
    return log(shifted * shifted + 1.931) - hidden / b


@mine.case(a=0.731, b=-1.263)
def diamonds(a, b):
    """Nodes that are used twice, at different depths."""
    first = a * b + a
    second = first * 0.791 + b
    return second * first + second * a


@mine.case(a=[[0.731, -1.263, 0.417], [1.117, 0.219, -0.883]], b=[0.331, 1.713, -0.529])
def rows(a, b):
    """A row is added to each row of a matrix."""
    return ((a * 1.317 + b).tanh() * 2.137).sum()


@mine.case(a=-5.731)
def saturated(a):
    """A hyperbolic tangent far from zero."""
    return tanh(a) * 2.137


@mine.case(a=1.731)
def clipped(a):
    """A number below the lower bound."""
    return a.clamp(min=2.0, max=3.0) * 1.317


class Counting(WrappedEngine):
    """Counts the programs that are run."""

    runs = 0

    def run(self, program, inputs):
        self.runs += 1
        return super().run(program, inputs)


def engine(name):
    mistaken = Mistaken(MISTAKES[name], builtin.load(MISTAKES[name].engine))
    return Counting(mistaken, mistaken.info)


def instance(name):
    return next(case for case in mine if case.id.endswith(name)).instance(0, "float64")


def verdict(found, mistaken, reference):
    of = CaseRun("mine", found.case.family, found.case.level, found.case.id)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        transcript = mistaken.run(found.program, found.inputs)
    return worst(one.verdict for one in judge_case(found, reference, transcript, of))


def shown(found):
    steps = [step_text(found.program, index) for index in range(len(found.program))]
    numbers = {name: array.nested() for name, array in found.inputs.items()}
    return [step for step in steps if "input" not in step], numbers


SHRUNK = {
    ("tanh-of-output", "network"): (
        ["%1 = tanh(%0)", "backward %1", "read grad %0"],
        {"x": 2.0},
    ),
    ("div-second-sign", "network"): (
        ["%2 = %0 / %1", "backward %2", "read grad %1"],
        {"x": 2.0, "y": 3.0},
    ),
    ("log-without-import", "network"): (["%1 = log(%0)", "read value %1"], {"x": 2.0}),
    ("exp-forgets-upstream", "network"): (
        ["%1 = exp(%0)", "%2 = %1 * 3.0", "backward %2", "read grad %0"],
        {"x": 2.0},
    ),
    ("mul-assigns", "diamonds"): (
        ["%2 = %0 * %1", "%3 = %2 * %0", "backward %3", "read grad %0"],
        {"x": 2.0, "y": 3.0},
    ),
    ("every-path", "diamonds"): (
        ["%1 = %0 * 3.0", "%2 = %1 + %1", "backward %2", "read grad %0"],
        {"x": 2.0},
    ),
    ("array-tanh-forgets-upstream", "rows"): (
        ["%1 = tanh(%0)", "%2 = %1 * 3.0", "backward %2", "read grad %0"],
        {"x": 2.0},
    ),
    ("broadcast-not-undone", "rows"): (
        ["%2 = %0 + %1", "%3 = sum(%2)", "backward %3", "read grad %1"],
        {"x": [[2.0, 3.0], [0.5, -1.0]], "y": [1.5, 4.0]},
    ),
}


@pytest.mark.parametrize(("mistake", "case"), SHRUNK)
def test_what_is_left_is_the_op_alone_on_round_numbers_and_still_fails(mistake, case, reference):
    mistaken = engine(mistake)
    found = smallest(instance(case), mistaken, reference)
    assert mistaken.runs <= 41  # the first wrong node takes one more
    assert shown(found) == SHRUNK[mistake, case]
    assert verdict(found, mistaken, reference) is Verdict.FAIL


def test_an_engine_that_does_not_fail_is_asked_once(reference):
    correct = Counting(builtin.load("scalar"), builtin.load("scalar").info)
    whole = instance("network")
    assert smallest(whole, correct, reference) is whole
    assert correct.runs == 1


def test_numbers_are_kept_where_the_mistake_needs_them(reference):
    found = smallest(instance("saturated"), engine("tanh-flat-beyond-five"), reference)
    assert shown(found) == (["%1 = tanh(%0)", "backward %1", "read grad %0"], {"x": -5.7})


def test_no_try_lands_on_a_kink(reference):
    """A leaf at 2.0 or 3.0 would be at a bound, where a correct engine may give another gradient."""
    found = smallest(instance("clipped"), engine("clamp-passes"), reference)
    steps, numbers = shown(found)
    assert steps == ["%1 = clamp(%0, min=2.0, max=3.0)", "backward %1", "read grad %0"]
    assert numbers == {"x": 0.5}


@pytest.mark.parametrize("op", ["log", "tanh"])
def test_of_two_mistakes_the_one_that_is_meant_stands_alone(op, reference):
    both = Mistaken(MISTAKES["tanh-of-output"], engine("log-forgets-derivative"))
    found = smallest(instance("network"), both, reference, op)
    assert shown(found)[0] == [f"%1 = {op}(%0)", "backward %1", "read grad %0"]
