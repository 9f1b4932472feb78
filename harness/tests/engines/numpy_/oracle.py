"""Runs one expression on the NumPy engine and on torch and asserts that they agree.

- `check`: value, dtype, and the gradients of every order asked for, with non-constant cotangents.
- `NUMPY`, `TORCH`: the two sides, each a namespace of functions under torch's names.
- `numbers`: seeded data.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import gradconform.engines.numpy_ as numpy_engine
import numpy as np
import torch

TOLERANCE = {"float64": (1e-7, 1e-7), "float32": (1.3e-6, 1e-5)}  # torch.testing.assert_close's


class Side:
    """Functions of one library by torch's names, wherever it keeps them, and leaves of its own."""

    def __init__(self, *places: Any, leaf: Callable[..., Any], grad: Callable[..., Any]) -> None:
        self._places, self.leaf, self.grad = places, leaf, grad

    def __getattr__(self, name: str) -> Any:
        for place in self._places:
            if hasattr(place, name):
                return getattr(place, name)
        raise AttributeError(f"no {name} in {self._places}")


def _torch_leaf(data: Any, requires_grad: bool = False) -> torch.Tensor:
    return torch.tensor(data).requires_grad_(requires_grad)


NUMPY = Side(numpy_engine, leaf=numpy_engine.Tensor, grad=numpy_engine.grad)
TORCH = Side(
    SimpleNamespace(cholesky=torch.linalg.cholesky, solve=torch.linalg.solve),  # torch's are gone
    torch.nn.functional,
    torch,
    torch.linalg,
    torch.special,
    leaf=_torch_leaf,
    grad=torch.autograd.grad,
)


def numbers(*shape: int, seed: int = 0, low: float = -2.0, high: float = 2.0) -> np.ndarray:
    """Uniform float64 numbers of the shape; no two calls with one seed differ."""
    return np.random.default_rng([seed, *shape]).uniform(low, high, shape)


def cotangent(shape: Sequence[int], dtype: Any) -> np.ndarray:
    """Fixed numbers that differ from element to element, so that no permutation goes unseen."""
    size = int(np.prod(shape))
    return (np.cos(np.arange(size) * 1.7 + 0.3) + 0.5).reshape(shape).astype(dtype)


def derivatives(
    side: Side, call: Callable[..., Any], inputs: Sequence[Any], orders: int
) -> list[Any]:
    """The value, then for each order the gradients by every floating input, as arrays or None."""
    leaves = [side.leaf(x, np.asarray(x).dtype.kind == "f") for x in map(np.copy, inputs)]
    wanted = [x for x in leaves if x.requires_grad]
    outputs = call(side, *leaves)
    outputs = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
    found = [array(y) for y in outputs]
    for order in range(orders):
        live = [y for y in outputs if y is not None and y.requires_grad]
        if not live:
            break
        seeds = [side.leaf(cotangent(tuple(y.shape), array(y).dtype)) for y in live]
        last = order == orders - 1
        outputs = list(side.grad(live, wanted, seeds, create_graph=not last, allow_unused=True))
        found += [None if g is None else array(g) for g in outputs]
    return found


def array(tensor: Any) -> np.ndarray:
    """The tensor's values, whichever side it is of."""
    if isinstance(tensor, torch.Tensor):
        return tensor.numpy(force=True)  # torch's zeros may have no memory of their own
    return tensor.detach().numpy()


def check(
    call: Callable[..., Any],
    *inputs: Any,
    orders: int = 1,
    tolerance: tuple[float, float] | None = None,
) -> None:
    """Asserts that both sides give the same values, shapes, dtypes and gradients."""
    expected = derivatives(TORCH, call, inputs, orders)
    actual = derivatives(NUMPY, call, inputs, orders)
    for place, (ours, theirs) in enumerate(itertools.zip_longest(actual, expected)):
        same(ours, theirs, f"item {place} of {len(expected)}", tolerance)
    check_memory(call, inputs)


def check_memory(call: Callable[..., Any], inputs: Sequence[Any]) -> None:
    """Asserts that `backward` leaves gradients that share memory with nothing, and no input changed."""
    leaves = [NUMPY.leaf(x, np.asarray(x).dtype.kind == "f") for x in inputs]
    outputs = call(NUMPY, *leaves)
    live = [
        y for y in (outputs if isinstance(outputs, (tuple, list)) else [outputs]) if y.requires_grad
    ]
    seeds = [cotangent(y.shape, y.dtype) for y in live]
    for y, seed in zip(live, seeds, strict=True):
        y.backward(seed, retain_graph=True)
    gradients = [x.grad for x in leaves if x.grad is not None]
    others = [*seeds, *(x.data for x in leaves), *(y.data for y in live)]
    for i, gradient in enumerate(gradients):
        assert gradient.flags.writeable
        assert not any(np.shares_memory(gradient, x) for x in others + gradients[:i])
    for x, given in zip(leaves, inputs, strict=True):
        np.testing.assert_array_equal(x.data, given)
    for y, seed in zip(live, seeds, strict=True):
        np.testing.assert_array_equal(seed, cotangent(y.shape, y.dtype))


def same(ours: Any, theirs: Any, what: str, tolerance: tuple[float, float] | None = None) -> None:
    """Asserts one array; a zero gradient and one that torch does not track are the same thing."""
    if ours is None or theirs is None:
        rest = ours if theirs is None else theirs
        assert rest is None or not rest.any(), f"{what}: {ours} where torch has {theirs}"
        return
    assert ours.shape == theirs.shape, what
    assert ours.dtype == theirs.dtype, what
    rtol, atol = tolerance or TOLERANCE.get(str(theirs.dtype), (0.0, 0.0))
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol, err_msg=what)
