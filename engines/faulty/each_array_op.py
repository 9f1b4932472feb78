"""The mistakes of `each_op` at the ops that only the NumPy engine has, of numbers and of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradconform.harness.diagnose.mistake import Mistake

from .accumulation import ARRAY_OPS, of_ones
from .change import Change, operands, rewritten
from .each_op import APPLIED, Applied
from .state import REPLACING, replacing


def _negated(right: Any) -> Any:
    return lambda g, *saved, **how: -right(g, *saved, **how)


def _cut_off(right: Any) -> Any:
    return lambda g, *saved, **how: right(g, *saved, **how) * 0


_CHANGES: dict[str, Callable[[str], Change]] = {
    "assigns": replacing,
    "forgets-upstream": lambda op: rewritten(op, of_ones),
    "negated": lambda op: rewritten(op, _negated),
    "cut-off": lambda op: rewritten(op, _cut_off),
}
_BELIEFS = {"forgets-upstream": "The gradient of the result of {op} is always 1."}
_APPLIED = [
    how._replace(change=_CHANGES[how.name], belief=_BELIEFS.get(how.name, how.belief))
    for how in APPLIED
]
# The ops, by the family that has a case of each. A mistake in one op needs no others.
_OPS = {
    "unary": ("asinh", "acosh", "atanh", "erfc", "erfinv", "sinc", "logit", "entr", "lgamma", "i0"),
    "activations": ("mish", "logsigmoid", "hardtanh", "softshrink", "hardshrink"),
    "pairs": ("fmax", "fmin", "atan2", "hypot", "xlogy", "logaddexp"),
    "reductions": ("sum", "mean", "prod", "amax", "amin", "logsumexp", "max", "min"),
    "softmax": ("softmax", "log_softmax"),
    "cumulative": ("cumsum", "cumprod"),
    "statistics": ("var", "std"),
    "norms": ("norm",),
    "matmul": ("matmul",),
    "elementwise": ("where",),
    "movement": ("reshape", "permute"),
    "joining": ("cat",),
    "repeating": ("expand",),
}
# In their own family no case of these ops uses an operand twice.
_USED_ONCE = {"prod", "amin", "var", "where", "reshape", "permute", "expand"}
# Other themes have these, most of them under another name.
_ELSEWHERE = {
    *(f"array-{op}-forgets-upstream" for op in ARRAY_OPS),
    *(f"array-{op}-assigns" for op in REPLACING),
    "array-reshape-cut-off",
}


def _applied(op: str, family: str, how: Applied) -> Mistake:
    operand = operands(op)
    return Mistake(
        f"array-{op.replace('_', '-')}-{how.name}",
        how.belief.format(op=op, of="each operand" if operand else "the operand"),
        how.change(op),
        (op,),
        (family, "each_op") if how.name == "assigns" and op in _USED_ONCE else (family,),
        engine="numpy",
        theme="each array op",
        kind=how.kind,
        operand=operand,
    )


_FOUND = [
    _applied(op, family, how) for family, ops in _OPS.items() for op in ops for how in _APPLIED
]
MISTAKES = [mistake for mistake in _FOUND if mistake.name not in _ELSEWHERE]
