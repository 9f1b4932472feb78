"""A finding as a paragraph for a person who writes an engine for the first time.

- `paragraph`: what the engine does, what is right, how much it explains, and what to check.
- `first_wrong_sentence`: where the first wrong number of a program is.
"""

from __future__ import annotations

from typing import NamedTuple

from ..program import Program
from ..program.op_table import TABLE
from ..program.printing import step_text
from .finding import Confidence, Finding, Kind
from .first_wrong import WrongNode


def paragraph(finding: Finding, belief: str = "", measured: str = "", first_wrong: str = "") -> str:
    """Return the paragraph of a finding, as one line. `finding.sentence` is not read.

    `belief` is that of the known mistake. `measured` is the sentence of a `Fit`, without a full stop.
    `first_wrong` is a `first_wrong_sentence`. The caller shows `finding.program` below the paragraph.
    """
    words = _WORDS[finding.kind]
    known = finding.confidence is not Confidence.NONE
    parts = [
        "" if known else "This is not one of the known mistakes.",
        _filled(words.does, finding, _with_symbol(finding.op)),
        f'The code behaves as if this sentence were true: "{belief}"' if belief else "",
        f"Measured: {measured}." if measured else "",
        first_wrong,
        _filled(words.right, finding),
        _evidence(finding) if known else "",
        f"Look at {finding.look_at}." if finding.look_at else "",
        _filled(words.check, finding),
        "The program below shows it." if finding.program else "",
    ]
    return " ".join(part for part in parts if part)


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
    return f"{said}: your engine has {wrong.actual:.6g}, and torch has {wrong.expected:.6g}."


_MOST_STEPS = 3


class _Words(NamedTuple):
    """Sentences with gaps: `{op}`, `{operand}` and `{by}`, which is "" or names the operand."""

    does: str
    right: str
    check: str


