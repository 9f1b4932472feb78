"""The walk back over the graph, from the gradients of results to the gradients of their inputs.

- `propagate`: the walk, node by node. `reachable` orders the nodes, `leading_to` prunes their edges.
- `contribute`: what one node gives to its inputs, by its rules.
- `Pending`: the gradients on their way, summed, and which of their arrays may be written to.
- `unbroadcast`: undoes broadcasting on a gradient.

Rules see arrays in an ordinary walk, and Tensors when the gradient itself is to be differentiated.
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
    """Walk back from edges that have a gradient; return the gradients of the leaves, or of `wanted`.

    With create_graph gradients are Tensors, otherwise arrays that share memory with nothing.
    Raises RuntimeError where a node was freed, or where memory that it saved was changed in place.
    """
    nodes, wanted = reachable(seeds), set(wanted)
    ways = leading_to(wanted, nodes) if wanted else None
    pending = PendingTensors(seeds) if create_graph else Pending(seeds)
    result: dict[Any, Any] = {}
    for node in nodes:
        gradient = pending.sums.pop(node, None)
        if gradient is None:
            continue
        if node.watchers or (wanted and node in wanted):
            result[node] = _retained(node, pending.own(node, gradient))
        edges = node.edges if ways is None else ways.get(node)
        if edges is not None:
            contribute(pending, node, gradient, edges, create_graph)
            if not retain_graph and node.saved:
                node.saved = None
    for leaf, gradient in pending.sums.items():
        if not wanted or leaf in wanted:
            result[leaf] = pending.own(leaf, gradient)
    return result


def contribute(
    pending: Pending, node: Node, gradient: Any, edges: Sequence[Any], create_graph: bool
) -> None:
    """Add to `pending` the part that the node's output gradient gives to each of these edges.

    `edges` are the node's, with None for each that needs no gradient. Each part that is added has the shape
    and dtype of its edge.
    """
    attributes, saved = node.attributes, node.saved
    if saved is None or written or create_graph:
        saved = _checked(node, create_graph)
    for rule, edge in zip(node.rules, edges):  # noqa: B905  hottest loop
        if edge is None:
            continue
        at = edge if type(edge) is Node else edge.data  # the properties of Tensor are slower
        if attributes:
            part = rule(gradient, *(saved or (at.shape,)), **attributes)
        elif saved:  # in Python 3.11 `**{}` takes as long as a whole small rule
            part = rule(gradient, *saved)
        else:
            part = rule(gradient, at.shape)
        if part is None:
            continue
        if type(part) is not Array or part.shape != at.shape or part.dtype is not at.dtype:
            part = _fitted(part, at.shape, at.dtype)
        pending.add(edge, part, gradient)


class Pending:
    """The gradients on their way, by edge: `sums` of the parts that have arrived so far.

    A sum of large arrays is fastest when it is made in place, but only the walk may hold an array
    that is written to. `borrowed` has the edges whose sum may be held elsewhere, too. Take

        a = x * 2
        b = a + x
        c = b + x
        c.backward(g)

    - Node c gives g itself to b and to x, because the rules of `+` return what they are given. Both
      sums are now the array g, which is also the caller's. Both edges are borrowed.
    - Node b gives g to a and to x. The sum of x is the array g already. Adding in place would change
      the caller's array and the gradient of a. So x gets a new array, g + g, and is borrowed no more.
    - Node a gives x a new array, 2 * g. It is added in place to the sum of x, which is the walk's own.
    - The walk ends, and x gets its sum without a copy. If x were used by c only, its sum would still
      be g, and x would get a copy.

    So a rule may return the gradient that it was given, or a view of it (`base` is not None). Any
    other array that a rule returns must be new, because it may be written to.
    """

    __slots__ = ("borrowed", "sums")

    def __init__(self, seeds: dict[Any, Any]) -> None:
        self.sums = dict(seeds)
        self.borrowed = set(seeds)

    def add(self, edge: Any, part: Any, gradient: Any) -> None:
        """Add `part` to the sum of the edge. The rule that made `part` was given `gradient`."""
        before = self.sums.get(edge)
        if before is None:
            self.sums[edge] = part
            if part is gradient or part.base is not None:
                self.borrowed.add(edge)
        elif edge in self.borrowed:
            self.sums[edge] = np.asarray(before + part)
            self.borrowed.discard(edge)
        else:
            np.add(before, part, out=before)

    def own(self, edge: Any, total: Any) -> Any:
        """The sum of the edge, as an array that shares memory with nothing."""
        return total.copy() if edge in self.borrowed else total


class PendingTensors(Pending):
    """Gradients that are part of the graph: a sum is an op like any other, and nothing is written to."""

    __slots__ = ()

    def add(self, edge: Any, part: Any, gradient: Any) -> None:
        """Add `part` to the sum of the edge."""
        before = self.sums.get(edge)
        self.sums[edge] = part if before is None else before + part

    def own(self, edge: Any, total: Any) -> Any:
        """The sum itself."""
        return total


def reachable(roots: Collection[Any]) -> list[Node]:
    """All nodes below the roots, the latest first, so that every node comes before its inputs."""
    found = [root for root in roots if type(root) is Node]
    seen = set(found)
    for node in found:  # the list grows during the loop, and the loop reaches the new items too
        for edge in node.edges:
            if type(edge) is Node and edge not in seen:
                seen.add(edge)
                found.append(edge)
    found.sort(key=_by_order, reverse=True)
    return found


def leading_to(wanted: Collection[Any], nodes: Sequence[Node]) -> dict[Any, list[Any] | None]:
    """The edges on the way to a wanted edge, by node; `nodes` are ordered as by `reachable`.

    The list of a node has None for each edge that leads to no wanted one. A node from which none can
    be reached has no list.
    """
    ways: dict[Any, list[Any] | None] = dict.fromkeys(wanted)
    for node in reversed(nodes):
        if not ways.keys().isdisjoint(node.edges):
            ways[node] = [edge if edge in ways else None for edge in node.edges]
    return ways


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


def _fitted(part: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """A contribution in the shape and dtype of its edge."""
    if part.shape != shape:
        part = unbroadcast(part, shape)
    return part.to(dtype) if type(part) is Tensor else np.asarray(part, dtype)


def _checked(node: Node, create_graph: bool) -> Sequence[Any]:
    """The output and inputs that the node saved for its rules, as Tensors with create_graph."""
    if node.saved is None:
        raise RuntimeError(
            f"Trying to backward through the graph a second time: what {node.name} saved has "
            "been freed. Pass retain_graph=True to the first backward."
        )
    if written and changed_since(node):
        raise RuntimeError(
            f"one of the variables needed for gradient computation by {node.name} has been "
            "modified by an inplace operation"
        )
    return _as_tensors(node) if create_graph and node.saved else node.saved


def _as_tensors(node: Node) -> list[Any]:
    """Output and inputs as part of the graph again; inputs without a gradient stay arrays."""
    output, *inputs = node.saved or ()
    edges = [*node.edges, *[None] * (len(inputs) - len(node.edges))]
    again = [
        wrap(x, edge) if type(edge) is Node else x if edge is None else edge
        for x, edge in zip(inputs, edges, strict=True)
    ]
    return [wrap(output, node), *again]


def _retained(node: Node, gradient: Any) -> Any:
    """The gradient, after a copy was added to `.grad` of the tensors that called retain_grad()."""
    array = gradient.data if isinstance(gradient, Tensor) else gradient
    for watcher in node.watchers:
        tensor = watcher()
        if tensor is not None:
            accumulate(tensor, array.copy())
    return gradient
