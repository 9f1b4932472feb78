"""Wrong walks: the order of the nodes, and where the walk starts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_ import walk
from ..numpy_.graph import Node
from ..scalar import Value
from .change import Change, setting, value
from .orders import (
    Order,
    by_breadth,
    every_path,
    every_path_by_breadth,
    finished_last,
    from_the_right,
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


def fresh(root: Value, nodes: list[Value], gradient: float) -> None:
    """Start a backward as is right: the gradients of inner nodes are 0, and the root has its own."""
    for node in nodes:
        if node.op:
            node.grad = 0.0
    root.grad += gradient


def values_walked(order: Order = topological, start: Callable[..., None] = fresh) -> Change:
    """`Value.backward` with this order of the nodes and this start."""

    def method(self: Value, gradient: float = 1.0) -> None:
        if not self.requires_grad:
            raise RuntimeError("backward() of a constant: no leaf behind it requires grad")
        nodes = order(self, _inner)
        start(self, nodes, gradient)
        for node in nodes:
            _push(node)

    return value(backward=method)


def _unseeded(root: Value, nodes: list[Value], gradient: float) -> None:
    fresh(root, [node for node in nodes if node is not root], 0.0)


def _always_one(root: Value, nodes: list[Value], gradient: float) -> None:
    fresh(root, nodes, 1.0)


def _seeded_by_itself(root: Value, nodes: list[Value], gradient: float) -> None:
    fresh(root, nodes, gradient * root.data)


def arrays_walked(order: Order) -> Change:
    """The NumPy engine's walk with this order of the nodes."""

    def parents(node: Node) -> list[Node]:
        return [edge for edge in node.edges if type(edge) is Node]

    def reachable(roots: Any) -> list[Node]:
        return [found for root in roots if type(root) is Node for found in order(root, parents)]

    return setting(walk, reachable=reachable)


# Other correct orders than that of the engine. In each of them another contribution is the last.
WALKS: dict[str, tuple[Change, ...]] = {
    "scalar": (values_walked(topological), values_walked(from_the_right)),
    "numpy": (arrays_walked(topological), arrays_walked(from_the_right)),
}
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

AMONG = ("reuse", "lifecycle", "error")
_wrong = partial(
    Mistake,
    theme="traversal",
    kind=Kind.WALK,
    among=(*AMONG, "lecture"),
)
_wrong_numpy = partial(_wrong, engine="numpy", among=AMONG)


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
]
