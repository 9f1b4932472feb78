"""The adapter of HIPS autograd, a functional library that differentiates NumPy functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import autograd
import autograd.numpy as np
from autograd.tracer import getval, isbox

from gradconform import Array, FunctionalEngine

_SAME = "exp expm1 exp2 log log1p log2 log10 sqrt square reciprocal sin cos tan sinh cosh tanh abs"
_SAME += " arcsin arccos arctan arcsinh arccosh arctanh sign maximum minimum where sinc"
_SAME += " deg2rad rad2deg logaddexp logaddexp2 matmul outer inner einsum kron"


class Functions:
    """The ops of torch that NumPy has under the same name, another name or with other keywords."""

    dot = vdot = mm = mv = staticmethod(np.dot)
    sum = staticmethod(lambda x, dim=None, keepdim=False: np.sum(x, dim, keepdims=keepdim))
    mean = staticmethod(lambda x, dim=None, keepdim=False: np.mean(x, dim, keepdims=keepdim))
    prod = staticmethod(lambda x, dim=None, keepdim=False: np.prod(x, dim, keepdims=keepdim))
    amax = staticmethod(lambda x, dim=None, keepdim=False: np.max(x, dim, keepdims=keepdim))
    amin = staticmethod(lambda x, dim=None, keepdim=False: np.min(x, dim, keepdims=keepdim))
    cumsum = staticmethod(lambda x, dim: np.reshape(np.cumsum(x, dim), np.shape(x)))
    reshape = view = staticmethod(lambda x, shape: np.reshape(x, shape))
    ravel = staticmethod(np.ravel)
    transpose = staticmethod(lambda x, dim0, dim1: np.swapaxes(x, dim0, dim1))
    permute = staticmethod(lambda x, dims: np.transpose(x, dims))
    T = staticmethod(np.transpose)
    unsqueeze = staticmethod(np.expand_dims)
    tile = staticmethod(np.tile)
    cat = staticmethod(lambda tensors, dim=0: np.concatenate(tensors, dim))
    stack = staticmethod(lambda tensors, dim=0: np.stack(tensors, dim))
    hstack, vstack = staticmethod(np.hstack), staticmethod(np.vstack)
    trace = staticmethod(np.trace)
    det, inv = staticmethod(np.linalg.det), staticmethod(np.linalg.inv)
    solve, cholesky = staticmethod(np.linalg.solve), staticmethod(np.linalg.cholesky)


for _name in _SAME.split():
    setattr(Functions, _name, staticmethod(getattr(np, _name)))


class Autograd(FunctionalEngine):
    """HIPS autograd. `make_vjp` differentiates by all leaves at once."""

    name = "autograd"
    version = version("autograd")
    dtypes = ("float64", "float32", "int64", "bool")
    functions = (Functions,)

    def array(self, array: Array) -> Any:
        """A NumPy array."""
        return array.numpy()

    def value(self, array: Any) -> Any:
        """The array itself, without the boxes in which autograd traces it."""
        while isbox(array):
            array = getval(array)
        return array

    stop_gradient = value

    def vjp(
        self, function: Callable[..., Any], primals: Sequence[Any]
    ) -> tuple[Any, Callable[[Any], Sequence[Any]]]:
        """`autograd.make_vjp` with a tuple of argument numbers."""
        pullback, output = autograd.make_vjp(function, tuple(range(len(primals))))(*primals)
        return output, pullback
