"""The two ways to ask for gradients.

- `Tensor.backward`: adds them to the `.grad` of the leaves.
- `grad`: returns gradients, which can be differentiated again with create_graph=True.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .graph import Node, enable_grad, no_grad
from .tensor import Tensor, accumulate, method, wrap
from .walk import propagate

__all__ = ["grad"]


def edge_of(tensor: Tensor) -> Any:
    """The edge that stands for a tensor in a walk: its node, or the tensor itself when it is a leaf."""
    return tensor.node or tensor


def seed_for(output: Tensor, gradient: Any) -> Tensor:
    """The gradient to start from, in the output's shape and dtype.

    None stands for 1 when the output has one element. Raises RuntimeError for None with any other output, for
    a wrong shape, and for an output that requires no gradient.
    """
    if not output.requires_grad:
        raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
    if gradient is None:
        if output.data.size != 1:
            raise RuntimeError(
                "grad can be implicitly created only for scalar outputs, and this one has shape "
                f"{output.shape}; pass gradient="
            )
        return wrap(np.array(1, output.dtype).reshape(output.shape))
    if not isinstance(gradient, Tensor):
        gradient = wrap(np.asarray(gradient, dtype=output.dtype))
    if gradient.shape != output.shape:
        raise RuntimeError(
            f"Mismatch in shape: the gradient has {gradient.shape}, the output {output.shape}"
        )
    return gradient if gradient.dtype == output.dtype else gradient.to(output.dtype)


@method
def backward(
    self: Tensor, gradient: Any = None, retain_graph: bool = False, *, inputs: Any = None
) -> None:
    """Add the gradient of this tensor to `.grad` of every leaf below it, or of `inputs` only.

    `gradient` has the tensor's shape and may be left out when it has one element. The walk frees the
    arrays that ops saved unless retain_graph is True. Raises RuntimeError on a wrong or missing
    gradient, on a tensor that requires none, when the graph has been freed, and when an array that
    an op saved has been changed in place.
    """
    seed = {edge_of(self): seed_for(self, gradient).data}
    if inputs is None:
        targets, wanted = [], ()
    else:
        targets = [inputs] if isinstance(inputs, Tensor) else inputs
        wanted = [edge_of(target) for target in targets]
    with np.errstate(all="ignore"):
        found = propagate(seed, wanted, retain_graph)
    for edge, value in found.items():
        if type(edge) is not Node:
            accumulate(edge, value)
    for target in targets:
        if target.node is not None and not target.retains_grad and target.node in found:
            accumulate(target, found[target.node])


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradient of the sum of the outputs with respect to each input. No `.grad` changes.

    `outputs`, `inputs`, `grad_outputs`: a tensor or a sequence. With create_graph the result can be
    differentiated again, and the graph is kept unless retain_graph is False. An input that was not used gives
    None with allow_unused, and RuntimeError without it. Raises RuntimeError also on an input that requires no
    gradient, and where `Tensor.backward` does.
    """
    outputs, inputs = _as_sequence(outputs), _as_sequence(inputs)
    given = _as_sequence(grad_outputs) if grad_outputs is not None else [None] * len(outputs)
    for tensor in inputs:
        if not tensor.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    keep = create_graph if retain_graph is None else retain_graph
    mode = enable_grad() if create_graph else no_grad()
    with mode, np.errstate(all="ignore"):
        cotangents = _cotangents(outputs, given, create_graph)
        found = propagate(cotangents, [edge_of(t) for t in inputs], keep, create_graph)
    results = [found.get(edge_of(tensor)) for tensor in inputs]
    if any(result is None for result in results) and not allow_unused:
        raise RuntimeError(
            "One of the differentiated Tensors appears to not have been used in the graph; "
            "pass allow_unused=True if that is intended"
        )
    return tuple(r if r is None or isinstance(r, Tensor) else wrap(r) for r in results)


def _cotangents(outputs: Sequence[Any], given: Sequence[Any], create_graph: bool) -> dict[Any, Any]:
    """The cotangent of each edge, summed over equal outputs: Tensors with create_graph, else arrays."""
    found: dict[Any, Any] = {}
    for output, gradient in zip(outputs, given, strict=True):
        cotangent, edge = seed_for(output, gradient), edge_of(output)
        before = found.get(edge)
        found[edge] = cotangent if before is None else before + cotangent
    return found if create_graph else {edge: each.data for edge, each in found.items()}


def _as_sequence(tensors: Any) -> Any:
    return (
        [tensors]
        if isinstance(tensors, Tensor) or not isinstance(tensors, (list, tuple))
        else tensors
    )
