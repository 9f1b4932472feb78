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
    "preorder": (met_first, "A node may be done as soon as it is met, depth first."),
    "breadth-first": (by_breadth, "Nodes nearer to the result come first, and that is enough."),
    "not-reversed": (
        finished_last,
        "The order that the depth-first sort gives is the one to walk.",
    ),
    "order-started-again": (
        started_again,
        "Each call of the sort begins with an empty list, as every function should.",
    ),
    "seen-by-branch": (
        seen_by_branch,
        "Each call of the sort needs a record of its own of what it has seen.",
    ),
    "seen-when-pushed": (
        seen_when_pushed,
        "An iterative sort may note a node as seen when it is pushed.",
    ),
}
_PATHS = {
    "every-path": (
        every_path,
        "Recursion from the result reaches everything, so nothing need be noted as visited.",
    ),
    "every-path-breadth-first": (
        every_path_by_breadth,
        "A queue needs no record of what has been in it.",
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
        "Each operand's gradient is computed from the result's, and then all is done.",
        values_walked(lambda root, parents: [root]),
    ),
    _wrong(
        "root-not-seeded",
        "backward starts from the gradient that the result has, which is 0.",
        values_walked(start=_unseeded),
        kind=Kind.START,
    ),
    _wrong(
        "root-seeded-with-its-value",
        "The gradient of the result is the result.",
        values_walked(start=_seeded_by_itself),
        kind=Kind.START,
    ),
    _wrong(
        "cotangent-ignored",
        "The gradient of a result by itself is 1, whatever backward is given.",
        values_walked(start=_always_one),
        level="torch",
        kind=Kind.START,
    ),
    _wrong(
        "leaves-cleared",
        "Every backward begins by setting all gradients to 0.",
        values_walked(start=_leaves_cleared),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "intermediates-kept",
        "The gradients of intermediate results need not be cleared between two backwards.",
        values_walked(start=_kept),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "root-seeded-by-adding",
        "`self.grad += 1` and `self.grad = 1` are the same, because it was 0.",
        values_walked(start=_added_to_the_root),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "zero-grad-does-nothing",
        "Gradients are overwritten by the next backward, so zero_grad has nothing to do.",
        value(zero_grad=lambda self: None),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "no-grad-records",
        "no_grad has a meaning for the reader only.",
        setting(scalar, no_grad=_Recording),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "no-grad-without-finally",
        "What comes after the `yield` of a context runs in any case.",
        together(setting(scalar, _recording=True), setting(scalar, no_grad=_without_finally)),
        level="torch",
        among=("lifecycle",),
        kind=Kind.LIFECYCLE,
    ),
    _wrong_numpy(
        "array-no-grad-leaks",
        "no_grad ends where its block ends.",
        together(setting(graph.mode, recording=True), setting(numpy_, no_grad=_Leaking)),
        level="torch",
        among=("lifecycle",),
        kind=Kind.LIFECYCLE,
    ),
    _wrong_numpy(
        "array-zero-grad-does-nothing",
        "Gradients are overwritten by the next backward, so zero_grad has nothing to do.",
        tensor(zero_grad=lambda self: None),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong_numpy(
        "array-no-grad-records",
        "no_grad has a meaning for the reader only.",
        setting(numpy_, no_grad=_Recording),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong_numpy(
        "array-leaves-assigned",
        "backward sets the gradient of a leaf: what was there is from an older step.",
        setting(backward, accumulate=lambda leaf, gradient: setattr(leaf, "grad", gradient)),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
    _wrong_numpy(
        "graph-never-freed",
        "A graph may be walked back as often as one likes.",
        tensor(
            backward=lambda self, gradient=None, retain_graph=False, **how: _backward(
                self, gradient, True, **how
            )
        ),
        level="torch",
        kind=Kind.LIFECYCLE,
    ),
]
