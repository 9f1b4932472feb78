"""Matrix products, layers and losses, written with NumPy over elements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..program.transcript import Unsupported
from .element import (
    Tensor,
    along,
    apply,
    boxed,
    floats,
    integers,
    known,
    reduced,
    total,
)
from .reductions import log_softmax, mean, variance


def _matmul(input: Tensor, other: Tensor) -> Tensor:
    return boxed(np.matmul(input, other))


def _product(first: int, second: int) -> Callable[..., Tensor]:
    """The product of tensors with exactly these numbers of axes, as torch demands for `mm` or `dot`."""

    def lowered(input: Tensor, other: Tensor) -> Tensor:
        if (input.ndim, other.ndim) != (first, second):
            raise ValueError(f"{input.ndim} and {other.ndim} axes came, not {first} and {second}")
        return _matmul(input, other)

    return lowered


def _einsum(equation: str, *operands: Any) -> Tensor:
    tensors = operands[0] if len(operands) == 1 and isinstance(operands[0], list) else operands
    terms, result, summed_over = _read(equation)
    places = [*result, *summed_over]
    factors = [_placed(tensor, term, places) for tensor, term in zip(tensors, terms, strict=True)]
    product = factors[0]
    for factor in factors[1:]:
        product = boxed(product * factor)
    summed = product.reshape(*product.shape[: len(result)], -1)
    out: Tensor = np.empty(summed.shape[:-1], dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = total(list(summed[index]))
    return out


def _read(equation: str) -> tuple[list[str], str, list[str]]:
    """The term of each operand, the letters of the result, and those that are summed over.

    Unsupported for an ellipsis and for a diagonal. ValueError when a letter is in the result alone.
    """
    written, arrow, result = equation.replace(" ", "").partition("->")
    terms = written.split(",")
    if "." in written or any(len(set(term)) < len(term) for term in terms):
        raise Unsupported(f"einsum with the equation {equation!r}")
    letters = sorted({letter for letter in written if letter.isalpha()})
    if not arrow:
        result = "".join(letter for letter in letters if written.count(letter) == 1)
    if not set(result) <= set(letters):
        raise ValueError(f"the equation {equation!r} has a letter in its result alone")
    return terms, result, [letter for letter in letters if letter not in result]


def _placed(tensor: Tensor, term: str, places: Sequence[str]) -> Tensor:
    """The tensor with one axis for each letter of `places`; the extent is 1 for a letter not in `term`."""
    own = [letter for letter in places if letter in term]
    moved = tensor.transpose([term.index(letter) for letter in own])
    return moved.reshape(
        [tensor.shape[term.index(letter)] if letter in term else 1 for letter in places]
    )


def _linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    product = _matmul(input, weight.T)
    return product if bias is None else boxed(product + bias)


def _add_product(
    input: Tensor, first: Tensor, second: Tensor, beta: float = 1, alpha: float = 1
) -> Tensor:
    product = _matmul(first, second)
    product = product if alpha == 1 else boxed(product * alpha)
    return boxed((input if beta == 1 else boxed(input * beta)) + product)


def _normalized(
    input: Tensor,
    normalized_shape: Any,
    row: Callable[[list[Any]], list[Any]],
    weight: Tensor | None,
    bias: Tensor | None,
) -> Tensor:
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    lead = input.ndim - len(shape)
    if input.shape[lead:] != shape:
        raise ValueError(f"normalized_shape {shape} of shape {input.shape}")
    flat = input.reshape(*input.shape[:lead], -1)
    out = along(flat, -1, row).reshape(input.shape)
    out = out if weight is None else out * weight
    return out if bias is None else out + bias


def _layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    def row(parts: list[Any]) -> list[Any]:
        centre, spread = mean(parts), apply("sqrt", variance(parts, 0) + eps)
        return [(part - centre) / spread for part in parts]

    return _normalized(input, normalized_shape, row, weight, bias)


def _rms_norm(
    input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    if eps is None:
        raise Unsupported("rms_norm without eps, which depends on the dtype")

    def row(parts: list[Any]) -> list[Any]:
        size = apply("sqrt", mean([part * part for part in parts]) + eps)
        return [part / size for part in parts]

    return _normalized(input, normalized_shape, row, weight, None)


def _gathered(losses: Tensor, reduction: str) -> Tensor:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction {reduction!r}")
    if reduction == "none":
        return losses
    whole = total(losses.ravel().tolist())
    if reduction == "mean":
        whole = whole / losses.size
    return boxed(whole)


def _elementwise_loss(loss: Callable[[Any, Any], Any]) -> Callable[..., Tensor]:
    def lowered(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
        losses = np.frompyfunc(loss, 2, 1)(*np.broadcast_arrays(floats(input), floats(target)))
        return _gathered(boxed(losses), reduction)

    return lowered


def _nll_loss(
    input: Tensor, target: Tensor, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    if input.ndim > 2 or ignore_index in integers(target):
        raise Unsupported("a class loss with ignored targets or more than two axes")
    chosen = integers(target)
    if chosen.min() < 0:
        raise IndexError("a negative class")
    picked = input[chosen] if input.ndim == 1 else input[np.arange(len(chosen)), chosen]
    return _gathered(boxed(-boxed(picked)), reduction)


def _cross_entropy(
    input: Tensor, target: Tensor, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    scores = along(input, -1 if input.ndim < 3 else 1, log_softmax)
    if target.ndim < input.ndim:
        return _nll_loss(scores, target, ignore_index, reduction)
    if input.ndim > 2:
        raise Unsupported("cross_entropy of class probabilities over more than two axes")
    return _gathered(
        boxed(-reduced(floats(target) * scores, -1, False, total)),
        reduction,
    )


def _logits_loss(x: Any, target: Any) -> Any:
    # Both formulas are the same function. The sign of x decides which one does not overflow.
    if known(x) < 0:
        return apply("log", 1.0 + apply("exp", x)) - target * x
    return (1.0 - target) * x + apply("log", 1.0 + apply("exp", -x))


def _trace(input: Tensor) -> Tensor:
    if input.ndim != 2:
        raise ValueError(f"the trace of shape {input.shape}")
    return boxed(total(input.diagonal().tolist()))


OPS: dict[str, Callable[..., Any]] = {
    "matmul": _matmul,
    "mm": _product(2, 2),
    "bmm": _product(3, 3),
    "mv": _product(2, 1),
    "dot": _product(1, 1),
    "vdot": _product(1, 1),
    "inner": lambda input, other: boxed(np.inner(input, other)),
    "outer": lambda input, vec2: input[:, None] * vec2,
    "einsum": _einsum,
    "tensordot": lambda input, other, dims=2: boxed(np.tensordot(input, other, dims)),
    "addmm": lambda input, mat1, mat2, **options: _add_product(input, mat1, mat2, **options),
    "addmv": lambda input, mat, vec, **options: _add_product(input, mat, vec, **options),
    "baddbmm": lambda input, batch1, batch2, **options: _add_product(
        input, batch1, batch2, **options
    ),
    "trace": _trace,
    "linear": _linear,
    "layer_norm": _layer_norm,
    "rms_norm": _rms_norm,
    "mse_loss": _elementwise_loss(lambda x, target: (x - target) * (x - target)),
    "l1_loss": _elementwise_loss(lambda x, target: apply("abs", x - target)),
    "binary_cross_entropy_with_logits": _elementwise_loss(_logits_loss),
    "nll_loss": _nll_loss,
    "cross_entropy": _cross_entropy,
}
