"""A mistake that is not one of the known ones: found by measuring the ops that are suspect.

- `unknown`: the finding about it. `in_words`: the same with a program and a paragraph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from ..catalogue.case import Instance
from ..program import Apply
from .finding import Confidence, Finding, Kind
from .first_wrong import WrongNode, first_wrong
from .fitted import Fit, fit, table
from .in_full import shown
from .probes import Measurements
from .reuse import Reuse
from .words import first_wrong_sentence, paragraph

# So many ops are measured: those of the first wrong node, and then those that are most suspect.
_MEASURED = 6


def unknown(
    instance: Instance,
    suspicion: Mapping[str, float],
    failing: int,
    measurements: Measurements,
    of_backward: Reuse | None = None,
    told: Collection[str] = (),
) -> tuple[Finding, Fit | None]:
    """Return what is known of the mistake by which the engine of the measurements fails `instance`.

    `suspicion` says how suspect each op is, and `failing` is the number of readings that failed. Ops that are
    `told` have a finding of their own already, and are not measured. The finding has the op, the operand and
    the kind where an expression gives all that was measured of a suspect op. Else it is about `of_backward`,
    the backward itself, where that is given and no op measures wrong. Else its kind is `UNKNOWN`, and its op
    is the one whose table of measured derivatives it has, or that of the first wrong node. Where "" is told,
    the backward is wrong, and no op is measured. The expression comes back, too.
    """
    engine, reference = measurements.engine, measurements.reference
    wrong = first_wrong(instance, engine, reference)
    suspects = [op for op in _suspects(instance, wrong, suspicion) if op not in told]
    suspects = [] if "" in told else suspects
    found, differs, measured = _measured(suspects, measurements)
    case = (instance.case.id,)
    made = Finding("", "", Kind.UNKNOWN, Confidence.NONE, "", 0, failing, cases=case)
    if found:
        made = replace(made, op=found.op, operand=found.operand, kind=found.kind)
    elif of_backward and not differs:
        made = of_backward.named(made)
    else:
        nearest = differs or next(_ops(instance, wrong), "")
        made = replace(made, op=nearest, measured=measured)
    return made, found


def in_words(
    made: Finding, found: Fit | None, instance: Instance, measurements: Measurements
) -> Finding:
    """Return the finding of `unknown` with its program and its paragraph."""
    engine, reference = measurements.engine, measurements.reference
    small, made = shown(made, instance, measurements)
    # The numbers are those of the program that is shown.
    wrong = None if found else first_wrong(small, engine, reference)
    said = "" if wrong is None else first_wrong_sentence(small.program, wrong)
    return replace(made, sentence=paragraph(made, fit=found, first_wrong=said))


def _suspects(
    instance: Instance, wrong: WrongNode | None, suspicion: Mapping[str, float]
) -> Iterator[str]:
    """Yield the ops of the program: those of the wrong node first, then the most suspect."""
    yield from _ops(instance, wrong)
    used = [op for op in suspicion if op in instance.program.ops]
    yield from sorted(used, key=suspicion.__getitem__, reverse=True)


def _ops(instance: Instance, wrong: WrongNode | None) -> Iterator[str]:
    """Yield the ops to look at for a wrong node."""
    for index in wrong.steps if wrong else ():
        step = instance.program.steps[index]
        if isinstance(step, Apply):
            yield step.op


def _measured(suspects: Iterable[str], measurements: Measurements) -> tuple[Fit | None, str, str]:
    """The expression of the first op that has one; else the first op that is wrong, and its table."""
    differs = derivatives = ""
    for op in list(dict.fromkeys(suspects))[:_MEASURED]:
        measured = measurements.of(op)
        found = fit(op, measured)
        if found is not None:
            return found, "", ""
        if not differs and (derivatives := table(measured)):
            differs = op
    return None, differs, derivatives
