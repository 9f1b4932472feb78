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
    dtypes = ("float64", "float32", "float16", "bfloat16", "int64", "int8", "bool")
    # `torch` itself comes last: under some of these names it keeps older or lower-level functions.
    functions = (torch.nn.functional, torch.linalg, torch.special, torch)

    def leaf(self, array: Array, requires_grad: bool) -> torch.Tensor:
        """A tensor of the array's dtype."""
        return self.constant(array).requires_grad_(requires_grad)

    def constant(self, array: Array) -> torch.Tensor:
        """A tensor without gradient."""
        # Not `reshape`, whose result would be a view.
        return torch.tensor(array.data, dtype=getattr(torch, array.dtype)).resize_(array.shape)

    def value(self, node: torch.Tensor) -> Any:
        """The tensor's NumPy array, or what it is when it is no tensor."""
        if not isinstance(node, torch.Tensor):
            return node
        if node.dtype == torch.bfloat16:  # which NumPy does not have
            return Array("bfloat16", tuple(node.shape), tuple(node.double().ravel().tolist()))
        return node.detach().numpy()

    def grad(self, node: Any) -> Any:
        """The gradient's NumPy array, or None, as of what is no tensor."""
        return self.value(node.grad) if isinstance(node, torch.Tensor) else None

    def requires_grad(self, node: Any) -> bool:
        """The flag of a tensor; nothing else has one."""
        return isinstance(node, torch.Tensor) and node.requires_grad

    def backward(self, root: torch.Tensor, cotangent: Array | None, retain_graph: bool) -> None:
        """`Tensor.backward`, the cotangent in the root's dtype."""
        root.backward(self._seed(root, cotangent), retain_graph=retain_graph)

    def differentiate(
        self, output: torch.Tensor, inputs: Sequence[torch.Tensor], cotangent: Any
    ) -> Sequence[torch.Tensor]:
        """`torch.autograd.grad` with `create_graph=True`."""
        seed = self._seed(output, cotangent)
        return torch.autograd.grad(output, list(inputs), seed, create_graph=True)

    def gradients(
        self, output: torch.Tensor, inputs: Sequence[torch.Tensor], cotangent: Any, **options: bool
    ) -> Sequence[torch.Tensor | None]:
        """`torch.autograd.grad`."""
        seed = self._seed(output, cotangent)
        found: Sequence[torch.Tensor | None]
        found = torch.autograd.grad(output, list(inputs), seed, **options)
        return found

    def backward_all(
        self,
        roots: Sequence[torch.Tensor],
        cotangents: Sequence[Array | None],
        retain_graph: bool,
        inputs: Sequence[torch.Tensor],
    ) -> None:
        """`torch.autograd.backward`."""
        seeds = [self._seed(root, seed) for root, seed in zip(roots, cotangents, strict=True)]
        torch.autograd.backward(roots, seeds, retain_graph, inputs=inputs or None)

    def set_grad(self, node: torch.Tensor, gradient: Any) -> None:
        """Assign to `.grad`."""
        node.grad = self._seed(node, gradient)

    def zero_grad(self, node: torch.Tensor) -> None:
        """As `Optimizer.zero_grad` does: the gradient becomes None."""
        node.grad = None

    def no_grad(self) -> AbstractContextManager[Any]:
        """`torch.no_grad()`."""
        return torch.no_grad()

    def watch(self, node: Any) -> None:
        """Have an inner node keep its gradient."""
        if self.requires_grad(node):
            node.retain_grad()

    def _seed(self, root: torch.Tensor, cotangent: Any) -> torch.Tensor | None:
        if isinstance(cotangent, Array):
            return self.constant(cotangent).to(root.dtype)
        return cotangent
