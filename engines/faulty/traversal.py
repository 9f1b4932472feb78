"""Wrong walks: the order of the nodes, where the walk starts, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from .. import numpy_, scalar
from ..numpy_ import backward, graph, walk
from ..numpy_.graph import Node
from ..numpy_.tensor import Tensor
from ..scalar import Value
from .change import Change, setting, tensor, together, value
from .orders import (
    Order,
    by_breadth,
    every_path,
    every_path_by_breadth,
    finished_last,
    met_first,
    seen_by_branch,
    seen_when_pushed,
    started_again,
    topological,
)


def _inner(node: Value) -> list[Value]:
    return [parent for parent in node.parents if parent.op]


def _push(node: Value) -> None:
    """Send a node's gradient to its operands, as `node._backward()` does in many student engines."""
    if node._left is not None:
        node._left.grad += node.grad * node._d_left
    if node._right is not None:
        node._right.grad += node.grad * node._d_right


def _fresh(root: Value, nodes: list[Value], gradient: float) -> None:
    for node in nodes:
        if node.op:
            node.grad = 0.0
    root.grad += gradient


def values_walked(order: Order = topological, start: Callable[..., None] = _fresh) -> Change:
    """`Value.backward` with this order of the nodes and this start."""

    def method(self: Value, gradient: float = 1.0) -> None:
        if not self.requires_grad:
            raise RuntimeError("backward() of a constant: no leaf behind it requires grad")
        nodes = order(self, _inner)
        start(self, nodes, gradient)
        for node in nodes:
            _push(node)

    return value(backward=method)


def _leaves(nodes: list[Value]) -> Iterator[Value]:
    return (parent for node in nodes for parent in node.parents if not parent.op)


def _unseeded(root: Value, nodes: list[Value], gradient: float) -> None:
    _fresh(root, nodes, 0.0)


def _always_one(root: Value, nodes: list[Value], gradient: float) -> None:
    _fresh(root, nodes, 1.0)


def _seeded_by_itself(root: Value, nodes: list[Value], gradient: float) -> None:
    _fresh(root, nodes, gradient * root.data)


def _leaves_cleared(root: Value, nodes: list[Value], gradient: float) -> None:
    for leaf in _leaves(nodes):
        leaf.grad = 0.0
    _fresh(root, nodes, gradient)


def _kept(root: Value, nodes: list[Value], gradient: float) -> None:
    root.grad = gradient


def _added_to_the_root(root: Value, nodes: list[Value], gradient: float) -> None:
    before = root.grad
    _fresh(root, nodes, gradient)
    root.grad = before + gradient


def arrays_walked(order: Order) -> Change:
    """The NumPy engine's walk with this order of the nodes."""

    def parents(node: Node) -> list[Node]:
        return [edge for edge in node.edges if type(edge) is Node]

    def reachable(roots: Any) -> list[Node]:
        return [found for root in roots if type(root) is Node for found in order(root, parents)]

    return setting(walk, reachable=reachable)


_ORDERS = {
    "preorder": (
        met_first,
        "A node may pass its gradient on as soon as a depth-first walk meets it.",
    ),
    "breadth-first": (
        by_breadth,
        "It is enough to visit the nodes that are nearer to the result first.",
    ),
    "not-reversed": (
        finished_last,
        "The list that a depth-first sort makes need not be reversed.",
    ),
    "order-started-again": (
        started_again,
        "Each recursive call of the sort starts with an empty list of nodes.",
    ),
    "seen-by-branch": (
        seen_by_branch,
        "Each recursive call of the sort needs its own set of visited nodes.",
    ),
    "seen-when-pushed": (
        seen_when_pushed,
        "A sort with a stack may mark a node as visited when it puts the node on the stack.",
    ),
}
_PATHS = {
    "every-path": (
        every_path,
        "A recursion from the result needs no set of visited nodes.",
    ),
    "every-path-breadth-first": (
        every_path_by_breadth,
        "A queue of nodes needs no set of visited nodes.",
    ),
}