_CHECK_GRADIENT = (
    "Check the line that computes the gradient of {operand} in the backward of your {op}."
)
_CALCULUS = "Calculus gives another derivative."
_WORDS = {
    Kind.VALUE: _Words(
        "Your {op} computes a wrong value.",
        "torch computes another value from the same operands.",
        "Check the line of your {op} that computes the result.",
    ),
    Kind.NO_RESULT: _Words(
        "Your {op} raises an error, or returns nothing.",
        "torch has a result there.",
        "Check that your {op} returns its result, and that every name in it is defined or imported.",
    ),
    Kind.DERIVATIVE: _Words(
        "Your {op} has a wrong derivative{by}.",
        _CALCULUS,
        _CHECK_GRADIENT,
    ),
    Kind.SIGN: _Words(
        "The derivative of your {op}{by} has the wrong sign.",
        "Calculus gives the same number with the other sign.",
        _CHECK_GRADIENT + " Is a minus sign missing, or is there one too many?",
    ),
    Kind.FACTOR: _Words(
        "In the derivative of your {op}{by} a factor is missing, or there is one too many.",
        _CALCULUS,
        _CHECK_GRADIENT,
    ),
    Kind.INPUT_FOR_OUTPUT: _Words(
        "The derivative of your {op}{by} uses the input where it needs the output.",
        _CALCULUS,
        _CHECK_GRADIENT + " The output is its result.",
    ),
    Kind.OUTPUT_FOR_INPUT: _Words(
        "The derivative of your {op}{by} uses the output where it needs the input.",
        _CALCULUS,
        _CHECK_GRADIENT + " The input is its operand.",
    ),
    Kind.OPERANDS: _Words(
        "Your {op} exchanges its operands, or their gradients.",
        "Each operand has its own place and its own derivative.",
        "Check which operand each line of your {op} uses, forward and backward.",
    ),
    Kind.UPSTREAM: _Words(
        "Your {op} does not multiply its derivative{by} by the upstream gradient.",
        "The upstream gradient is the gradient of the result. By the chain rule the gradient of an operand "
        "is the upstream gradient times the derivative.",
        "Check that the backward of your {op} uses the gradient of its result.",
    ),
    Kind.ASSIGNED: _Words(
        "Your {op} replaces the gradient of {operand}. It must add to what is there.",
        "A value can be used several times. Each use gives a part of its gradient, and the gradient is the "
        "sum of the parts.",
        "Check the backward of your {op}: it needs `+=` and not `=`.",
    ),
    Kind.ACCUMULATION: _Words(
        "Your {op} adds the parts of a gradient wrongly.",
        "A value can be used several times. Each use gives a part of its gradient, and the gradient is the "
        "sum of the parts.",
        "Check the line of your {op} that adds to a gradient.",
    ),
    Kind.CUT_OFF: _Words(
        "Your {op} passes no gradient to {operand}.",
        "The result depends on {operand}, so a gradient must come back.",
        "Check that the result of your {op} is connected with {operand}, and that the backward adds to the "
        "gradient.",
    ),
    Kind.WALK: _Words(
        "The backward of your engine visits nodes in a wrong order, more than once, or not at all.",
        "Each node must be visited once, after all nodes that were computed from it.",
        "Check the loop or the recursion that visits the nodes.",
    ),
    Kind.START: _Words(
        "The backward of your engine starts with a wrong gradient.",
        "It must start at the result, with the gradient that is given to backward, or with 1 when none is "
        "given.",
        "Check the first lines of backward.",
    ),
    Kind.NOT_REDUCED: _Words(
        "Your {op} does not sum the gradient of a broadcast operand correctly.",
        "Broadcasting uses one element several times. Its gradient is the sum over all these uses, and "
        "the gradient has the shape of the operand.",
        "Check the code that brings a gradient back to the shape of its operand.",
    ),
    Kind.SHAPE: _Words(
        "Your {op} takes wrong elements, puts elements in wrong places, or works along a wrong dimension.",
        "torch has other elements in these places, in the value or in the gradient.",
        "Check the dimensions and the indices in your {op}, forward and backward.",
    ),
    Kind.LEAF: _Words(
        "Your engine treats a leaf, a number or a detached value wrongly.",
        "In torch a leaf keeps its shape and its gradient. A number and a detached value have no gradient.",
        "Check how your engine makes a leaf, and how it treats numbers and detached values.",
    ),
    Kind.LIFECYCLE: _Words(
        "Your engine keeps, clears or records something at the wrong time.",
        "In torch, a second backward adds to the gradients of the leaves, zero_grad clears them, and nothing "
        "is recorded inside no_grad.",
        "Check backward when it is called twice, zero_grad, no_grad, and all code that changes a value in "
        "place.",
    ),
    Kind.STATE: _Words(
        "Numbers that belong to one node of your {op} are changed by another step.",
        "The numbers that a node has stored must stay as they are.",
        "Check for numbers that are stored on the class, and for lines that change a value or a gradient in "
        "place.",
    ),
    Kind.DTYPE: _Words(
        "Your {op} computes with fewer digits than torch, or gives another dtype.",
        "torch keeps the dtype of the operands.",
        "Check for float32, for conversions, and for small numbers that are set to 0.",
    ),
    Kind.RANGE: _Words(
        "Your {op} uses a formula that fails for some numbers, such as 0 or very large ones.",
        "torch has an answer for these numbers.",
        "Check the formula at the numbers that fail. There is often an equal formula that does not fail.",
    ),
    Kind.CONVENTION: _Words(
        "Your {op} follows another convention than torch.",
        "This can be correct mathematics, but torch has chosen another answer.",
        "Check it only if your engine must agree with torch here.",
    ),
    Kind.FORM: _Words(
        "Your {op} does not take one form of an operation, such as a number or an array on the left.",
        "torch takes this form.",
        "Check the methods for the right operand, such as `__radd__` and `__rmul__`.",
    ),
    Kind.UNKNOWN: _Words("", "", ""),
}


def _filled(sentence: str, finding: Finding, name: str = "") -> str:
    """The sentence with its gaps filled. `name` is another name for the op."""
    operand = {
        "first": "its first operand",
        "second": "its second operand",
        "both": "both operands",
    }.get(finding.operand, "its operand")
    op = name or (f"`{finding.op}`" if finding.op else "engine")
    by = f" with respect to {operand}" if finding.operand in ("first", "second") else ""
    return sentence.format(op=op, operand=operand, by=by)


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
