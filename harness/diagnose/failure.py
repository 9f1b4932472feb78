"""A failed case as a text that can be understood without anything else.

- `failure_text`: program and inputs; the answers of the engine and of torch, reading by reading; the bounds;
  the first wrong node; the traceback of an exception; and Python that reproduces the failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..catalogue.case import Instance
from ..catalogue.reference import Reference
from ..judge.outcome import PASSED, AtStep, Outcome, Verdict, telling
from ..judge.verdict import bound
from ..program import Backward
from ..program.arrays import Array, Opaque
from ..program.printing import step_text
from ..program.transcript import Reading, Stop
from ..run.runner import Result
from .first_wrong import WrongNode, first_wrong
from .reproduce import Subject, snippet

_MOST_LINES = 40
_MOST_USES = 4
# Finding the first wrong node reads every node once more, which takes too long for a longer program.
_MOST_STEPS = 2_000


def failure_text(
    result: Result, reference: Reference, subject: Subject | None, *, command: str = ""
) -> str:
    """Return the text, several lines.

    `subject` is the engine as Python writes it; without it the text does not say how to reproduce the
    failure. `command` is a shell command that runs the case again. CaseError when the inputs of the case
    cannot be made.
    """
    first = telling(result.outcomes)
    headline = f"{first.case_run.engine} on {first.case_run.case}: {first.verdict}"
    headline += f", {first.reason}" if first.reason else ""
    if first.verdict is Verdict.HARNESS_ERROR:
        said = "this is a mistake in gradconform or in the case, not in the engine"
        return f"{headline}\n{first.message}\n{said}"
    if first.verdict is Verdict.MISSING:
        return f"{headline}\n{result.case.title}\nwhat the engine lacks: {first.message}"
    instance = result.case.instance(first.case_run.seed, first.case_run.dtype)
    wrong = None
    if result.verdict is Verdict.FAIL and len(instance.program) <= _MOST_STEPS:
        wrong = first_wrong(instance, result.engine, reference)
    parts = [
        [headline, result.case.title],
        ["program", *_program(instance, wrong.steps if wrong else _stopped_at(first))],
        ["inputs", *_inputs(instance)],
        ["readings", *_readings(result.outcomes)],
        ["bounds", *_bounds(instance, reference, first)],
    ]
    if wrong is not None:
        parts.append(["first wrong node", *_where(instance, wrong)])
    if result.traceback:
        parts.append(["traceback", *(f"    {line}" for line in result.traceback.splitlines())])
    if subject is not None:
        again = [f"    {command}", ""] if command else []
        written = snippet(instance, subject, reference).splitlines()
        parts.append(["reproduce", *again, *(f"    {line}".rstrip() for line in written)])
    return "\n\n".join("\n".join(lines) for lines in parts)


def _stopped_at(outcome: Outcome) -> tuple[int, ...]:
    """Return the step where the engine or torch stopped, if there is one."""
    return (outcome.reading.index,) if isinstance(outcome.reading, AtStep) else ()


def _program(instance: Instance, marked: tuple[int, ...]) -> Iterator[str]:
    count = len(instance.program)
    first = max(0, min(max(marked, default=-1) - _MOST_LINES // 2, count - _MOST_LINES))
    last = min(count, first + _MOST_LINES)
    if first:
        yield f"    ... {first} steps before"
    for index in range(first, last):
        yield f"  {'>' if index in marked else ' '} {step_text(instance.program, index)}"
    if last < count:
        yield f"    ... {count - last} more steps"


def _inputs(instance: Instance) -> Iterator[str]:
    for name, array in instance.inputs.items():
        yield f"    {name} = {array}  ({array.dtype})"


def _readings(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.verdict in PASSED:
            yield f"    {outcome.reading}: {outcome.verdict}"
            continue
        yield f"  > {outcome.reading}: {outcome.message}"
        if not isinstance(outcome.reading, AtStep):
            yield f"      expected {_shown(outcome.expected)}"
            yield f"      got      {_shown(outcome.actual)}"


def _shown(answer: Reading | Stop) -> str:
    if isinstance(answer, Array):
        return format(answer, ".9g")
    if isinstance(answer, Opaque):
        return f"{answer.kind} {answer.text}".strip()
    return "None" if answer is None else answer.message


def _bounds(instance: Instance, reference: Reference, outcome: Outcome) -> Iterator[str]:
    tolerance = bound(instance, reference(instance), reference.tolerances)
    of, difference = outcome.case_run, outcome.difference
    yield (
        f"    |got - expected| <= {tolerance.atol:.3g} + {tolerance.rtol:.3g} * |expected|, "
        f"{of.dtype}, torch {of.torch_version}, seed {of.seed}"
    )
    if tolerance.why:
        yield f"    widened: {tolerance.why}"
    if difference.max_abs is not None:
        relative = "" if difference.max_rel is None else f", relative {difference.max_rel:.3g}"
        ulp = "" if difference.max_ulp is None else f", {difference.max_ulp} ULP"
        yield f"    largest difference: absolute {difference.max_abs:.3g}{relative}{ulp}"


def _where(instance: Instance, wrong: WrongNode) -> Iterator[str]:
    names = {ref: name for name, ref in instance.program.inputs.items()}
    node = names.get(wrong.node, str(wrong.node))
    what = "value" if wrong.what == "value" else "gradient"
    yield f"    the {what} of {node}: expected {wrong.expected}, got {wrong.actual}"
    steps = [step_text(instance.program, step) for step in wrong.steps[:_MOST_USES]]
    more = len(wrong.steps) - len(steps)
    if wrong.what == "value":
        yield f"    it is made by: {steps[0]}"
    elif any(isinstance(s, Backward) and s.root == wrong.node for s in instance.program.steps):
        yield "    the backward starts there"
        return
    elif len(wrong.steps) > 1:
        yield "    it is the sum of what comes back through each of these steps:"
        yield from (f"      {step}" for step in steps)
        yield from [f"      and {more} more"] if more else []
    else:
        yield f"    it comes back through: {steps[0]}"
    around = "values before it" if wrong.what == "value" else "gradients between it and the root"
    if wrong.unread:
        yield (
            f"    {wrong.unread} of the {wrong.between} {around} could not be read, and the mistake may "
            "lie there"
        )
    elif wrong.between:
        yield f"    the {around} are right"
