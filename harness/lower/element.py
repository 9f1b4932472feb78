"""Elements: the numbers of a lowered tensor, held in NumPy arrays of objects.

NumPy does the broadcasting, the indexing and the matrix products; each `+` and `*` that it performs on
two elements appends one scalar op. Parts of an array are elements or, where the number is a literal
(a mask, class indices, the zeros of `tril`), plain Python numbers.

- `Element`, `Tape`: one number, and the record on which it lies.
- `apply`: one scalar op.
- `boxed`, `total`, `fold`, `reduced`, `along`: what the op tables are made of.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from harness.program.op_table import TABLE
from harness.program.ops import set_infix
from harness.program.transcript import Unsupported
from harness.trace.symbol import Symbol, record

Tensor = np.ndarray[Any, np.dtype[np.object_]]


class Tape:
    """The scalar steps so far. `origins` holds, for each, the step of the tensor program it is of."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.origins: list[int] = []
        self.step = 0

    def mark(self) -> None:
        """One step was appended. Unsupported beyond the budget."""
        self.origins.append(self.step)
        if len(self.origins) > self.budget:
            raise Unsupported(f"a program of more than {self.budget:,} scalar steps")

    def record(self, op: str, parts: Sequence[Any], attributes: dict[str, Any]) -> Element:
        """Append one op, at least one part of which is an element."""
        symbols = [part.symbol if isinstance(part, Element) else part for part in parts]
        symbol = record(TABLE[op], *symbols, **attributes)
        self.mark()
        value = math.nan if attributes else _value(op, parts)
        return Element(self, symbol, value, [p for p in parts if isinstance(p, Element)])


class Element:
    """One number: the symbol that computes it, and its value where that is known (nan elsewhere).

    The value steers literals alone: the shift of a softmax, and the refusal of ties. It follows from
    the inputs in float64, and is forgotten when an update moves a leaf.
    """

    __slots__ = ("parents", "symbol", "tape", "value")

    def __init__(
        self, tape: Tape, symbol: Symbol, value: float, parents: Sequence[Element] = ()
    ) -> None:
        self.tape, self.symbol, self.value, self.parents = tape, symbol, value, parents

    def __neg__(self) -> Any:
        return apply("neg", self)


def apply(op: str, *parts: Any, **attributes: Any) -> Any:
    """One scalar op. Arithmetic among literals alone is done at once, since no engine takes part."""
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
    """The number where it is known, nan elsewhere."""
    return part.value if isinstance(part, Element) else float(part)


def boxed(value: Any) -> Tensor:
    """An array as it is; a bare part, as which NumPy gives 0-d results, as an array of shape ()."""
    if isinstance(value, np.ndarray):
        return value
    box: Tensor = np.empty((), dtype=object)
    box[()] = value
    return box


def floats(array: Tensor) -> Tensor:
    """The same array with integer and bool literals as floats, as torch's arithmetic takes them."""
    return boxed(
        np.frompyfunc(lambda part: float(part) if isinstance(part, int) else part, 1, 1)(array)
    )


def integers(array: Any) -> Any:
    """An index as NumPy takes it: its literals as an integer or bool array.

    Unsupported when the index is computed by the engine.
    """
    parts = boxed(array).ravel().tolist()
    if any(isinstance(part, Element) for part in parts):
        raise Unsupported("an index that the engine computes")
    return np.array(boxed(array).tolist())


def fold(op: str, parts: Sequence[Any]) -> Any:
    """All parts joined by one op, in a balanced tree: an engine that recurses is not to go deep."""
    while len(parts) > 1:
        pairs = [apply(op, *parts[k : k + 2]) for k in range(0, len(parts) - 1, 2)]
        parts = pairs + list(parts[len(pairs) * 2 :])
    return parts[0]


def total(parts: Sequence[Any]) -> Any:
    """The sum of all parts."""
    return fold("add", parts)


def reduced(x: Tensor, dim: Any, keepdim: bool, reduce: Callable[[list[Any]], Any]) -> Tensor:
    """`reduce` of the parts along `dim` (None or () for all), for every place of the other axes."""
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
    """The axes that `dim` names, counted from the front; torch lets a 0-d tensor have axis 0."""
    if x.ndim == 0:
        return ()
    if dim is None or dim == () or dim == []:
        return tuple(range(x.ndim))
    named = dim if isinstance(dim, list | tuple) else (dim,)
    if not all(-x.ndim <= axis < x.ndim for axis in named):
        raise ValueError(f"dim {dim} of shape {x.shape}")
    return tuple(axis % x.ndim for axis in named)


def along(x: Tensor, dim: int, row: Callable[[list[Any]], Sequence[Any]]) -> Tensor:
    """`row` of the parts along `dim`, which gives as many, for every place of the other axes."""
    if x.ndim == 0:
        return boxed(row([x[()]])[0])
    moved = np.moveaxis(x, dim, -1)
    out: Tensor = np.empty(moved.shape, dtype=object)
    for index in np.ndindex(moved.shape[:-1]):
        out[index] = row(list(moved[index]))
    return np.moveaxis(out, -1, dim)
