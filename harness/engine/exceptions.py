"""What an exception that an engine raised is called, and whether it says that something is missing.

- `category_of`, `described`: its class, and the exception in one line.
- `refused`: whether an op was turned down rather than attempted; `missing`: what is then said to lack.
"""

from __future__ import annotations

import os

from harness.program import Apply, Ref
from harness.program.arrays import Array
from harness.program.ops import Op, find
from harness.text import described

# What an op may give that is no node of the engine: `item` a number, an unused gradient None.
PLAIN = (bool, int, float, type(None))

# Frames of files below are the harness's, not the engine's; engines for tests are engines.
_HOME = os.path.dirname(os.path.dirname(__file__)) + os.sep
_TESTS = os.path.join(_HOME, "tests")

# The first match names the category.
_CATEGORIES: tuple[tuple[type[BaseException], str], ...] = (
    (RecursionError, "recursion"),
    (MemoryError, "memory"),
    (ZeroDivisionError, "zero-division"),
    (OverflowError, "overflow"),
    (LookupError, "index"),
    (NameError, "name"),
    (AttributeError, "attribute"),
    (TypeError, "type"),
    (AssertionError, "assertion"),
    (ValueError, "value"),
    (RuntimeError, "runtime"),
)
# The `math` module has no class of its own for an argument outside a function's domain; these are its words.
_OUTSIDE_DOMAIN = "math domain error"


def category_of(problem: BaseException) -> str:
    """The class of an exception, as `Stop.category` names it; "domain" is a ValueError of `math`."""
    if isinstance(problem, ValueError) and _OUTSIDE_DOMAIN in described(problem):
        return "domain"
    return next((name for kind, name in _CATEGORIES if isinstance(problem, kind)), "other")


def row_of(name: str) -> Op:
    """The op's row; a program in hand has been checked."""
    op = find(name)
    assert op is not None, "a checked program has no unknown op"
    return op


def foreign_frames(problem: BaseException) -> int:
    """How many frames of the engine's own code the exception passed through."""
    count, trace = 0, problem.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        count += not file.startswith(_HOME) or file.startswith(_TESTS)
        trace = trace.tb_next
    return count


def refused(step: Apply, problem: Exception) -> bool:
    """Whether an op was turned down rather than attempted.

    A TypeError without a frame of the engine is Python refusing the arguments; an AssertionError in
    the op's own first frame is its author stating what the op takes. Most engines take numbers alone as
    exponents, and many one axis at a time, and leave it to Python to say so.
    """
    depth = foreign_frames(problem)
    if isinstance(problem, AssertionError):
        return depth == 1
    if isinstance(problem, TypeError):
        said = described(problem)
        if any(type(value) is tuple for _, value in step.attributes) and "'tuple'" in said:
            return True
        if step.op == "pow" and isinstance(step.operands[1], Ref):
            return depth < 2 or said.startswith("TypeError: unsupported operand")
        # A method without `self` takes one operand too few; one without an option lacks the option.
        too_few = "positional argument" in said and "given" in said and not step.attributes
        return depth == 0 and not too_few
    if isinstance(problem, AttributeError):
        return _takes_no_number(step, problem)
    if isinstance(problem, ValueError):
        # NumPy's own product of matrices met a node, which has no operator for this side.
        return depth == 0 and any(type(operand) is Array for operand in step.operands)
    return isinstance(problem, NotImplementedError)


def _takes_no_number(step: Apply, problem: AttributeError) -> bool:
    """`x * 2.0` for an engine that multiplies nodes alone: it looks for `other.data` in a number.

    `2.0 * x` does not count: whoever writes a reflected operator writes it for numbers.
    """
    first, *others = step.operands or (None,)
    kind = type(problem.obj)
    return isinstance(first, Ref) and kind in PLAIN and any(type(each) in PLAIN for each in others)


def missing(step: Apply) -> str:
    """What an engine without the op is said to lack."""
    op = row_of(step.op)
    if op.operator and step.operands and not isinstance(step.operands[0], Ref):
        return f"number {op.operator} engine value"
    return op.spellings[0] + (f" ({op.operator})" if op.operator else "")
