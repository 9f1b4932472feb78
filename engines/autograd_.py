"""The adapter of HIPS autograd, a functional library that differentiates NumPy functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import autograd
import autograd.numpy as np
from autograd.tracer import getval, isbox

from gradconform import Array, FunctionalEngine, NumpyNames


class Autograd(FunctionalEngine):
    """HIPS autograd. `make_vjp` differentiates by all leaves at once."""

    name = "autograd"
    version = version("autograd")
    dtypes = ("float64", "float32", "int64", "bool")
    functions = (NumpyNames(np),)

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
