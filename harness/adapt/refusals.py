"""Errors by which the author of an untrusted engine says that an op does not take its operands.

- `turned_down`: True for such an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..program.ops import OPERATORS, Op
from .code_objects import raised_by_statement
from .leaves import NUMBER, attempt
from .usage import Usage

_REFUSALS = (TypeError, AssertionError, ValueError, RuntimeError, Exception)


def turned_down(
    op: Op,
    operands: Sequence[Any],
    problem: Exception,
    usage: Usage,
    namespaces: Sequence[dict[str, Any]],
) -> bool:
    """True when the author raises an error to say that the op does not take these operands.

    A TypeError or an AssertionError always says so. A ValueError or another error says so only where the
    numbers cannot be its cause: in an op that is defined everywhere, on operands that differ in shape, and
    where the operator refuses ordinary numbers too. `namespaces` are the global variables of the submission.
    """
    by_probability = op.name == "cross_entropy" and _is_node(operands[1], usage)
    if by_probability and isinstance(problem, TypeError | IndexError):
        return True  # most engines take class indices alone
    if op.name == "truth" and isinstance(problem, TypeError):
        # Python asks `__len__` where a class has no `__bool__`, and one number has no length.
        return not hasattr(type(operands[0]), "__bool__")
    if type(problem) not in _REFUSALS or not raised_by_statement(problem, namespaces):
        return False
    if isinstance(problem, TypeError | AssertionError):
        return True
    if op.smooth in ("everywhere", "never"):
        return True
    shapes = {_shape_of(each, usage) for each in operands}
    return len(shapes) > 1 or (len(operands) > 1 and _refuses_numbers(op, operands, problem, usage))


def _refuses_numbers(op: Op, operands: Sequence[Any], problem: Exception, usage: Usage) -> bool:
    """True when the op's operator raises the same error for a number at which every op is defined."""
    if not op.operator:
        return False

    def work() -> Any:
        nodes = [usage.make(NUMBER, True) if _is_node(o, usage) else NUMBER for o in operands]
        return OPERATORS[op.operator].function(*nodes)

    return type(attempt(work)) is type(problem)


def _is_node(operand: Any, usage: Usage) -> bool:
    return isinstance(operand, usage.family)


def _shape_of(operand: Any, usage: Usage) -> tuple[int, ...]:
    """The shape of the numbers of an operand; () when it has none, or they cannot be read."""
    shape = attempt(lambda: usage.shape_of(operand) if _is_node(operand, usage) else operand.shape)
    return tuple(shape) if type(shape) in (list, tuple) else ()
