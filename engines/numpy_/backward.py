"""Reverse mode: from the gradient of a result to the gradients of everything it was made from.

- `Tensor.backward`: accumulates into the `.grad` of the leaves.
- `grad`: returns gradients, differentiable ones with create_graph=True.
- `unbroadcast`: undoes broadcasting on a gradient.

The same rules serve both: they see arrays in an ordinary pass, and Tensors when the gradient itself is
to be differentiated. No array that a rule was given is ever written to, so rules may return it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from .reductions import sum_over
from .tensor import (
    Array,
    Node,
    Tensor,
    changed_since,
    enable_grad,
    method,
    no_grad,
    wrap,
    written,
)

__all__ = ["grad"]

_by_order = attrgetter("order")


def propagate(
    seeds: dict[Any, Any],
    wanted: Collection[Any] = (),
    retain_graph: bool = False,
    create_graph: bool = False,
) -> dict[Any, Any]:
    """Walks back from the seeded edges; returns the gradients of the leaves, or of `wanted`.

    With create_graph gradients are Tensors, otherwise arrays that share memory with nothing.
    """
    nodes = reachable(seeds)
    useful = leading_to(wanted, nodes) if wanted else None
    pending = dict(seeds)
    own: set[Any] = set()  # edges whose pending array belongs to this walk alone
    result: dict[Any, Any] = {}
    for node in nodes:
        gradient = pending.pop(node, None)
        if gradient is None:
            continue
        if node.watchers or node in wanted:
            mine = gradient if node in own or create_graph else gradient.copy()
            result[node] = mine
            _retain(node, mine)
        if useful is not None and node not in useful:
            continue
        saved = node.saved
        if saved is None:
            raise RuntimeError(
                f"Trying to backward through the graph a second time: what {node.name} saved has "
                "been freed. Pass retain_graph=True to the first backward."
            )
        if written and changed_since(node):
            raise RuntimeError(
                f"one of the variables needed for gradient computation by {node.name} has been "
                "modified by an inplace operation"
            )
        if create_graph and saved:
            saved = _as_tensors(node)
        for rule, edge in zip(node.rules, node.edges):  # noqa: B905  hottest loop
            if edge is None or (useful is not None and edge not in useful and edge not in wanted):
                continue
            part = rule(gradient, *(saved or (edge.shape,)), **node.attributes)
            if part.shape != edge.shape:
                part = unbroadcast(part, edge.shape)
            if type(part) is Tensor:
                part = part.to(edge.dtype)
            elif type(part) is not Array or part.dtype != edge.dtype:
                part = np.asarray(part, edge.dtype)
            before = pending.get(edge)
            if before is None:
                pending[edge] = part
                if part is not gradient and not create_graph and part.base is None:
                    own.add(edge)
            elif edge in own:
                np.add(before, part, out=before)
            elif create_graph:
                pending[edge] = before + part
            else:
                pending[edge] = np.asarray(before + part)
                own.add(edge)
        if not retain_graph and node.saved:
            node.saved = None
    for leaf, gradient in pending.items():
        if wanted and leaf not in wanted:
            continue
        result[leaf] = gradient if leaf in own or create_graph else gradient.copy()
    return result


def reachable(roots: Collection[Any]) -> list[Node]:
    """All nodes below the roots, latest first, which puts every node before its inputs."""
    stack = [root for root in roots if type(root) is Node]
    seen = set(stack)
    found = []
    while stack:
        node = stack.pop()
        found.append(node)
        for edge in node.edges:
            if type(edge) is Node and edge not in seen:
                seen.add(edge)
                stack.append(edge)
    found.sort(key=_by_order, reverse=True)
    return found


def leading_to(wanted: Collection[Any], nodes: Sequence[Node]) -> set[Any]:
    """The nodes from which a wanted edge can be reached."""
    useful: set[Any] = set()
    for node in reversed(nodes):
        if any(edge in wanted or edge in useful for edge in node.edges if edge is not None):
            useful.add(node)
    return useful


def unbroadcast(gradient: Any, shape: tuple[int, ...]) -> Any:
    """The gradient summed over the dimensions along which `shape` was broadcast to it."""
    lead = gradient.ndim - len(shape)
    if lead > 0:
        gradient = sum_over(gradient, dim=tuple(range(lead)), keepdim=False)
    stretched = tuple([d for d, n in enumerate(shape) if n == 1 and gradient.shape[d] != 1])
    if stretched:
        gradient = sum_over(gradient, dim=stretched, keepdim=True)
    if gradient.shape != shape:
        raise AssertionError(f"a gradient of shape {gradient.shape} for an input of shape {shape}")
    return gradient


def _as_tensors(node: Node) -> list[Any]:
    """Output and inputs as part of the graph again; inputs without a gradient stay arrays."""
    output, *inputs = node.saved or ()
    edges = [*node.edges, *[None] * (len(inputs) - len(node.edges))]
    again = [
        wrap(x, edge) if type(edge) is Node else x if edge is None else edge
        for x, edge in zip(inputs, edges, strict=True)
    ]
    return [wrap(output, node), *again]


def _retain(node: Node, gradient: Any) -> None:
    array = gradient.data if isinstance(gradient, Tensor) else gradient
    for watcher in node.watchers:
        tensor = watcher()
        if tensor is not None:
            accumulate(tensor, array.copy())


def accumulate(tensor: Tensor, gradient: Array) -> None:
    """Adds to `.grad` in place, or makes the gradient, which nobody else may hold, the first one."""
    if tensor.grad is None:
        tensor.grad = gradient
    else:
        np.add(tensor.grad, gradient, out=tensor.grad)


def edge_of(tensor: Tensor) -> Any:
    """Where the gradient of a tensor arrives: its node, or itself when it is a leaf."""
    return tensor.node or tensor


def seed_for(output: Tensor, gradient: Any) -> Tensor:
    """The gradient to start from, checked; ones when the output has one element."""
    if not output.requires_grad:
        raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
    if gradient is None:
        if output.data.size != 1:
            raise RuntimeError(
                "grad can be implicitly created only for scalar outputs, and this one has shape "
                f"{output.shape}; pass gradient="
            )
        return wrap(np.ones(output.shape, output.dtype))
    if not isinstance(gradient, Tensor):
        gradient = wrap(np.asarray(gradient, dtype=output.dtype))
    if gradient.shape != output.shape:
        raise RuntimeError(
            f"Mismatch in shape: the gradient has {gradient.shape}, the output {output.shape}"
        )
    return gradient if gradient.dtype == output.dtype else gradient.to(output.dtype)


@method
def backward(
    self: Tensor, gradient: Any = None, retain_graph: bool = False, inputs: Any = None
) -> None:
    """Adds the gradient of this tensor to `.grad` of every leaf below it, or of `inputs` only.

    `gradient` has the tensor's shape and may be left out when it has one element. What ops saved is
    freed unless retain_graph. Raises RuntimeError on a wrong shape, on a tensor that requires no
    gradient, and when the graph has been freed.
    """
    seed = {edge_of(self): seed_for(self, gradient).data}
    targets = [inputs] if isinstance(inputs, Tensor) else inputs or ()
    with np.errstate(all="ignore"):
        found = propagate(seed, {edge_of(t): t for t in targets}, retain_graph)
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
    """The gradients of the sum of the outputs by each input, leaving every `.grad` alone.

    `outputs`, `inputs`, `grad_outputs`: a tensor or a sequence. With create_graph the result can be
    differentiated again, and the graph is kept unless retain_graph=False. An input that was not used
    raises RuntimeError, or gives None with allow_unused.
    """
    outputs, inputs = _as_sequence(outputs), _as_sequence(inputs)
    given = _as_sequence(grad_outputs) if grad_outputs is not None else [None] * len(outputs)
    for tensor in inputs:
        if not tensor.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    keep = create_graph if retain_graph is None else retain_graph
    mode = enable_grad() if create_graph else no_grad()
    with mode, np.errstate(all="ignore"):
        seeds: dict[Any, Any] = {}
        for output, gradient in zip(outputs, given, strict=True):
            seed, edge = seed_for(output, gradient), edge_of(output)
            before = seeds.get(edge)
            seed = seed if create_graph else seed.data
            seeds[edge] = (
                seed
                if before is None
                else np.asarray(before + seed)
                if not create_graph
                else before + seed
            )
        found = propagate(seeds, {edge_of(t) for t in inputs}, keep, create_graph)
    results = [found.get(edge_of(tensor)) for tensor in inputs]
    if any(result is None for result in results) and not allow_unused:
        raise RuntimeError(
            "One of the differentiated Tensors appears to not have been used in the graph; "
            "pass allow_unused=True if that is intended"
        )
    return tuple(r if r is None or isinstance(r, Tensor) else wrap(r) for r in results)


def _as_sequence(tensors: Any) -> Any:
    return (
        [tensors]
        if isinstance(tensors, Tensor) or not isinstance(tensors, (list, tuple))
        else tensors
    )
