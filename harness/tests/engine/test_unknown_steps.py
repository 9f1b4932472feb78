"""A step that is not known is refused wherever a program is made, run or written: nothing is skipped."""

from dataclasses import dataclass

import pytest
from gradconform.engines.autograd_ import Autograd
from gradconform.harness.catalogue.collection import Catalogue
from gradconform.harness.catalogue.needs import needs
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.diagnose.python_source import function_source
from gradconform.harness.engine.builtin import load
from gradconform.harness.errors import ProgramError
from gradconform.harness.judge.outcome import Verdict
from gradconform.harness.lower import LoweredEngine
from gradconform.harness.program import Apply, Input, Program, Read, Ref, UnknownStep
from gradconform.harness.program.arrays import Array
from gradconform.harness.program.printing import text
from gradconform.harness.program.serialize import from_json, to_json
from gradconform.harness.run.runner import run_case
from gradconform.harness.trace import exp


@dataclass(frozen=True, slots=True)
class Rescale:
    """A step as somebody might add it, of which no part of the harness knows."""

    leaf: Ref


class Twice(Read):
    """A kind of a step that exists, which would be taken for that step."""


X, EXP, READ = Input("x"), Apply("exp", (Ref(0),)), Read("value", Ref(1))
UNKNOWN = (X, EXP, Rescale(Ref(0)), READ)


def put_into(program):
    """The program with one more step, put there behind the checker's back."""
    object.__setattr__(program, "parts", (*program.parts[:-1], Rescale(Ref(0)), program.parts[-1]))
    return program


@pytest.fixture
def program():
    return put_into(Program((X, EXP, READ)))


@pytest.mark.parametrize("step", [Rescale(Ref(0)), Twice("value", Ref(0)), "backward"])
def test_a_program_refuses_it_and_names_it(step):
    complaint = (
        rf"^step 2 .{type(step).__name__}.: no such step exists; a step is one of Input, Apply"
    )
    with pytest.raises(ProgramError, match=complaint):
        Program((X, EXP, step, READ))


def test_a_program_that_another_process_has_checked_refuses_it():
    with pytest.raises(UnknownStep, match="a Rescale is no step"):
        Program.unchecked(UNKNOWN)


@pytest.mark.parametrize("unchecked", [False, True])
def test_a_document_with_it_is_no_program(unchecked):
    document = [*to_json(Program((X, EXP, READ))), {"step": "Rescale", "leaf": "%0"}]
    with pytest.raises(ProgramError, match=r"not a program: KeyError\('Rescale'\)"):
        from_json(document, unchecked)


@pytest.mark.parametrize(
    ("engine", "x"),
    [
        (load("scalar"), 2.0),
        (load("numpy"), 2.0),
        (Autograd(), 2.0),
        (LoweredEngine(load("scalar")), [1.0, 2.0]),
    ],
    ids=["scalar", "numpy", "functional", "lowered"],
)
def test_a_walk_stops_at_it_and_blames_no_engine(engine, x, program):
    with pytest.raises(UnknownStep, match="a Rescale is no step"):
        engine.run(program, {"x": Array.of(x)})


@pytest.mark.parametrize(
    "write", [text, lambda program: function_source(program, "f", "A program")]
)
def test_it_is_not_left_out_where_a_program_is_written(write, program):
    with pytest.raises(UnknownStep, match="a Rescale is no step"):
        write(program)


def test_the_needs_of_a_case_do_not_leave_it_out():
    own = Catalogue()
    own.case(x=2.0)(exponential)
    (case,) = own
    put_into(case.program)
    with pytest.raises(UnknownStep, match="a Rescale is no step"):
        needs(case)


def test_a_case_with_it_is_a_mistake_of_the_harness_and_no_pass():
    own = Catalogue()
    own.case(x=2.0)(exponential)
    (case,) = own
    reference = Reference()
    put_into(case.program)
    (row,) = run_case(case, load("scalar"), reference, 0, "float64").outcomes
    assert row.verdict is Verdict.HARNESS_ERROR
    assert "Rescale" in row.message


def exponential(x):
    """An exponential"""
    return exp(x)
