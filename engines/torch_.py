"""torch itself: it is the reference, and it can also be tested like any engine."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch

from gradconform import Array, EagerEngine

# One thread: the cases are small, and results repeat bit for bit.
torch.set_num_threads(1)


class Torch(EagerEngine):
    """torch. An op is a method of a tensor, or a function of torch or of one of its namespaces."""

    name = "torch"
    version = torch.__version__.partition("+")[0]
    dtypes = ("float64", "float32", "float16", "bfloat16", "int64", "int8", "bool")
    # `torch` itself comes last, because some of its functions are older or lower-level ones of the same name.
    functions = (torch.nn.functional, torch.linalg, torch.special, torch)

    def leaf(self, array: Array, requires_grad: bool) -> torch.Tensor:
        """A tensor of the array's dtype."""
        return self.constant(array).requires_grad_(requires_grad)

    def constant(self, array: Array) -> torch.Tensor:
        """A tensor without gradient."""
        # Not `reshape`, because its result would be a view.
        return torch.tensor(array.data, dtype=getattr(torch, array.dtype)).resize_(array.shape)

    def value(self, node: torch.Tensor) -> Any:
        """The tensor as a NumPy array; anything else as it is."""
        if not isinstance(node, torch.Tensor):
            return node
        if node.dtype == torch.bfloat16:  # NumPy has no bfloat16
            return Array("bfloat16", tuple(node.shape), tuple(node.double().ravel().tolist()))
        return node.detach().numpy()

    def grad(self, node: Any) -> Any:
        """The gradient as a NumPy array, or None. An object that is no tensor has no gradient."""
        return self.value(node.grad) if isinstance(node, torch.Tensor) else None

    def requires_grad(self, node: Any) -> bool:
        """The flag of a tensor, and False for anything else."""
        return isinstance(node, torch.Tensor) and node.requires_grad

    def backward(self, root: torch.Tensor, cotangent: Array | None, retain_graph: bool) -> None:
        """`Tensor.backward`, with the cotangent in the root's dtype."""
        root.backward(self._cotangent(root, cotangent), retain_graph=retain_graph)

    def differentiate(
        self, output: torch.Tensor, inputs: Sequence[torch.Tensor], cotangent: Any
    ) -> Sequence[torch.Tensor]:
        """`torch.autograd.grad` with `create_graph=True`."""
        given = self._cotangent(output, cotangent)
        return torch.autograd.grad(output, list(inputs), given, create_graph=True)

    def gradients(
        self, output: torch.Tensor, inputs: Sequence[torch.Tensor], cotangent: Any, **options: bool
    ) -> Sequence[torch.Tensor | None]:
        """`torch.autograd.grad`."""
        given = self._cotangent(output, cotangent)
        found: Sequence[torch.Tensor | None]
        found = torch.autograd.grad(output, list(inputs), given, **options)
        return found

    def backward_all(
        self,
        roots: Sequence[torch.Tensor],
        cotangents: Sequence[Array | None],
        retain_graph: bool,
        inputs: Sequence[torch.Tensor],
    ) -> None:
        """`torch.autograd.backward`."""
        gradients = [
            self._cotangent(root, each) for root, each in zip(roots, cotangents, strict=True)
        ]
        torch.autograd.backward(roots, gradients, retain_graph, inputs=inputs or None)

    def set_grad(self, node: torch.Tensor, gradient: Any) -> None:
        """Assign to `.grad`."""
        node.grad = self._cotangent(node, gradient)

    def zero_grad(self, node: torch.Tensor) -> None:
        """Set the gradient to None, as `Optimizer.zero_grad` does."""
        node.grad = None

    def no_grad(self) -> AbstractContextManager[Any]:
        """`torch.no_grad()`."""
        return torch.no_grad()

    def watch(self, node: Any) -> None:
        """Make an inner node retain its gradient."""
        if self.requires_grad(node):
            node.retain_grad()

    def _cotangent(self, root: torch.Tensor, cotangent: Any) -> torch.Tensor | None:
        if isinstance(cotangent, Array):
            return self.constant(cotangent).to(root.dtype)
        return cotangent
