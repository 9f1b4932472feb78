"""Wrong gradients of matrix products, of two matrices, of batches and with vectors."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_ import walk
from .change import reruled, rule, setting, together

_undone = walk.unbroadcast
_wrong = partial(Mistake, theme="products", engine="numpy", kind=Kind.DERIVATIVE, operand="both")


def _swap(x: Any) -> Any:
    return x.swapaxes(-1, -2)


def _only(where: Any, *wrong: Any) -> Any:
    """The rules of matmul, which are wrong for the operands that `where` selects."""

    def one(right: Any, change: Any) -> Any:
        return lambda g, y, a, b: (change if where(a, b) else right)(g, y, a, b)

    return reruled("matmul", lambda rules: [one(r, w) for r, w in zip(rules, wrong, strict=True)])


def _matrices(a: Any, b: Any) -> bool:
    return bool(a.ndim == b.ndim == 2)


def _batches(a: Any, b: Any) -> bool:
    return bool(a.ndim > 2 and b.ndim > 2)


def _shared(a: Any, b: Any) -> bool:
    return bool(a.ndim > 2 and b.ndim == 2)


def _vector(a: Any, b: Any) -> bool:
    return bool(a.ndim > 1 and b.ndim == 1)


def _batch_kept(g: Any, shape: tuple[int, ...]) -> Any:
    return g if len(shape) == 2 and g.shape[1:] == shape else _undone(g, shape)


MISTAKES = [
    _wrong(
        "matmul-gradients-untransposed",
        "The gradients of a @ b are g @ b and a @ g.",
        _only(_matrices, lambda g, y, a, b: g @ b, lambda g, y, a, b: a @ g),
        ("matmul", "mm"),
    ),
    _wrong(
        "matmul-gradient-order",
        "The gradients of a @ b are b.T @ g and g @ a.T.",
        _only(_matrices, lambda g, y, a, b: b.T @ g, lambda g, y, a, b: g @ a.T),
        ("matmul", "mm"),
    ),
    _wrong(
        "matmul-transposes-batches",
        "`.T` transposes each matrix of a batch separately.",
        _only(_batches, lambda g, y, a, b: g @ b.T, lambda g, y, a, b: a.T @ g),
        ("matmul", "bmm"),
    ),
    _wrong(
        "matmul-batch-first-only",
        "A matrix that multiplies a whole batch gets the gradient of the first product only.",
        _only(
            _shared,
            lambda g, y, a, b: g @ b.T,
            lambda g, y, a, b: (_swap(a) @ g)[(0,) * (a.ndim - 2)],
        ),
        ("matmul",),
        kind=Kind.NOT_REDUCED,
        operand="second",
    ),
    _wrong(
        "matmul-batch-kept",
        "The gradient of a matrix that multiplies a whole batch is a batch, too.",
        together(
            _only(_shared, lambda g, y, a, b: g @ b.T, lambda g, y, a, b: _swap(a) @ g),
            setting(walk, unbroadcast=_batch_kept),
        ),
        ("matmul",),
        kind=Kind.NOT_REDUCED,
        operand="second",
    ),
    _wrong(
        "matmul-batch-averaged",
        "A matrix that multiplies a whole batch gets the mean of its gradients.",
        _only(
            _shared,
            lambda g, y, a, b: g @ b.T,
            lambda g, y, a, b: (_swap(a) @ g).mean(tuple(range(a.ndim - 2))),
        ),
        ("matmul",),
        kind=Kind.NOT_REDUCED,
        operand="second",
    ),
    _wrong(
        "matmul-vector-as-row",
        "In matrix @ vector, the gradient of each row of the matrix is the vector.",
        _only(
            _vector,
            lambda g, y, a, b: np.broadcast_to(b, a.shape).copy(),
            lambda g, y, a, b: (_swap(a) @ g[..., None])[..., 0],
        ),
        ("matmul", "mv"),
        kind=Kind.UPSTREAM,
        operand="first",
    ),
    _wrong(
        "matmul-first-operand-only",
        "The second operand of a @ b needs no gradient.",
        rule("matmul", None, lambda g, y, a, b: np.zeros_like(b)),
        ("matmul", "mm", "bmm", "mv", "dot"),
        kind=Kind.CUT_OFF,
        operand="second",
    ),
]
