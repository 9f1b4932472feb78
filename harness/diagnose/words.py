"""A finding as a paragraph for a person who writes an engine for the first time.

- `paragraph`: what the engine does, what is right, how much it explains, and what to check.
- `first_wrong_sentence`: where the first wrong number of a program is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..program import Program
from ..program.op_table import TABLE
from ..program.printing import step_text
from .finding import Confidence, Finding, Kind
from .first_wrong import WrongNode
from .fitted import Fit
from .formulas import FORMULAS
from .sentences import SENTENCES


def paragraph(
    finding: Finding, belief: str = "", fit: Fit | None = None, first_wrong: str = ""
) -> str:
    """Return the paragraph of a finding, as one line. `finding.sentence` is not read.

    `belief` is that of the known mistake, and `fit` is what the probes measured. `first_wrong` is a
    `first_wrong_sentence`. The caller shows `finding.program` below the paragraph.
    """
    words = SENTENCES[finding.kind]
    measured = fit if fit and (fit.form or fit.kind not in _WITHOUT_FORMULA) else None
    parts = [
        _opening(finding, fit),
        _filled(words.does, finding, _with_symbol(finding.op)),
        f'The code behaves as if this sentence were true: "{belief}"' if belief else "",
        _measured(measured) if measured else "",
        first_wrong,
        "" if measured and measured.right else _filled(words.right, finding),
        "" if finding.confidence is Confidence.NONE else _evidence(finding),
        f"Look at {finding.look_at}." if finding.look_at else "",
        _filled(words.check, finding),
        "The program below shows it." if finding.program else "",
    ]
    return " ".join(part for part in parts if part)


# The measurement of such a mistake says no more than the first sentence of its kind.
_WITHOUT_FORMULA = {Kind.UPSTREAM, Kind.ASSIGNED, Kind.CUT_OFF}


def _opening(finding: Finding, fit: Fit | None) -> str:
    """The sentence about a mistake that is not known."""
    if finding.mistake or (finding.confidence is not Confidence.NONE and fit is None):
        return ""
    if fit is None:
        return "This is not one of the known mistakes."
    return "No known mistake explains this, so your engine was measured with small programs."


def first_wrong_sentence(program: Program, wrong: WrongNode) -> str:
    """Say where the first wrong number of the program is, and what torch has there."""
    steps = " and ".join(f"`{step_text(program, step)}`" for step in wrong.steps[:_MOST_STEPS])
    if len(wrong.steps) > _MOST_STEPS:
        steps += f" and {len(wrong.steps) - _MOST_STEPS} more steps"
    names = {ref: name for name, ref in program.inputs.items()}
    said = (
        f"The first wrong value is the result of {steps}"
        if wrong.what == "value"
        else f"The first wrong gradient is that of {names.get(wrong.node, wrong.node)}, which comes back "
        f"through {steps}"
    )
    # Six digits show most differences, and seventeen show each.
    formats = ("{:.6g}", "{:.9g}", "{:.17g}")
    pairs = [(form.format(wrong.actual), form.format(wrong.expected)) for form in formats]
    actual, expected = next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])
    return f"{said}: your engine has {actual}, and torch has {expected}."


_MOST_STEPS = 3


def _filled(sentence: str, finding: Finding, name: str = "") -> str:
    """The sentence with its gaps filled. `name` is another name for the op."""
    operand = {
        "first": "its first operand",
        "second": "its second operand",
        "both": "both operands",
    }.get(finding.operand, "its operand" if finding.op else "an operand")
    op = name or (f"`{finding.op}`" if finding.op else "engine")
    by = f" with respect to {operand}" if finding.operand in ("first", "second") else ""
    calculus = _calculus(finding) if "{calculus}" in sentence else ""
    return sentence.format(op=op, operand=operand, by=by, calculus=calculus)


def _calculus(finding: Finding) -> str:
    """The right derivatives, for an op whose formula has no options and is the same for arrays."""
    row, formula = TABLE.get(finding.op), FORMULAS.get(finding.op)
    if formula is None or row is None or row.attributes or row.has("reduces"):
        return "Calculus gives another derivative."
    texts = [
        _with_name("x" if finding.kind is Kind.OUTPUT_FOR_INPUT else "y", equal)
        for equal in formula.derivatives
    ]
    texts = {"first": texts[:1], "second": texts[1:]}.get(finding.operand, texts)
    if len(texts) == 1:
        return f"By calculus the derivative is {texts[0]}{_legend(texts)}."
    return f"By calculus the derivatives are {' and '.join(texts)}{_legend(texts)}."


def _with_name(name: str, equal: Sequence[str]) -> str:
    """The first of equal expressions that has the name, else the first."""
    return next((text for text in equal if name in _names(text)), equal[0])


def _names(text: str) -> set[str]:
    return set(re.findall(r"[a-z_]+", text))


def _measured(fit: Fit) -> str:
    return f"Measured: {fit.sentence}{_legend([fit.expression, fit.right])}."


_MEANINGS = {
    "x": "the operand",
    "a": "the first operand",
    "b": "the second operand",
    "y": "the result",
    "n": "the number of elements",
    "m": "the mean of the elements",
}


def _legend(expressions: Sequence[str]) -> str:
    """The meaning of the names in these expressions."""
    used = set().union(*map(_names, expressions))
    said = [f"{name} is {meaning}" for name, meaning in _MEANINGS.items() if name in used]
    if not said:
        return ""
    *others, last = said
    return f", where {', '.join(others)} and {last}" if others else f", where {last}"


def _with_symbol(op: str) -> str:
    """The op with its operator, as a person may write it; "" without an operator."""
    row = TABLE.get(op)
    symbol = row.operator if row else ""
    return f"`{op}` (`{symbol}`)" if symbol and not symbol.isalpha() else ""


def _evidence(finding: Finding) -> str:
    """How much the finding explains, and how sure it is."""
    if finding.explained == finding.failing == 1:
        count = "the one value or gradient that differs"
    elif finding.explained == finding.failing:
        count = f"all {finding.failing} values and gradients that differ"
    else:
        count = f"{finding.explained} of the {finding.failing} values and gradients that differ"
    if finding.confidence is Confidence.CONFIRMED:
        tested = "No value or gradient that agrees with torch contradicts it."
        return f"This is confirmed: it explains {count} from torch. {tested}"
    return f"This is likely, but not certain: it explains {count} from torch."
