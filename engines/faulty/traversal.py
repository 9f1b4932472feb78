"""Wrong walks: the order of the nodes, where the walk starts, and what it leaves behind.

Orders are written once, over a root and a function that gives the inner nodes that a node came from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from engines import numpy_, scalar
from engines.numpy_ import backward, walk
from engines.numpy_.graph import Node
from engines.numpy_.tensor import Tensor
from engines.scalar import Value
from harness.selftest import Mistake

from .change import Change, setting, tensor, value

Parents = Callable[[Any], list[Any]]
Order = Callable[[Any, Parents], list[Any]]


def finished_last(root: Any, parents: Parents) -> list[Any]:
    """Depth first, a node after everything it came from: reversed, a topological order."""
    order, seen, stack = [], {root}, [(root, iter(parents(root)))]
    while stack:
        node, rest = stack[-1]
        following = next((p for p in rest if p not in seen), None)
        if following is None:
            order.append(node)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(parents(following))))
    return order


def topological(root: Any, parents: Parents) -> list[Any]:
    """A right order."""
    return finished_last(root, parents)[::-1]


def met_first(root: Any, parents: Parents) -> list[Any]:
    """Depth first, a node when it is met."""
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            order.append(node)
            stack.extend(reversed(parents(node)))
    return order


def by_breadth(root: Any, parents: Parents) -> list[Any]:
    """By distance from the root, each node once."""
    order, queue = [root], deque([root])
    while queue:
        for node in parents(queue.popleft()):
            if node not in order:
                order.append(node)
                queue.append(node)
    return order


def every_path(root: Any, parents: Parents) -> list[Any]:
    """Depth first along every path, so that a node comes once for each."""
    order, stack = [], [root]
    while stack:
        order.append(stack.pop())
        stack.extend(reversed(parents(order[-1])))
    return order


def every_path_by_breadth(root: Any, parents: Parents) -> list[Any]:
    """By breadth along every path."""
    order, queue = [], deque([root])
    while queue:
        order.append(queue.popleft())
        queue.extend(parents(order[-1]))
    return order


def seen_when_pushed(root: Any, parents: Parents) -> list[Any]:
    """An iterative sort that notes a node when it is pushed: a longer way to it comes too late."""
    order, seen, stack = [], {root}, [(root, False)]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            order.append(node)
            continue
        stack.append((node, True))
        fresh = [p for p in parents(node) if p not in seen]
        seen.update(fresh)
        stack.extend((p, False) for p in fresh)
    return order[::-1]


def last_user_first(root: Any, parents: Parents) -> list[Any]:
    """A node is released by the first of its users, not by the last."""
    order, ready = [], [root]
    while ready:
        node = ready.pop(0)
        order.append(node)
        ready += [p for p in dict.fromkeys(parents(node)) if p not in order and p not in ready]
    return order


def _inner(node: Value) -> list[Value]:
    return [parent for parent in node.parents if parent.op]


def _push(node: Value) -> None:
    """What a student calls `node._backward()`."""
    for parent, d in ((node._left, node._d_left), (node._right, node._d_right)):
        if parent is not None:
            parent.grad += node.grad * d


def _fresh(root: Value, nodes: list[Value], gradient: float) -> None:
    for node in nodes:
        if node.op:
            node.grad = 0.0
    root.grad += gradient


def _walked(order: Order = topological, start: Callable[..., None] = _fresh) -> Change:
    """Value.backward, by this order and from this start."""

    def method(self: Value, gradient: float = 1.0) -> None:
        if not self.requires_grad:
            raise RuntimeError("backward() of a constant: nothing it came from requires_grad")
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


def _arrays_walked(order: Order) -> Change:
    """The NumPy engine's walk, by this order."""

    def parents(node: Node) -> list[Node]:
        return [edge for edge in node.edges if type(edge) is Node]

    def reachable(roots: Any) -> list[Node]:
        return [found for root in roots if type(root) is Node for found in order(root, parents)]

    return setting(walk, reachable=reachable)


