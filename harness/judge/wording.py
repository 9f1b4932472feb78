"""The sentence about a failure: the request, the answer, torch's answer, and advice.

- `mismatch`: a reading that differs. `raised`: an engine that stops where torch goes on.
- `not_raised`: an engine that goes on where torch stops.
- `gap`: what an engine lacks, out of the message about one case.
"""

from __future__ import annotations

from ..catalogue.case import Instance
from ..program import Apply, Backward
from ..program.arrays import Array, Opaque, index_of
from ..program.printing import call_text, step_text
from ..program.transcript import Reading, Stop, Transcript
from .compare import Judgement
from .outcome import Reason

# The usual remedy for an exception, by its category (`harness.engine.exceptions.category_of`).
_ADVICE = {
    "recursion": "walk the graph with an explicit stack instead of a recursive function",
    "overflow": "Python's math raises where IEEE arithmetic gives inf",
    "zero-division": "Python's division and power raise where IEEE arithmetic gives inf or nan",
    "domain": "Python's math raises outside a function's domain where IEEE arithmetic gives nan",
}


def mismatch(label: str, expected: Reading, actual: Reading, found: Judgement) -> str:
    """Return the sentence about a reading, called `label`, that does not agree."""
    if found.reason is Reason.SHAPE and isinstance(expected, Array) and isinstance(actual, Array):
        return f"{label} has shape {actual.shape}, torch says {expected.shape}"
    if isinstance(actual, Opaque):
        kind = f"{actual.kind} ({actual.text})" if actual.text else actual.kind
        return f"{label} is of type {kind}, not numbers; torch says {_shown(expected)}"
    if found.reason is Reason.DTYPE and isinstance(expected, Array) and isinstance(actual, Array):
        return f"{label} is {actual.dtype}, torch says {expected.dtype}"
    if isinstance(expected, Array) and isinstance(actual, Array):
        return f"{label} {_numbers(expected, actual, found)}"
    return f"{label} is {_shown(actual)}, torch says {_shown(expected)}"


def _shown(reading: Reading) -> str:
    return "None" if reading is None else str(reading)


def _numbers(expected: Array, actual: Array, found: Judgement) -> str:
    where, count = "", ""
    if expected.shape != ():
        where = f"[{', '.join(map(str, index_of(found.index, expected.shape)))}]"
        count = f"; {found.wrong} of {expected.size} elements differ"
    got, want = actual.data[found.index], expected.data[found.index]
    words = f"{where} is {got:.9g}, torch says {want:.9g}".lstrip()
    if found.reason is Reason.NAN:
        return words + count
    allowed = found.tolerance.atol + found.tolerance.rtol * abs(want)
    return f"{words} (off by {abs(got - want):.3g}, {allowed:.3g} allowed{count})"


def raised(instance: Instance, stop: Stop, expected: Transcript) -> str:
    """Return the sentence about an engine that raised at a step where torch does not raise.

    `stop` is that of the engine, `expected` is the transcript of torch.
    """
    place = f" ({stop.place})" if stop.place else ""
    asked, other = _asked(instance, stop.step), _reference(instance, stop, expected)
    sentence = f"{asked} raised {stop.message}{place}; {other}"
    advice = _ADVICE.get(stop.category)
    return f"{sentence}; {advice}" if advice else sentence


def _asked(instance: Instance, index: int) -> str:
    """Return what a step asks of an engine, as the subject of a sentence."""
    step = instance.program.steps[index]
    if isinstance(step, Apply):
        return call_text(step, {ref: name for name, ref in instance.program.inputs.items()})
    if isinstance(step, Backward):
        earlier = sum(isinstance(each, Backward) for each in instance.program.steps[:index])
        return (
            f"backward number {earlier + 1}"
            if earlier
            else f"backward, on a graph of {index} steps,"
        )
    return step_text(instance.program, index)


def _reference(instance: Instance, stop: Stop, expected: Transcript) -> str:
    if expected.stop is not None:
        return f"torch raises only at step {expected.stop.step}: {expected.stop.message}"
    # A value tells more than "torch goes on": exp(1000) is inf.
    labels = instance.program.labels
    shown = [
        f"{label} = {reading}"
        for label, reading in zip(labels, expected.readings, strict=True)
        if isinstance(reading, Array) and reading.shape == ()
    ]
    return f"torch gives {', '.join(shown[:2])}" if shown else "torch goes on"


def not_raised(instance: Instance, expected: Stop) -> str:
    """Return the sentence about an engine that does not raise at the step where torch raises."""
    return f"{_asked(instance, expected.step)} raised nothing; torch raises {expected.message}"


def gap(message: str) -> str:
    """Return the message about a case that an engine does not support, without the remark in brackets.

    An example is "tensors (the input has shape ...)", where the remark differs from case to case.
    """
    return message.partition(" (")[0]
