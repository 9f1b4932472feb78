"""torch itself: the reference, and an engine like any other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch

from harness import Array, EagerEngine

# One thread: the cases are small, and results repeat bit for bit.
torch.set_num_threads(1)


class Torch(EagerEngine):
    """Any op by its torch name: a method, or a function of torch or of one of its namespaces."""

    name = "torch"
    version = torch.__version__.partition("+")[0]
    dtypes = ("float64", "float32", "int64", "bool")
    # `torch` itself comes last: under some of these names it keeps older or lower-level functions.
    functions = (torch.nn.functional, torch.linalg, torch.special, torch)

    def leaf(self, array: Array, requires_grad: bool) -> torch.Tensor:
        """A tensor of the array's dtype."""
        return self.constant(array).requires_grad_(requires_grad)

    def constant(self, array: Array) -> torch.Tensor:
        """A tensor without gradient."""
        return torch.tensor(array.data, dtype=getattr(torch, array.dtype)).reshape(array.shape)

    def value(self, node: torch.Tensor) -> Any:
        """The tensor's NumPy array, or what it is when it is no tensor."""
        return node.detach().numpy() if isinstance(node, torch.Tensor) else node

    def grad(self, node: torch.Tensor) -> Any:
        """The gradient's NumPy array, or None."""
        return None if node.grad is None else node.grad.detach().numpy()

    def backward(self, root: torch.Tensor, cotangent: Array | None, retain_graph: bool) -> None:
        """`Tensor.backward`, the cotangent in the root's dtype."""
        root.backward(self._seed(root, cotangent), retain_graph=retain_graph)

    def differentiate(
        self, output: torch.Tensor, inputs: Sequence[torch.Tensor], cotangent: Any
    ) -> Sequence[torch.Tensor]:
        """`torch.autograd.grad` with `create_graph=True`."""
        seed = self._seed(output, cotangent)
        return torch.autograd.grad(output, list(inputs), seed, create_graph=True)

    def zero_grad(self, node: torch.Tensor) -> None:
        """As `Optimizer.zero_grad` does: the gradient becomes None."""
        node.grad = None

    def no_grad(self) -> AbstractContextManager[Any]:
        """`torch.no_grad()`."""
        return torch.no_grad()

    def watch(self, node: torch.Tensor) -> None:
        """Have an inner node keep its gradient."""
        if node.requires_grad:
            node.retain_grad()

    def _seed(self, root: torch.Tensor, cotangent: Any) -> torch.Tensor | None:
        if isinstance(cotangent, Array):
            return self.constant(cotangent).to(root.dtype)
        return cotangent
