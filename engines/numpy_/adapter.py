"""The NumPy tensor as an engine of the harness."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradconform import Array, EagerEngine, Unsupported

from .backward import grad
from .tensor import Tensor


class Numpy(EagerEngine):
    """The NumPy engine. Its names and conventions are torch's, so the adapter translates nothing."""

    name = "numpy"
    version = f"1 (NumPy {np.__version__})"
    dtypes = ("float64", "float32", "float16", "int64", "int8", "bool")
    functions = (sys.modules[__package__],)

    def leaf(self, array: Array, requires_grad: bool) -> Tensor:
        """A tensor of the array's dtype."""
        return Tensor(array.numpy(), requires_grad=requires_grad)

    def value(self, node: Any) -> Any:
        """The tensor's array; anything else as it is."""
        return node.data if isinstance(node, Tensor) else node

    def grad(self, node: Any) -> Any:
        """The gradient's array, or None. An object that is no tensor has no gradient."""
        return node.grad if isinstance(node, Tensor) else None

    def backward(self, root: Tensor, cotangent: Array | None, retain_graph: bool) -> None:
        """`Tensor.backward`, with the cotangent in the root's dtype."""
        root.backward(self._seed(root, cotangent), retain_graph=retain_graph)

    def differentiate(
        self, output: Tensor, inputs: Sequence[Tensor], cotangent: Any
    ) -> Sequence[Tensor]:
        """`grad` with `create_graph=True`."""
        return grad(output, list(inputs), self._seed(output, cotangent), create_graph=True)

    def gradients(
        self, output: Tensor, inputs: Sequence[Tensor], cotangent: Any, **options: bool
    ) -> Sequence[Tensor | None]:
        """`grad` with the options that it has. It has no `materialize_grads`."""
        if options.pop("materialize_grads"):
            raise Unsupported("materialize_grads")
        return grad(output, list(inputs), self._seed(output, cotangent), **options)

    def backward_all(
        self,
        roots: Sequence[Tensor],
        cotangents: Sequence[Array | None],
        retain_graph: bool,
        inputs: Sequence[Tensor],
    ) -> None:
        """`Tensor.backward` with `inputs`. Unsupported for several roots."""
        if len(roots) > 1:
            raise Unsupported("a backward from several roots")
        roots[0].backward(self._seed(roots[0], cotangents[0]), retain_graph, inputs=inputs)

    def set_grad(self, node: Tensor, gradient: Any) -> None:
        """Assign to `grad`, which is an ndarray."""
        given = isinstance(gradient, Tensor)
        node.grad = gradient.data if given else gradient.numpy().astype(node.dtype)

    def watch(self, node: Any) -> None:
        """Make an inner node retain its gradient."""
        if isinstance(node, Tensor) and node.requires_grad:
            node.retain_grad()

    def _seed(self, root: Tensor, cotangent: Any) -> Tensor | None:
        if isinstance(cotangent, Array):
            return Tensor(cotangent.numpy().astype(root.dtype))
        return cotangent
