"""Ops that join the elements along an axis: sums, extrema, norms, softmax."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from ..program.transcript import Unsupported
from .element import (
    Element,
    Tensor,
    along,
    apply,
    fold,
    known,
    reduced,
    total,
)

Row = Callable[[list[Any]], Any]


def _reduction(row: Row) -> Callable[..., Tensor]:
    def lowered(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
        return reduced(input, dim, keepdim, row)

    return lowered


def mean(parts: Sequence[Any]) -> Any:
    """The mean of all parts."""
    return total(parts) / len(parts)


def variance(parts: Sequence[Any], correction: int = 1) -> Any:
    """The sum of squared deviations from the mean, divided by n - correction.

    Unsupported when n - correction is not positive.
    """
    if len(parts) <= correction:
        raise Unsupported("a variance without a degree of freedom")
    centre = mean(parts)
    return total([(part - centre) * (part - centre) for part in parts]) / (len(parts) - correction)


def root(part: Any) -> Any:
    """The square root. Unsupported at 0, where torch's reductions have a subgradient of their own."""
    if known(part) == 0:
        raise Unsupported("a norm or deviation of 0, at its kink")
    return apply("sqrt", part)


def _var(input: Tensor, dim: Any = None, correction: int = 1, keepdim: bool = False) -> Tensor:
    return reduced(input, dim, keepdim, lambda parts: variance(parts, correction))


def _std(input: Tensor, dim: Any = None, correction: int = 1, keepdim: bool = False) -> Tensor:
    return reduced(input, dim, keepdim, lambda parts: root(variance(parts, correction)))


def _extremum(op: str, best: Callable[..., float]) -> Row:
    """The maximum or minimum of the parts. Unsupported at ties, where torch has a rule for each op."""

    def row(parts: list[Any]) -> Any:
        values = [known(part) for part in parts]
        if values.count(best(values)) > 1 or (len(values) > 1 and any(map(math.isnan, values))):
            raise Unsupported(f"{op} over ties, or over values that are not known beforehand")
        return fold(op, parts)

    return row


largest, smallest = _extremum("maximum", max), _extremum("minimum", min)


def _with_index(row: Row, best: Callable[..., Any]) -> Callable[..., tuple[Tensor, Tensor]]:
    def position(parts: list[Any]) -> int:
        return int(best([known(part) for part in parts]))

    def lowered(input: Tensor, dim: Any = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
        return reduced(input, dim, keepdim, row), reduced(input, dim, keepdim, position)

    return lowered


def _aminmax(input: Tensor, dim: Any = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    return reduced(input, dim, keepdim, smallest), reduced(input, dim, keepdim, largest)


def _power_norm(p: Any) -> Row:
    def row(parts: list[Any]) -> Any:
        if p == 2:
            return root(total([part * part for part in parts]))
        sizes = [apply("abs", part) for part in parts]
        if 0.0 in map(known, sizes):
            raise Unsupported("a norm of elements that are 0, at its kink")
        if p == 1:
            return total(sizes)
        if p == 0:
            raise Unsupported("a norm of order 0")
        if math.isinf(p):
            return (largest if p > 0 else smallest)(sizes)
        return total([size**p for size in sizes]) ** (1.0 / p)

    return row


def norm(input: Tensor, p: Any = 2, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The p-norm over `dim`; "fro" is 2. Unsupported for order 0, another word, and at kinks."""
    if isinstance(p, str):
        if p != "fro":
            raise Unsupported(f"norm with p={p!r}")
        p = 2
    return reduced(input, dim, keepdim, _power_norm(p))


def _vector_norm(input: Tensor, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Tensor:
    return reduced(input, dim, keepdim, _power_norm(ord))


def shifted(parts: Sequence[Any]) -> tuple[list[Any], float]:
    """The parts minus a shift, and the shift, which is a literal.

    Softmax and logsumexp do not depend on the shift. It is the maximum of the values, so that nothing
    overflows, or 0 when a value is not known. Unsupported when the maximum is infinite, because torch's
    order of operations decides the result there.
    """
    values = [known(part) for part in parts]
    if any(map(math.isnan, values)):
        return list(parts), 0.0
    shift = max(values)
    if math.isinf(shift):
        raise Unsupported("softmax or logsumexp with an infinite maximum")
    return [part - shift for part in parts], shift


def _exponentials(parts: Sequence[Any]) -> list[Any]:
    return [apply("exp", part) if isinstance(part, Element) else math.exp(part) for part in parts]


def softmax(parts: Sequence[Any]) -> list[Any]:
    """exp(x - shift) divided by the sum of exp(x - shift) over all parts."""
    powers = _exponentials(shifted(parts)[0])
    divisor = total(powers)
    return [power / divisor for power in powers]


def log_softmax(parts: Sequence[Any]) -> list[Any]:
    """(x - shift) - log of the sum of exp(x - shift)."""
    moved, _ = shifted(parts)
    divisor = apply("log", total(_exponentials(moved)))
    return [part - divisor for part in moved]


def _logsumexp(parts: Sequence[Any]) -> Any:
    moved, shift = shifted(parts)
    return apply("log", total(_exponentials(moved))) + shift


def _running(op: str) -> Callable[[list[Any]], list[Any]]:
    return lambda parts: list(accumulate(parts, lambda a, b: apply(op, a, b)))


def _rowwise(row: Callable[[list[Any]], Sequence[Any]]) -> Callable[..., Tensor]:
    return lambda input, dim: along(input, dim, row)


OPS: dict[str, Callable[..., Any]] = {
    "sum": _reduction(total),
    "mean": _reduction(mean),
    "prod": _reduction(lambda parts: fold("mul", parts)),
    "var": _var,
    "std": _std,
    "max": _reduction(largest),
    "min": _reduction(smallest),
    "amax": _reduction(largest),
    "amin": _reduction(smallest),
    "aminmax": _aminmax,
    "max_dim": _with_index(largest, np.argmax),
    "min_dim": _with_index(smallest, np.argmin),
    "norm": norm,
    "vector_norm": _vector_norm,
    "logsumexp": _reduction(_logsumexp),
    "cumsum": _rowwise(_running("add")),
    "cumprod": _rowwise(_running("mul")),
    "softmax": _rowwise(softmax),
    "log_softmax": _rowwise(log_softmax),
    "softmin": _rowwise(lambda parts: softmax([-part for part in parts])),
}
