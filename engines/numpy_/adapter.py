"""The NumPy tensor as an engine of the harness."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from harness import Array, EagerEngine

from .backward import grad
from .tensor import Tensor


class Numpy(EagerEngine):
    """Names and conventions are torch's, so that nothing needs translating."""

    name = "numpy"
    version = f"1 (NumPy {np.__version__})"
    dtypes = ("float64", "float32", "int64", "bool")
    functions = (sys.modules[__package__],)

    def leaf(self, array: Array, requires_grad: bool) -> Tensor:
        """A tensor of the array's dtype."""
        return Tensor(array.numpy(), requires_grad=requires_grad)

    def value(self, node: Any) -> Any:
        """The array, or what it is when it is no tensor."""
        return node.data if isinstance(node, Tensor) else node

    def grad(self, node: Tensor) -> Any:
        """The gradient's array, or None."""
        return node.grad

    def backward(self, root: Tensor, cotangent: Array | None, retain_graph: bool) -> None:
        """`Tensor.backward`, the cotangent in the root's dtype."""
        root.backward(self._seed(root, cotangent), retain_graph=retain_graph)

    def differentiate(
        self, output: Tensor, inputs: Sequence[Tensor], cotangent: Any
    ) -> Sequence[Tensor]:
        """`grad` with `create_graph=True`."""
        return grad(output, list(inputs), self._seed(output, cotangent), create_graph=True)

    def watch(self, node: Tensor) -> None:
        """Have an inner node keep its gradient."""
        if node.requires_grad:
            node.retain_grad()

    def _seed(self, root: Tensor, cotangent: Any) -> Tensor | None:
        if isinstance(cotangent, Array):
            return Tensor(cotangent.numpy().astype(root.dtype))
        return cotangent
