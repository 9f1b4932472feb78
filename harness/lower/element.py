"""Elements: the numbers of a lowered tensor, held in NumPy arrays of objects.

NumPy does the broadcasting, the indexing and the matrix products. Each `+` and `*` that it performs on
two elements appends one scalar op. A part of an array is an element, or a plain Python number where the
number is a literal (a mask, class indices, the zeros of `tril`).

- `Element`, `Tape`: one number, and the scalar steps so far.
- `apply`: one scalar op.
- `boxed`, `total`, `fold`, `reduced`, `along`: the parts that the lowered ops are built from.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..program.op_table import TABLE
from ..program.ops import set_infix
from ..program.transcript import Unsupported
from ..trace.symbol import Symbol, record

Tensor = np.ndarray[Any, np.dtype[np.object_]]


class Tape:
    """The scalar steps so far. `origins` holds, for each, the index of the tensor step that it comes from."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.origins: list[int] = []
        self.step = 0

    def mark(self) -> None:
        """Count a scalar step that was appended. Unsupported beyond the budget."""
        self.origins.append(self.step)
        if len(self.origins) > self.budget:
            raise Unsupported(f"a program of more than {self.budget:,} scalar steps")

    def record(self, op: str, parts: Sequence[Any], attributes: dict[str, Any]) -> Element:
        """Append one op; at least one of `parts` is an element. Unsupported beyond the budget."""
        symbols = [part.symbol if isinstance(part, Element) else part for part in parts]
        symbol = record(TABLE[op], *symbols, **attributes)
        self.mark()
        value = math.nan if attributes else _value(op, parts)
        return Element(self, symbol, value, [p for p in parts if isinstance(p, Element)])


class Element:
    """One number: the symbol that computes it, and its value when that is known, else nan.

    The value decides only literals and refusals: the shift of a softmax, and whether there are ties. It is
    computed from the inputs in float64. An update makes it unknown.
    """

    __slots__ = ("parents", "symbol", "tape", "value")

    def __init__(
        self, tape: Tape, symbol: Symbol, value: float, parents: Sequence[Element] = ()
    ) -> None:
        self.tape, self.symbol, self.value, self.parents = tape, symbol, value, parents

    def __neg__(self) -> Any:
        return apply("neg", self)


def apply(op: str, *parts: Any, **attributes: Any) -> Any:
    """Append one scalar op. Arithmetic on literals alone is done here, because no engine takes part in it.

    Unsupported when the result of this arithmetic is not known, and beyond the budget of steps.
    """
    for part in parts:
        if isinstance(part, Element):
            return part.tape.record(op, parts, attributes)
    value = math.nan if attributes else _value(op, parts)
    if math.isnan(value):
        raise Unsupported(f"{op} of a literal")
    return value


set_infix(Element, [TABLE[name] for name in ("add", "sub", "mul", "div", "pow")], apply)


@functools.cache
def _formula(op: str) -> Callable[..., Any] | None:
    """NumPy's function for a scalar op, found under the names of the op table."""
    own: dict[str, Callable[..., Any]] = {
        "relu": lambda x: np.maximum(x, 0.0),
        "sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),
    }
    found = (getattr(np, name, None) for name in (op, *TABLE[op].spellings))
    return own.get(op) or next((f for f in found if isinstance(f, np.ufunc)), None)


def _value(op: str, parts: Sequence[Any]) -> float:
    formula = _formula(op)
    if formula is None:
        return math.nan
    return float(formula(*(np.float64(known(part)) for part in parts)))


def known(part: Any) -> float:
    """The number when it is known, else nan."""
    return part.value if isinstance(part, Element) else float(part)


def boxed(value: Any) -> Tensor:
    """An array as it is, and a bare part as an array of shape (): NumPy gives 0-d results as bare parts."""
    if isinstance(value, np.ndarray):
        return value
    box: Tensor = np.empty((), dtype=object)
    box[()] = value
    return box


def floats(array: Tensor) -> Tensor:
    """The same array with its integer and bool literals as floats: torch's arithmetic promotes them."""
    return boxed(
        np.frompyfunc(lambda part: float(part) if isinstance(part, int) else part, 1, 1)(array)
    )


def integers(array: Any) -> Any:
    """An index for NumPy: an integer or bool array of its literals.

    Unsupported when the engine computes the index.
    """
    parts = boxed(array).ravel().tolist()
    if any(isinstance(part, Element) for part in parts):
        raise Unsupported("an index that the engine computes")
    return np.array(boxed(array).tolist())


def fold(op: str, parts: Sequence[Any]) -> Any:
    """All parts joined by one op, in a balanced tree, so that an engine that recurses does not go deep."""
    while len(parts) > 1:
        pairs = [apply(op, *parts[k : k + 2]) for k in range(0, len(parts) - 1, 2)]
        parts = pairs + list(parts[len(pairs) * 2 :])
    return parts[0]


def total(parts: Sequence[Any]) -> Any:
    """The sum of all parts."""
    return fold("add", parts)


def reduced(x: Tensor, dim: Any, keepdim: bool, reduce: Callable[[list[Any]], Any]) -> Tensor:
    """The array of `reduce(parts)`: the parts along `dim`, for each place on the other axes.

    `dim` is an axis or several; None and () mean all. ValueError when the array has no such axis.
    """
    axes = axes_of(x, dim)
    others = [axis for axis in range(x.ndim) if axis not in axes]
    rows = x.transpose(*others, *axes).reshape(*(x.shape[axis] for axis in others), -1)
    out: Tensor = np.empty(rows.shape[:-1], dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = reduce(list(rows[index]))
    if keepdim:
        return out.reshape([1 if axis in axes else x.shape[axis] for axis in range(x.ndim)])
    return out


def axes_of(x: Tensor, dim: Any) -> tuple[int, ...]:
    """The axes that `dim` names, counted from the front. ValueError for an axis that does not exist.

    A 0-d tensor gives no axis for any `dim`, because torch accepts `dim=0` for it.
    """
    if x.ndim == 0:
        return ()
    if dim is None or dim == () or dim == []:
        return tuple(range(x.ndim))
    named = dim if isinstance(dim, list | tuple) else (dim,)
    if not all(-x.ndim <= axis < x.ndim for axis in named):
        raise ValueError(f"dim {dim} of shape {x.shape}")
    return tuple(axis % x.ndim for axis in named)


def along(x: Tensor, dim: int, row: Callable[[list[Any]], Sequence[Any]]) -> Tensor:
    """The array with the parts along `dim` replaced by `row(parts)`, which has as many."""
    if x.ndim == 0:
        return boxed(row([x[()]])[0])
    moved = np.moveaxis(x, dim, -1)
    out: Tensor = np.empty(moved.shape, dtype=object)
    for index in np.ndindex(moved.shape[:-1]):
        out[index] = row(list(moved[index]))
    return np.moveaxis(out, -1, dim)
