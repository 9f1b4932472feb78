"""The meaning of an exception that an engine raised.

- `category_of`: the name of its class in a report.
- `raised`: the stop of a run that it ended.
- `foreign_frames`: the number of frames of the engine that it passed through.
- `refused`: True when the engine turned an op down, instead of failing in it.
- `by_a_comparison`: True when the engine refused a backward that needs no more than its operators.
- `missing`: the op that the engine lacks in this case, in words.
"""

from __future__ import annotations

from ..places import frames, is_of_harness, raised_at, traceback_of
from ..program import Apply, Backward, Grad, Program, Ref, Step
from ..program.arrays import Array
from ..program.op_table import op_named
from ..program.transcript import Stop
from ..text import described
from .cpython_messages import (
    MATH_DOMAIN,
    TOO_MANY_ARGUMENTS,
    TUPLE_OPERAND,
    UNSUPPORTED_OPERANDS,
)

# The types of results that are no nodes: `item` returns a number, an unused gradient is None.
PLAIN = (bool, int, float, type(None))

# The first class that fits names the category.
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


def category_of(problem: BaseException) -> str:
    """The name of the exception's class, for `Stop.category`; "domain" for a ValueError of `math`."""
    if isinstance(problem, ValueError) and MATH_DOMAIN.are_of(problem):
        return "domain"
    return next((name for kind, name in _CATEGORIES if isinstance(problem, kind)), "other")


def foreign_frames(problem: BaseException) -> int:
    """The number of frames of the engine's own code that the exception passed through."""
    return sum(not is_of_harness(frame.f_code.co_filename) for frame, _ in frames(problem))


def raised(step: int, problem: BaseException) -> Stop:
    """The end of a run whose step `step` raised `problem`, with the place in the engine's code."""
    said = described(problem)
    trace = traceback_of(problem, said)
    return Stop("raised", step, category_of(problem), said, raised_at(problem), trace)


def refused(step: Apply, problem: Exception) -> bool:
    """True when the engine turned the op down, instead of failing in it.

    A TypeError without a frame of the engine comes from Python, which refused the arguments.
    An AssertionError in the first frame of the op comes from its author, who says what the op takes.
    A value that cannot be shown is no mistake in a gradient.
    """
    if op_named(step.op).has("shows"):
        return True
    depth = foreign_frames(problem)
    if isinstance(problem, AssertionError):
        return depth == 1
    if isinstance(problem, TypeError):
        return _type_refused(step, problem, depth)
    if isinstance(problem, AttributeError):
        return _takes_no_number(step, problem)
    if isinstance(problem, ValueError):
        # NumPy's matrix product got a node as its right operand, and the node has no `__rmatmul__`.
        return depth == 0 and any(type(operand) is Array for operand in step.operands)
    return isinstance(problem, NotImplementedError)


def by_a_comparison(program: Program, step: Step) -> bool:
    """True when a backward cannot lack anything: its graph is made of Python's operators and comparisons.

    No gradient is asked of a comparison: it is a mask. An engine that raises NotImplementedError there has
    stopped a backward that it could have done.
    """
    if not isinstance(step, Backward | Grad):
        return False
    ops = [op_named(name) for name in program.ops]
    compares = any(op.operator and op.smooth == "never" for op in ops)
    return compares and all(op.operator for op in ops)


def _type_refused(step: Apply, problem: TypeError, depth: int) -> bool:
    """True when a TypeError says that the op does not take its operands or options.

    Many engines take one axis at a time, and most take numbers alone as exponents. They check neither, so
    Python raises the error, at any depth.
    """
    has_tuple = any(type(value) is tuple for _, value in step.attributes)
    if has_tuple and TUPLE_OPERAND.are_of(problem):
        return True
    if step.op in ("pow", "ipow") and isinstance(step.operands[1], Ref):
        return depth < 2 or UNSUPPORTED_OPERANDS.are_of(problem)
    # A method that lacks the parameter `self` takes too few operands, which is a mistake. With options, the
    # method lacks the parameter of an option, and does not take it.
    lacks_self = not step.attributes and TOO_MANY_ARGUMENTS.are_of(problem)
    return depth == 0 and not lacks_self


def _takes_no_number(step: Apply, problem: AttributeError) -> bool:
    """True when an engine that computes on nodes alone looked for `other.data` in the number of `x * 2.0`.

    `2.0 * x` does not count where it runs a reflected operator: an author writes it for numbers, so this is
    a mistake. A function such as `mul(2.0, x)` need not take numbers.
    """
    if type(problem.obj) not in PLAIN or not any(type(each) in PLAIN for each in step.operands):
        return False
    return isinstance(step.operands[0], Ref) or not _in_a_special_method(problem)


def _in_a_special_method(problem: Exception) -> bool:
    """True when the engine's outermost function that the exception passed through is an operator's method."""
    names = (
        f.f_code.co_name for f, _ in frames(problem) if not is_of_harness(f.f_code.co_filename)
    )
    return next(names, "").startswith("__")


def missing(step: Apply) -> str:
    """The op that the engine lacks, in words. Raises AssertionError for an op that no checked program has."""
    op = op_named(step.op)
    if op.operator and step.operands and not isinstance(step.operands[0], Ref):
        return f"number {op.operator} engine value"
    return op.spellings[0] + (f" ({op.operator})" if op.operator else "")
