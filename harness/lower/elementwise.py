"""Ops that are applied to each element after broadcasting, and `where`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..program.transcript import Unsupported
from .element import Element, Tensor, apply, boxed, floats, integers

_NAMES = """
    add sub mul div pow neg abs eq ne lt le gt ge iadd isub imul itruediv ipow
    exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal
    sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
    erf erfc erfinv lgamma digamma i0 sinc logit entr deg2rad rad2deg
    sign floor ceil round trunc frac positive nan_to_num detach clone isnan isinf isfinite
    relu relu6 sigmoid logsigmoid leaky_relu elu celu selu gelu silu mish softplus softsign
    hardtanh hardsigmoid hardswish softshrink hardshrink tanhshrink threshold
    clamp clamp_min clamp_max
    maximum minimum fmax fmin atan2 hypot fmod remainder xlogy logaddexp logaddexp2 copysign
    lerp addcmul addcdiv
"""
NAMES = frozenset(_NAMES.split())


def _elementwise(op: str) -> Callable[..., Tensor]:
    def lowered(*operands: Any, **attributes: Any) -> Tensor:
        if any(isinstance(value, np.ndarray) for value in attributes.values()):
            raise Unsupported(f"{op} with a tensor as its option")
        parts = [floats(o) if isinstance(o, np.ndarray) else o for o in operands]
        each = np.frompyfunc(lambda *given: apply(op, *given, **attributes), len(parts), 1)
        return boxed(each(*parts))

    return lowered


def _where(condition: Any, input: Any, other: Any) -> Tensor:
    def choose(chosen: Any, yes: Any, no: Any) -> Any:
        if isinstance(chosen, Element):
            return chosen.tape.record("where", (chosen, yes, no), {})
        return yes if chosen else no

    return boxed(np.frompyfunc(choose, 3, 1)(condition, input, other))


def _masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    if isinstance(boxed(value).flat[0], Element) and not integers(mask).any():
        # torch gives the value a gradient of 0, and among scalars it would have none.
        raise Unsupported("a value that fills nothing")
    return _where(mask, value, input)


OPS: dict[str, Callable[..., Any]] = {
    **{name: _elementwise(name) for name in NAMES},
    "where": _where,
    "masked_fill": _masked_fill,
}