_wrong = partial(
    Mistake,
    theme="traversal",
    kind=Kind.WALK,
    among=("reuse", "lifecycle", "lecture", "error"),
)
_wrong_numpy = partial(_wrong, engine="numpy", among=("reuse", "lifecycle", "error"))
_backward = Tensor.backward


class _Recording(numpy_.no_grad):  # type: ignore[misc] # its types are not checked
    recording = True


class _Leaking(numpy_.no_grad):  # type: ignore[misc] # its types are not checked
    def __exit__(self, *raised: Any) -> None:
        if raised == (None, None, None):
            super().__exit__(*raised)


@contextmanager
def _without_finally() -> Iterator[None]:
    before, scalar._recording = scalar._recording, False
    yield
    scalar._recording = before


MISTAKES = [
    *(
        _wrong(name, said, values_walked(order))
        for name, (order, said) in (_ORDERS | _PATHS).items()
    ),
    *(
        _wrong_numpy(f"array-{name}", said, arrays_walked(order))
        for name, (order, said) in _ORDERS.items()
    ),
    _wrong(
        "one-level-only",
        "Only the operands of the last operation need a gradient.",
        values_walked(lambda root, parents: [root]),
    ),
    _wrong(
        "root-not-seeded",
        "The gradient of the result is 0 when backward starts.",
        values_walked(start=_unseeded),
        kind=Kind.START,
    ),
    _wrong(
        "root-seeded-with-its-value",
        "The gradient of the result is the value of the result.",
        values_walked(start=_seeded_by_itself),
        kind=Kind.START,
    ),
    _wrong(
        "cotangent-ignored",
        "The gradient of the result is always 1, whatever is given to backward.",
        values_walked(start=_always_one),
        level="torch",
        kind=Kind.START,
    ),
    _wrong(
        "leaves-cleared",
        "Each backward must first set the gradients of the leaves to 0.",
        values_walked(start=_leaves_cleared),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "intermediates-kept",
        "The gradients of inner nodes need not be cleared between two backwards.",
        values_walked(start=_kept),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "root-seeded-by-adding",
        "At the start of backward, `self.grad += 1` is the same as `self.grad = 1`.",
        values_walked(start=_added_to_the_root),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "zero-grad-does-nothing",
        "zero_grad has nothing to do, because the next backward overwrites the gradients.",
        value(zero_grad=lambda self: None),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "no-grad-records",
        "Operations inside no_grad are recorded like all others.",
        setting(scalar, no_grad=_Recording),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "no-grad-without-finally",
        "The lines after `yield` run even when the block raises an exception.",
        together(setting(scalar, _recording=True), setting(scalar, no_grad=_without_finally)),
        level="torch",
        among=("lifecycle",),
        kind=Kind.LIFECYCLE,
    ),
    _wrong_numpy(
        "array-no-grad-leaks",
        "no_grad need not end when its block raises an exception.",
        together(setting(graph.mode, recording=True), setting(numpy_, no_grad=_Leaking)),
        level="torch",
        among=("lifecycle",),
        kind=Kind.LIFECYCLE,
    ),
    _wrong_numpy(
        "array-zero-grad-does-nothing",
        "zero_grad has nothing to do, because the next backward overwrites the gradients.",
        tensor(zero_grad=lambda self: None),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong_numpy(
        "array-no-grad-records",
        "Operations inside no_grad are recorded like all others.",
        setting(numpy_, no_grad=_Recording),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong_numpy(
        "array-leaves-assigned",
        "Each backward replaces the gradients of the leaves.",
        setting(backward, accumulate=lambda leaf, gradient: setattr(leaf, "grad", gradient)),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong_numpy(
        "graph-never-freed",
        "backward may run twice on one graph without retain_graph=True.",
        tensor(
            backward=lambda self, gradient=None, retain_graph=False, **how: _backward(
                self, gradient, True, **how
            )
        ),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
]
