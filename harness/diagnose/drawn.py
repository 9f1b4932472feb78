"""A case as a drawing: torch's number at every node, and an engine's where it differs.

- `drawn`: the circuit of a case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..catalogue.case import Instance
from ..catalogue.reference import Reference
from ..engine.contract import Engine
from ..errors import EngineError
from ..judge.outcome import ERRORED, FAILED, LACKING, PASSED, AtStep, Verdict, telling
from ..program import Apply, Grad, Program, Read, Step, made_by
from ..program.printing import step_text
from ..program.transcript import Stop
from ..report.drawing.circuit import Circuit
from ..report.drawing.numbers import Answers, Place, Readings, places, readings_at
from ..report.drawing.placing import circuit
from ..run.runner import Result, run_case
from ..text import of_engine
from .first_wrong import Comparison, WrongNode, compared, first_of, with_every_node
from .words import first_wrong_sentence


def drawn(instance: Instance, reference: Reference, engine: Engine | None = None) -> Circuit:
    """Return the case as a circuit. With an engine its numbers stand beside torch's where they differ.

    EngineError when the engine does not have what the case needs, and for a mistake of the harness.
    """
    case, program = instance.case, instance.program
    numbers, stop = _of_torch(instance, reference)
    said = [f"torch raises at `{step_text(program, stop.step)}`: {stop.message}"] if stop else []
    title = f"{case.id}: {case.title}"
    if engine is None:
        return circuit(program, instance.inputs, Answers(numbers), title, said)
    name = of_engine(engine.info.name)
    result = run_case(case, engine, reference, instance.seed, instance.dtype)
    _check_ran(result, name)
    first = None
    answers = Answers(numbers, raised=next(_raised(result), None))
    if result.verdict not in ERRORED:
        # An engine that crashes or does not end is not asked again.
        found = compared(instance, engine, reference)
        first = first_of(program, found)
        answers = _beside(answers, found, first, [*_failed(result, program)])
    said += _sentences(result, first, name, program)
    return circuit(program, instance.inputs, answers, f"{title} ({name} beside torch)", said)


def _beside(
    answers: Answers, found: Comparison, first: WrongNode | None, failed: Sequence[Place]
) -> Answers:
    """Return the answers with those of the engine. `failed` are the places of the readings that failed."""
    wrong = {*failed, *((what, ref) for what, refs in found.wrong.items() for ref in refs)}
    # Where they differ, both numbers are from the same reading.
    expected = readings_at(found.program, found.expected.readings)
    return replace(
        answers,
        torch={**answers.torch, **{place: expected.get(place, ()) for place in wrong}},
        engine=readings_at(found.program, found.actual.readings),
        wrong=frozenset(wrong),
        first=(first.what, first.node) if first else next(iter(failed), None),
        steps=first.steps if first else (),
    )


def _of_torch(instance: Instance, reference: Reference) -> tuple[Readings, Stop | None]:
    """Return torch's numbers at every node, and where it raises. Then the numbers are those before it."""
    program = _observed(instance.program)
    answer = reference.ask(replace(instance, program=program))
    return readings_at(program, answer.readings), reference(instance).stop


def _observed(program: Program) -> Program:
    """Return the program with a reading of each value when it is made, and of each gradient at the end.

    Later a value may be changed in place, and torch may raise.
    """
    steps: list[Step] = []
    for step, first in zip(program.steps, program.first_values, strict=True):
        steps.append(step)
        if isinstance(step, Apply | Grad):
            steps += [Read("value", ref) for ref in made_by(step, first)]
    added = with_every_node(program).reads[len(program.reads) :]
    return Program((*steps, *(read for read in added if read.what == "grad")))


def _check_ran(result: Result, name: str) -> None:
    case, told = result.case.id, telling(result.outcomes)
    said = of_engine(told.message)
    if told.verdict in LACKING:
        advice = "without --engine torch's numbers are drawn"
        raise EngineError(f"{name} cannot run {case}: it lacks {said}; {advice}")
    if told.verdict is Verdict.HARNESS_ERROR:
        raise EngineError(f"{case} cannot be drawn with {name}: {said}")


def _failed(result: Result, program: Program) -> Iterator[Place]:
    """Yield the places of the readings that the report of a run would call failed."""
    known = places(program)
    for outcome in result.outcomes:
        if outcome.verdict in FAILED and isinstance(outcome.reading, str):
            yield known[outcome.reading]


def _raised(result: Result) -> Iterator[int]:
    """Yield the step at which the engine stopped, and torch did not."""
    for outcome in result.outcomes:
        if outcome.verdict not in PASSED and isinstance(outcome.reading, AtStep):
            yield outcome.reading.index


def _sentences(
    result: Result, first: WrongNode | None, name: str, program: Program
) -> Iterator[str]:
    told = telling(result.outcomes)
    if first is not None:
        yield first_wrong_sentence(program, first)
    elif told.verdict in PASSED:
        yield f"{name} agrees with torch at every number that it gives."
    if told.verdict not in PASSED and (first is None or isinstance(told.reading, AtStep)):
        verdict = "" if told.verdict is Verdict.FAIL else f"{told.verdict}: "
        yield f"{name}: {verdict}{of_engine(told.message)}"
