"""The expression that an engine uses, found from what was measured.

- `fit`: the simplest expression that gives all measured numbers, where they are wrong. `Fit`: the answer.
- `table`: the measured derivatives beside the right ones, as text.

Only an expression that gives every measured number to nine digits is an answer. A derivative that is right
gives none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .expressions import close
from .finding import Kind
from .formulas import APPROXIMATIONS, FORMULAS
from .matching import NAMES, Match, matched, rows
from .measured import Measured

_MOST_POINTS = 6


@dataclass(frozen=True)
class Fit:
    """The mistake of an op, as an expression.

    `operand` and `kind` are those of a `Finding`. `about` is "value" or "derivative". `expression` is what
    the engine computes, and `right` what it should compute; both are "" where the derivative is right and is
    applied wrongly. `form` is that of a `Measured`. `slopes` are the expressions of a derivative, each with
    the place of its operand.
    """

    op: str
    operand: str
    kind: Kind
    about: str
    expression: str = ""
    right: str = ""
    form: str = ""
    slopes: tuple[tuple[int, str], ...] = ()

    @property
    def sentence(self) -> str:
        """The mistake in one sentence, without a full stop."""
        your, to = f"your {self.op}{_FORMS[self.form]}", self._to_operand
        if self.kind is Kind.UPSTREAM:
            return f"{your} does not multiply the derivative for {to} by the upstream gradient"
        if self.kind is Kind.ASSIGNED:
            return f"{your} replaces the gradient of {to} where it should add to it"
        if self.kind is Kind.STATE:
            return f"{your} changes the number of {to}"
        if self.kind is Kind.CUT_OFF:
            return f"{your} passes no gradient to {to}"
        verb = "compute" if self.about == "value" else "use"
        where = f" for {to}" if self.about == "derivative" and self.operand else ""
        should = f"where it should {verb} {self.right}" if self.right else "and that is wrong"
        return f"{your} {verb}s {self.expression}{where} {should}"

    @property
    def _to_operand(self) -> str:
        several = {"": "its operand", "both": "its operands"}
        return several.get(self.operand, f"its {self.operand} operand")


_FORMS = {
    "": "",
    "left": " with a number on the left",
    "right": " with a number on the right",
}


def fit(op: str, measured: Sequence[Measured]) -> Fit | None:
    """The mistake of `op` that explains what was measured, or None.

    A changed operand is looked at first, and then a wrong value, because the others follow from them.
    """
    if spoilt := _told(one for one in measured if one.spoilt):
        return Fit(op, _operand(spoilt), Kind.STATE, "value", form=spoilt[0].form)
    if wrong := _told(one for one in measured if not one.value_agrees):
        return _of_value(op, wrong[0])
    if wrong := _told(one for one in measured if not one.derivative_agrees):
        found = _of_derivatives(op, wrong)
        telling = found is not None and found.kind is not Kind.DERIVATIVE
        return found if telling else _exchanged(op, wrong) or found
    for kind, failed in (
        (Kind.UPSTREAM, _told(one for one in measured if one.upstream is False)),
        (Kind.ASSIGNED, _told(one for one in measured if one.added is False)),
    ):
        if failed:
            return Fit(op, _operand(failed), kind, "derivative", form=failed[0].form)
    return None


def _told(wrong: Iterable[Measured]) -> list[Measured]:
    """Those without a number beside them, if there are any: a number and a value may change places."""
    found = list(wrong)
    return [one for one in found if not one.form] or found


def _of_value(op: str, one: Measured) -> Fit | None:
    formula = FORMULAS.get(op)
    right = [point.right_value for point in one.points]
    forms = formula.value if formula else ()
    match = matched(
        rows(one, of_derivative=False),
        [p.value for p in one.points],
        right,
        forms,
        APPROXIMATIONS.get(op, ()),
    )
    if match is None:
        return None
    exchanged = match.kind is Kind.OPERANDS
    kind, operand = (Kind.OPERANDS, "both") if exchanged else (Kind.VALUE, "")
    return Fit(op, operand, kind, "value", match.text, match.right, one.form)


def _exchanged(op: str, wrong: Sequence[Measured]) -> Fit | None:
    """The fit of an op that gives each operand the gradient of the other one."""
    formula = FORMULAS.get(op)
    if formula is None or len(wrong) != 2:
        return None
    first, second = (one.points for one in wrong)
    if [point.operands for point in first] != [point.operands for point in second]:
        return None
    for one, other in zip((*first, *second), (*second, *first), strict=True):
        if not close(one.derivative, other.right_derivative):
            return None
    right = [forms[0] for forms in formula.derivatives]
    texts = " and ".join(reversed(right)), " and ".join(right)
    slopes = (0, right[1]), (1, right[0])
    return Fit(op, "both", Kind.OPERANDS, "derivative", *texts, wrong[0].form, slopes)


def _of_derivatives(op: str, wrong: Sequence[Measured]) -> Fit | None:
    found: dict[int, tuple[Measured, Match]] = {}
    for one in wrong:  # the form with values alone comes first
        match = None if one.operand in found else _of_derivative(op, one)
        if match is not None:
            found[one.operand] = one, match
    if not found:
        return None
    (first, match), *others = found.values()
    alike = [(first, match), *(pair for pair in others if pair[1].kind is match.kind)]
    return Fit(
        op,
        _operand([one for one, _ in alike]),
        match.kind,
        "derivative",
        " and ".join(match.text for _, match in alike),
        " and ".join(match.right for _, match in alike if match.right),
        first.form,
        tuple((one.operand, match.text) for one, match in alike),
    )


def _of_derivative(op: str, one: Measured) -> Match | None:
    formula = FORMULAS.get(op)
    right = [point.right_derivative for point in one.points]
    forms = formula.derivatives[one.operand] if formula else ()
    applied = [point.derivative for point in one.points]
    match = matched(rows(one, of_derivative=True), applied, right, forms)
    # Where no gradient comes back to the op, the mistake is not the op's.
    lost = match is not None and match.kind is Kind.CUT_OFF and not one.arrives
    return None if lost else match


def _operand(measured: Sequence[Measured]) -> str:
    """The operands of these, as a `Finding` names them."""
    places = sorted({one.operand for one in measured})
    if measured[0].operands == 1:
        return ""
    return "both" if len(places) > 1 else ("first", "second", "third")[places[0]]


def table(measured: Sequence[Measured]) -> str:
    """The derivatives that differ from the right ones, each beside the right one, as aligned lines.

    It is "" when none differs.
    """
    parts = []
    for one in measured:
        if not one.derivative_agrees:
            names = NAMES[one.operands]
            by = f"your derivative of {one.op} by {names[one.operand]}"
            lines = [[*names, by, "the right one"]]
            for point in one.points[:_MOST_POINTS]:
                numbers = (*point.operands, point.derivative, point.right_derivative)
                lines.append([f"{number:.7g}" for number in numbers])
            widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
            parts += [
                "  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True))
                for line in lines
            ]
    return "\n".join(parts)
