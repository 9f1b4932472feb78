"""The walk back over the graph, from the gradients of results to those of what they were made from.

- `propagate`: the walk. `unbroadcast`: undoes broadcasting on a gradient.

Rules see arrays in an ordinary walk, and Tensors when the gradient itself is to be differentiated. No
array that a rule was given is ever written to, so rules may return it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from .graph import Array, Node, changed_since, written
from .reductions import sum_over
from .tensor import Tensor, accumulate, wrap

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
    wanted = set(wanted)
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
            if part is None:
                continue
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
