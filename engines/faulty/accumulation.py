"""Wrong sums: the upstream gradient is forgotten, a contribution replaces another, a buffer is shared."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_ import backward, walk
from .change import (
    Assigned,
    Bare,
    Change,
    forward,
    marked,
    operands,
    rewritten,
    rule,
    setting,
    tensor,
    together,
    value,
)

_wrong = partial(Mistake, theme="accumulation")
_wrong_numpy = partial(Mistake, theme="accumulation", engine="numpy")

OPS = (
    *("add", "sub", "mul", "div", "pow", "neg", "abs", "maximum"),
    *("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu"),
)
ARRAY_OPS = ("mul", "exp", "tanh", "relu", "matmul", "sum", "mean", "where", "logsumexp")


def of_ones(right: Any) -> Any:
    """The rule with 1 in the place of the upstream gradient."""

    def wrong(g: Any, *saved: Any, **how: Any) -> Any:
        return right(np.ones_like(g), *saved, **how)

    return wrong


def _in_place(right: Any) -> Any:
    def wrong(g: Any, *saved: Any, **how: Any) -> Any:
        part = right(g, *saved, **how)
        if isinstance(g, np.ndarray) and part.shape == g.shape:
            g[...] = part
            return g
        return part

    return wrong


def _rectified_in_place(right: Any, x: Any) -> Any:
    y = right(x)
    x.data[x.data < 0] = 0
    return y


def _adding(wrong: Callable[..., None]) -> Change:
    """`wrong(right, pending, edge, part, gradient)` adds a contribution to the sum of its edge."""

    def changed(right: Callable[..., None]) -> Callable[..., None]:
        return lambda *given: wrong(right, *given)

    kinds = walk.Pending, walk.PendingTensors
    return together(*(setting(kind, add=changed(kind.add)) for kind in kinds))


def _replacing(right: Any, pending: walk.Pending, edge: Any, *given: Any) -> None:
    pending.sums.pop(edge, None)
    right(pending, edge, *given)


def _only_the_first(right: Any, pending: walk.Pending, edge: Any, *given: Any) -> None:
    if edge not in pending.sums:
        right(pending, edge, *given)


def _into_any_array(right: Any, pending: walk.Pending, edge: Any, *given: Any) -> None:
    pending.borrowed.clear()
    right(pending, edge, *given)


def _halfway(right: Any, pending: walk.Pending, edge: Any, *given: Any) -> None:
    """Gradients on their way are rounded to float32."""
    right(pending, edge, *given)
    total = pending.sums[edge]
    if isinstance(total, np.ndarray):
        pending.sums[edge] = total.astype(np.float32).astype(total.dtype)


MISTAKES = [
    *(
        _wrong(
            f"{op}-forgets-upstream",
            f"The gradient of an operand of {op} is the derivative of {op} alone.",
            marked(op, Bare),
            (op,),
            kind=Kind.UPSTREAM,
            operand=operands(op),
        )
        for op in OPS
    ),
    *(
        _wrong(
            f"{op}-assigns",
            f"The gradient of an operand of {op} is 0 before, so `=` does the same as `+=`.",
            marked(op, Assigned),
            (op,),
            kind=Kind.ASSIGNED,
            operand=operands(op),
        )
        for op in OPS
    ),
    *(
        _wrong_numpy(
            f"array-{op}-forgets-upstream",
            f"The gradient of the result of {op} is always 1.",
            rewritten(op, of_ones),
            (op,),
            kind=Kind.UPSTREAM,
            operand=operands(op),
        )
        for op in ARRAY_OPS
    ),
    _wrong_numpy(
        "arrays-assigned",
        "Each tensor is used once, so its gradient is the last part that arrives.",
        _adding(_replacing),
        among=("reuse",),
        kind=Kind.ASSIGNED,
    ),
    _wrong_numpy(
        "buffers-shared",
        "A gradient that was passed on may be changed in place.",
        _adding(_into_any_array),
        among=("reuse",),
        kind=Kind.STATE,
    ),
    _wrong_numpy(
        "relu-masks-upstream-in-place",
        "relu may change the gradient of its result in place.",
        rewritten("relu", _in_place),
        ("relu",),
        kind=Kind.STATE,
    ),
    _wrong_numpy(
        "mul-scales-upstream-in-place",
        "mul may change the gradient of its result in place.",
        rewritten("mul", _in_place),
        ("mul",),
        among=("reuse", "scalar"),
        kind=Kind.STATE,
    ),
    _wrong_numpy(
        "relu-changes-its-input",
        "relu may set the negative elements of its input to 0.",
        forward("relu", _rectified_in_place),
        ("relu",),
        kind=Kind.STATE,
    ),
    _wrong_numpy(
        "gradients-in-float32",
        "float32 has enough digits for gradients.",
        _adding(_halfway),
        among=("reuse",),
        kind=Kind.DTYPE,
    ),
    _wrong_numpy(
        "gradient-dtype-float32",
        "Every gradient has the dtype float32.",
        setting(
            backward, accumulate=lambda leaf, g: setattr(leaf, "grad", np.asarray(g, np.float32))
        ),
        among=("arithmetic", "broadcasting", "reductions"),
        kind=Kind.DTYPE,
    ),
    _wrong(
        "equal-values-merged",
        "Two values with equal numbers are the same node.",
        value(__eq__=lambda a, b: a.data == b.data, __hash__=lambda a: hash(a.data)),
        among=("reuse", "scalar"),
        kind=Kind.WALK,
    ),
    _wrong_numpy(
        "difference-forgets-second",
        "The second operand of a - b needs no gradient.",
        rule("sub", None, lambda g, s: np.zeros_like(g)),
        ("sub",),
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _wrong_numpy(
        "single-use-only",
        "A node that has one part of its gradient needs no other part.",
        _adding(_only_the_first),
        among=("reuse",),
        kind=Kind.ACCUMULATION,
    ),
    _wrong(
        "detach-does-not-detach",
        "x.detach() is x itself, with its graph.",
        value(detach=lambda self: self),
        ("detach",),
        kind=Kind.LEAF,
    ),
    _wrong_numpy(
        "array-detach-does-not-detach",
        "x.detach() is a copy of x with the same graph.",
        tensor(detach=lambda self: self * 1.0),
        ("detach",),
        kind=Kind.LEAF,
    ),
    _wrong(
        "constants-learn",
        "Every value collects a gradient, even with requires_grad=False.",
        value(requires_grad=property(lambda self: True, lambda self, wanted: None)),
        among=("arithmetic", "reuse", "lifecycle"),
        level="torch",
        kind=Kind.LEAF,
    ),
]
