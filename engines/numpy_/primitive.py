"""The declaration of an op: its forward on arrays, and a rule for the gradient of each input.

- `elementwise`: inputs of one dtype that broadcast; `real=True` computes integers as float32.
- `primitive`: any other op. Its rules read its output and inputs: `rule(g, y, *inputs, **attributes)`.
- `linear`: an op whose gradient needs only the input's shape: `rule(g, shape, **attributes)`. No values
  are saved, so the graph may be walked back twice.

A rule takes the gradient `g` of the output `y` and returns the gradient of one input, or None when there is
none. The walk back sums over broadcast dims and casts dtypes, so a rule need not. A rule uses operators and
functions of this package only. They work on arrays and on Tensors: without a Tensor an op only computes its
forward. So a gradient can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .dtypes import real as real_dtype
from .dtypes import result_type
from .tensor import Tensor, record

Op = Callable[..., Any]
Rule = Callable[..., Any] | None

# NumPy 1 computes a 0-d float32 array with a Python number in float64, NumPy 2 in float32 as torch does:
# https://numpy.org/neps/nep-0050-scalar-promotion.html
_KEEPS_DTYPES = int(np.__version__.partition(".")[0]) > 1


def elementwise(name: str, forward: Op, *rules: Rule, saves: bool = True, real: bool = False) -> Op:
    """Declare an op on broadcast inputs of one dtype. Without rules its result has no gradient."""
    quietly = quiet(forward)

    def op(*inputs: Any) -> Any:
        arrays = aligned(inputs, real)
        if arrays is None:
            return forward(*inputs)
        try:
            y = quietly(*arrays)
        except ValueError as error:
            raise RuntimeError(misfit(name, arrays, error)) from None
        return record(name, y, inputs, rules, arrays if saves else ())

    return _named(op, name, forward)


def primitive(name: str, forward: Op, *rules: Rule) -> Op:
    """Declare an op whose rules read its output and inputs."""
    quietly = quiet(forward)

    def op(*inputs: Any, **attributes: Any) -> Any:
        if not has_tensor(inputs):
            return forward(*inputs, **attributes)
        arrays = tuple([x.data if isinstance(x, Tensor) else x for x in inputs])
        try:
            y = quietly(*arrays, **attributes)
        except ValueError as error:
            raise RuntimeError(misfit(name, arrays, error)) from None
        return record(name, y, inputs, rules, arrays, attributes)

    return _named(op, name, forward)


def linear(name: str, forward: Op, rule: Rule) -> Op:
    """Declare an op that is linear in its one input. Its rule reads the input's shape and no values."""
    rules, quietly = (rule,), quiet(forward)

    def op(x: Any, **attributes: Any) -> Any:
        if not isinstance(x, Tensor):
            return forward(x, **attributes)
        try:
            y = quietly(x.data, **attributes)
        except ValueError as error:
            raise RuntimeError(misfit(name, (x.data,), error)) from None
        return record(name, y, (x,), rules, (), attributes)

    return _named(op, name, forward)


def quiet(forward: Op) -> Op:
    """Wrap the function so that NumPy does not warn: inf and nan are ordinary results."""
    quietly = np.errstate(all="ignore")(forward)
    return quietly if _KEEPS_DTYPES else narrowed(quietly)


def narrowed(forward: Op) -> Op:
    """Give a 0-d float64 result the widest float dtype of the arrays that it was computed from."""

    def op(*inputs: Any, **attributes: Any) -> Any:
        y = forward(*inputs, **attributes)
        floats = [x.dtype for x in inputs if isinstance(x, np.ndarray) and x.dtype.kind == "f"]
        if not floats or getattr(y, "dtype", None) != np.float64 or y.ndim:
            return y
        return np.asarray(y, attributes.get("dtype") or np.result_type(*floats))

    return op


def has_tensor(inputs: Sequence[Any]) -> bool:
    """True when an input is a Tensor. Otherwise the op computes with NumPy alone."""
    for x in inputs:  # noqa: SIM110  any() of a generator takes three times as long
        if isinstance(x, Tensor):
            return True
    return False


def aligned(inputs: Sequence[Any], real: bool = False) -> tuple[Any, ...] | None:
    """The inputs as arrays of torch's common dtype, or None when none of them is a Tensor."""
    first = inputs[0]
    if isinstance(first, Tensor):
        a = first.data
        if a.dtype.kind == "f" or not real:
            if len(inputs) == 1:
                return (a,)
            second = inputs[1]
            if len(inputs) == 2 and isinstance(second, Tensor) and second.data.dtype == a.dtype:
                return (a, second.data)
            if len(inputs) == 2 and type(second) in (float, int) and a.dtype == np.float64:
                return (a, np.asarray(second, a.dtype))
    elif not has_tensor(inputs):
        return None
    return _converted(inputs, real)


def _converted(inputs: Sequence[Any], real: bool) -> tuple[Any, ...]:
    arrays = [x.data if isinstance(x, Tensor) else x for x in inputs]
    dtype = real_dtype(result_type(arrays)) if real else result_type(arrays)
    with np.errstate(all="ignore"):
        return tuple([np.asarray(x, dtype=dtype) for x in arrays])


def misfit(name: str, arrays: Sequence[Any], error: Exception) -> str:
    """Describe a shape error by the shapes of the inputs."""
    shapes = " and ".join(str(x.shape) for x in arrays if isinstance(x, np.ndarray))
    return f"{name} of shapes {shapes}: {error}"


def _named(op: Op, name: str, forward: Op) -> Op:
    op.__name__ = op.__qualname__ = name
    paragraphs = (forward.__doc__ or "").split("\n\n")
    summary = next(
        (" ".join(p.split()) for p in paragraphs if not p.startswith(forward.__name__)), ""
    )
    op.__doc__ = summary or f"As torch's `{name}`."
    return op
