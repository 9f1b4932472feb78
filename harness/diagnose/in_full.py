"""A finding in full: the smallest program that shows the mistake, what was measured, and the paragraph.

- `in_full`: completes the finding of a known mistake. `shown`: adds the program alone.
"""

from __future__ import annotations

from dataclasses import replace

from ..catalogue.case import Instance
from ..catalogue.reference import Reference
from ..engine.contract import Engine
from .finding import Finding, Kind
from .fitted import Fit, fit
from .probes import measure
from .shrink import smallest
from .spelled import spelled
from .words import paragraph

# The names of known mistakes in reflected operators.
_REFLECTED = ("radd-", "rsub-", "rmul-", "rtruediv-", "rpow-")


def in_full(
    finding: Finding, belief: str, instance: Instance, engine: Engine, reference: Reference
) -> Finding:
    """Return the finding with a program and a paragraph.

    `belief` is that of the known mistake, and `instance` fails by it.
    """
    small = smallest(instance, engine, reference, finding.op)
    made = shown(finding, small, engine, reference)
    found = _fit(finding, engine, reference)
    return replace(made, sentence=paragraph(made, belief, found))


def shown(finding: Finding, small: Instance, engine: Engine, reference: Reference) -> Finding:
    """Return the finding with the program of `small`, which fails, and where to look."""
    program, in_torch = spelled(small, engine, reference)
    look_at = _look_at(finding, engine)
    return replace(finding, program=program, in_torch=in_torch, look_at=look_at)


def _look_at(finding: Finding, engine: Engine) -> str:
    """Return where the code of the op is, or of the backward where the walk is wrong; "" where not known."""
    spelling = engine.info.spelling
    in_the_walk = finding.kind in (Kind.WALK, Kind.START)
    if spelling is None or finding.kind is Kind.FORM or not (finding.op or in_the_walk):
        return ""
    if finding.mistake.startswith(_REFLECTED):
        return ""  # the code is in the reflected operator, whose place is not known
    return spelling.look_at(finding.op)


def _fit(finding: Finding, engine: Engine, reference: Reference) -> Fit | None:
    """Return what the probes say of the op, where it is what the finding says."""
    if not finding.op:
        return None
    found = fit(finding.op, measure(finding.op, engine, reference))
    same = found is not None and (found.kind, found.operand) == (finding.kind, finding.operand)
    return found if same else None
