"""A finding in full: the smallest program that shows the mistake, what was measured, and the paragraph.

- `in_full`: completes the finding of a known mistake. `shown`: adds the program alone. `place_of`: where the
  code with a mistake is.
"""

from __future__ import annotations

from dataclasses import replace

from ..catalogue.case import Instance
from ..catalogue.reference import quietly
from ..engine.contract import Engine
from ..engine.spelling import Spelling
from .finding import Finding, Kind
from .fitted import Fit, fit
from .hypothesis import Hypothesis
from .mistake import Mistake
from .probes import Measurements
from .shrink import smallest
from .spelled import spelled
from .words import paragraph


def in_full(
    finding: Finding, mistake: Mistake, instance: Instance, measurements: Measurements
) -> Finding:
    """Return the finding about a known mistake, by which `instance` fails, with a program and a paragraph."""
    small, made = shown(finding, instance, measurements)
    if mistake.reflected:
        made = replace(made, look_at="")  # only the place of the plain operator is known
    belief = mistake.belief
    if finding.kind is Kind.NO_RESULT and not _stops_alike(mistake, small, measurements.engine):
        # The belief is about one error. An op raises another one for another reason.
        made, belief = replace(made, mistake=""), ""
    return replace(made, sentence=paragraph(made, belief, _fit(finding, measurements)))


def _stops_alike(mistake: Mistake, small: Instance, engine: Engine) -> bool:
    """True when the engine and the one with the known mistake raise the same error in the program."""
    known = quietly(Hypothesis((mistake,)).opened(), small).stop
    own = quietly(engine, small).stop
    return (
        known is not None
        and own is not None
        and (own.category, own.message) == (known.category, known.message)
    )


def shown(
    finding: Finding, instance: Instance, measurements: Measurements
) -> tuple[Instance, Finding]:
    """Return the smallest program that fails as `instance` does, and the finding with it and where to look.

    Where nothing is to be shown they come back as they are.
    """
    if not measurements.shows:
        return instance, finding
    small = smallest(instance, measurements.engine, measurements.reference, finding.op)
    program, in_torch = spelled(small, measurements.engine, measurements.reference)
    look_at = place_of(finding.kind, finding.op, measurements.engine.info.spelling)
    return small, replace(finding, program=program, in_torch=in_torch, look_at=look_at)


def place_of(kind: str, op: str, spelling: Spelling | None) -> str:
    """Return where the code of the op is, or of the backward where the walk is wrong; "" where not known."""
    in_the_walk = kind in (Kind.WALK, Kind.START)
    if spelling is None or kind == Kind.FORM or not (op or in_the_walk):
        return ""
    return spelling.look_at(op)


def _fit(finding: Finding, measurements: Measurements) -> Fit | None:
    """Return what the probes say of the op, where it is what the finding says."""
    if not finding.op:
        return None
    found = fit(finding.op, measurements.of(finding.op))
    same = found is not None and (found.kind, found.operand) == (finding.kind, finding.operand)
    return found if same else None
