"""The sentences of a paragraph, by the kind of the finding.

They are for a student in the second year whose mother tongue is not English: short, in plain words.
"""

from __future__ import annotations

from typing import NamedTuple

from .finding import Kind


class Sentences(NamedTuple):
    """What a finding of a kind says: what the engine does, what is right, and what to check.

    The gaps are `{op}`, `{operand}`, `{by}` (" with respect to its first operand", or nothing) and
    `{calculus}` (the sentence with the right derivative).
    """

    does: str
    right: str
    check: str


_CHECK_GRADIENT = (
    "Check the line that computes the gradient of {operand} in the backward of your {op}."
)
SENTENCES = {
    Kind.VALUE: Sentences(
        "Your {op} computes a wrong value.",
        "torch computes another value from the same operands.",
        "Check the line of your {op} that computes the result.",
    ),
    Kind.NO_RESULT: Sentences(
        "Your {op} raises an error, or returns nothing.",
        "torch has a result there.",
        "Check that your {op} returns its result, and that every name in it is defined or imported.",
    ),
    Kind.DERIVATIVE: Sentences(
        "Your {op} has a wrong derivative{by}.",
        "{calculus}",
        _CHECK_GRADIENT,
    ),
    Kind.SIGN: Sentences(
        "The derivative of your {op}{by} has the wrong sign.",
        "{calculus}",
        _CHECK_GRADIENT + " Is a minus sign missing, or is there one too many?",
    ),
    Kind.FACTOR: Sentences(
        "In the derivative of your {op}{by} a factor is missing, or there is one too many.",
        "{calculus}",
        _CHECK_GRADIENT,
    ),
    Kind.INPUT_FOR_OUTPUT: Sentences(
        "The derivative of your {op}{by} uses the input where it needs the output.",
        "{calculus}",
        _CHECK_GRADIENT + " The output is its result.",
    ),
    Kind.OUTPUT_FOR_INPUT: Sentences(
        "The derivative of your {op}{by} uses the output where it needs the input.",
        "{calculus}",
        _CHECK_GRADIENT + " The input is its operand.",
    ),
    Kind.OPERANDS: Sentences(
        "Your {op} exchanges its operands, or their gradients.",
        "Each operand has its own place and its own derivative. {calculus}",
        "Check which operand each line of your {op} uses, forward and backward.",
    ),
    Kind.UPSTREAM: Sentences(
        "Your {op} does not multiply its derivative{by} by the upstream gradient.",
        "The upstream gradient is the gradient of the result. By the chain rule the gradient of an operand "
        "is the upstream gradient times the derivative.",
        "Check that the backward of your {op} uses the gradient of its result.",
    ),
    Kind.ASSIGNED: Sentences(
        "Your {op} replaces the gradient of {operand}. It must add to what is there.",
        "A value can be used several times. Each use gives a part of its gradient, and the gradient is the "
        "sum of the parts.",
        "Check the backward of your {op}: it needs `+=` and not `=`.",
    ),
    Kind.ACCUMULATION: Sentences(
        "Your {op} adds the parts of a gradient wrongly.",
        "A value can be used several times. Each use gives a part of its gradient, and the gradient is the "
        "sum of the parts.",
        "Check the line of your {op} that adds to a gradient.",
    ),
    Kind.CUT_OFF: Sentences(
        "Your {op} passes no gradient to {operand}.",
        "The result depends on {operand}, so a gradient must come back.",
        "Check that the result of your {op} is connected with {operand}, and that the backward adds to the "
        "gradient.",
    ),
    Kind.HIGHER_ORDER: Sentences(
        "Your {op} loses the gradient of its gradient, or a part of it.",
        "With create_graph=True, torch computes a gradient by operations that can be differentiated again.",
        "Check that the backward of your {op} computes with tensors, and not with their numbers.",
    ),
    Kind.WALK: Sentences(
        "The backward of your engine visits nodes in a wrong order, more than once, or not at all.",
        "Each node must be visited once, after all nodes that were computed from it.",
        "Check the loop or the recursion that visits the nodes.",
    ),
    Kind.START: Sentences(
        "The backward of your engine starts with a wrong gradient.",
        "It must start at the result, with the gradient that is given to backward, or with 1 when none is "
        "given.",
        "Check the first lines of backward.",
    ),
    Kind.NOT_REDUCED: Sentences(
        "Your {op} does not sum the gradient of a broadcast operand correctly.",
        "Broadcasting uses one element several times. Its gradient is the sum over all these uses, and "
        "the gradient has the shape of the operand.",
        "Check the code that brings a gradient back to the shape of its operand.",
    ),
    Kind.SHAPE: Sentences(
        "Your {op} takes wrong elements, puts elements in wrong places, or works along a wrong dimension.",
        "torch has other elements in these places, in the value or in the gradient.",
        "Check the dimensions and the indices in your {op}, forward and backward.",
    ),
    Kind.LEAF: Sentences(
        "Your engine treats a leaf, a number or a detached value wrongly.",
        "In torch a leaf keeps its shape and its gradient. A number and a detached value have no gradient.",
        "Check how your engine makes a leaf, and how it treats numbers and detached values.",
    ),
    Kind.LIFECYCLE: Sentences(
        "Your engine keeps, clears or records something at the wrong time.",
        "In torch, a second backward adds to the gradients of the leaves, zero_grad clears them, and nothing "
        "is recorded inside no_grad.",
        "Check backward when it is called twice, zero_grad, no_grad, and all code that changes a value in "
        "place.",
    ),
    Kind.STATE: Sentences(
        "Numbers that belong to one node of your {op} are changed by another step.",
        "The numbers that a node has stored must stay as they are.",
        "Check for numbers that are stored on the class, and for lines that change a value or a gradient in "
        "place.",
    ),
    Kind.DTYPE: Sentences(
        "Your {op} computes with fewer digits than torch, or gives another dtype.",
        "torch keeps the dtype of the operands.",
        "Check for float32, for conversions, and for small numbers that are set to 0.",
    ),
    Kind.RANGE: Sentences(
        "Your {op} uses a formula that fails for some numbers, such as 0 or very large ones.",
        "torch has an answer for these numbers.",
        "Check the formula at the numbers that fail. There is often an equal formula that does not fail.",
    ),
    Kind.CONVENTION: Sentences(
        "Your {op} follows another convention than torch.",
        "This can be correct mathematics, but torch has chosen another answer.",
        "Check it only if your engine must agree with torch here.",
    ),
    Kind.FORM: Sentences(
        "Your {op} does not take one form of an operation, such as a number or an array on the left.",
        "torch takes this form.",
        "Check the methods for the right operand, such as `__radd__` and `__rmul__`.",
    ),
    Kind.UNKNOWN: Sentences("", "", ""),
}