_ORDERS = {
    "preorder": (met_first, "A node may be done as soon as it is met, depth first."),
    "breadth-first": (by_breadth, "Nodes nearer to the result come first, and that is enough."),
    "not-reversed": (finished_last, "The order that the depth-first sort gives is the one to walk."),
    "seen-when-pushed": (seen_when_pushed, "An iterative sort may note a node as seen when it is pushed."),
}  # fmt: skip
_PATHS = {
    "every-path": (every_path, "Recursion from the result reaches everything, so no set of visited nodes is needed."),
    "every-path-breadth-first": (every_path_by_breadth, "A queue needs no record of what has been in it."),
}  # fmt: skip

_wrong = partial(
    Mistake,
    theme="traversal",
    among=("reuse", "lifecycle", "lecture", "error"),
)
_wrong_numpy = partial(_wrong, engine="numpy", among=("reuse", "lifecycle", "error"))
_backward = Tensor.backward


class _Recording(numpy_.no_grad):  # type: ignore[misc]
    recording = True


MISTAKES = [
    *(_wrong(name, said, _walked(order)) for name, (order, said) in (_ORDERS | _PATHS).items()),
    *(
        _wrong_numpy(f"array-{name}", said, _arrays_walked(order))
        for name, (order, said) in _ORDERS.items()
    ),
    _wrong(
        "one-level-only",
        "Each operand's gradient is computed from the result's, and then all is done.",
        _walked(lambda root, parents: [root]),
    ),
    _wrong(
        "root-not-seeded",
        "backward starts from the gradient that the result has, which is 0.",
        _walked(start=_unseeded),
    ),
    _wrong(
        "root-seeded-with-its-value",
        "The gradient of the result is the result.",
        _walked(start=_seeded_by_itself),
    ),
    _wrong(
        "cotangent-ignored",
        "The gradient of a result by itself is 1, whatever backward is given.",
        _walked(start=_always_one),
        kind="torch",
    ),
    _wrong(
        "leaves-cleared",
        "Every backward begins by setting all gradients to 0.",
        _walked(start=_leaves_cleared),
        kind="torch",
    ),
    _wrong(
        "intermediates-kept",
        "The gradients of intermediate results need not be cleared between two backwards.",
        _walked(start=_kept),
        kind="torch",
    ),
    _wrong(
        "root-seeded-by-adding",
        "`self.grad += 1` and `self.grad = 1` are the same, because it was 0.",
        _walked(start=_added_to_the_root),
        kind="torch",
    ),
    _wrong(
        "zero-grad-does-nothing",
        "Gradients are overwritten by the next backward, so zero_grad has nothing to do.",
        value(zero_grad=lambda self: None),
        kind="torch",
    ),
    _wrong(
        "no-grad-records",
        "no_grad is a remark to the reader.",
        setting(scalar, no_grad=_Recording),
        kind="torch",
    ),
    _wrong_numpy(
        "array-zero-grad-does-nothing",
        "Gradients are overwritten by the next backward, so zero_grad has nothing to do.",
        tensor(zero_grad=lambda self: None),
        kind="torch",
    ),
    _wrong_numpy(
        "array-no-grad-records",
        "no_grad is a remark to the reader.",
        setting(numpy_, no_grad=_Recording),
        kind="torch",
    ),
    _wrong_numpy(
        "array-leaves-assigned",
        "backward sets the gradient of a leaf: what was there is from an older step.",
        setting(backward, accumulate=lambda leaf, gradient: setattr(leaf, "grad", gradient)),
        kind="torch",
    ),
    _wrong_numpy(
        "graph-never-freed",
        "A graph may be walked back as often as one likes.",
        tensor(backward=lambda self, gradient=None, retain_graph=False: _backward(self, gradient, True)),
        kind="torch",
    ),
]
