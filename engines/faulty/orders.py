"""Orders in which the nodes of a graph may be walked. `topological` is the correct one.

Each works for both engines: it takes the root and a function that returns the inner nodes from which a node
was computed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

Parents = Callable[[Any], list[Any]]
Order = Callable[[Any, Parents], list[Any]]


def finished_last(root: Any, parents: Parents) -> list[Any]:
    """Depth first, each node after all nodes that it was computed from: a topological order, reversed."""
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
    """The correct order: each node before all nodes that it was computed from."""
    return finished_last(root, parents)[::-1]


def from_the_right(root: Any, parents: Parents) -> list[Any]:
    """A correct order, too: of two operands the last one is walked first."""
    return topological(root, lambda node: parents(node)[::-1])


def met_first(root: Any, parents: Parents) -> list[Any]:
    """Depth first, each node as soon as it is reached."""
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


def started_again(root: Any, parents: Parents) -> list[Any]:
    """Depth first, with a new list for every operand of the root. Only the last list is kept."""
    last: list[Any] = []
    for node in parents(root):
        last = finished_last(node, parents)
    return [root, *reversed(last)]


def seen_by_branch(root: Any, parents: Parents) -> list[Any]:
    """Depth first, with a new record of visited nodes for every operand of the root."""
    branches = [finished_last(node, parents) for node in parents(root)]
    return [root, *(node for branch in reversed(branches) for node in reversed(branch))]


# Each diamond of a chain doubles the number of paths. A walk along all paths ends after this number of nodes.
_LONGEST = 100_000


def every_path(root: Any, parents: Parents) -> list[Any]:
    """Depth first along every path, so that a node occurs once for each path to it."""
    order, stack = [], [root]
    while stack and len(order) < _LONGEST:
        order.append(stack.pop())
        stack.extend(reversed(parents(order[-1])))
    return order


def every_path_by_breadth(root: Any, parents: Parents) -> list[Any]:
    """By breadth along every path."""
    order, queue = [], deque([root])
    while queue and len(order) < _LONGEST:
        order.append(queue.popleft())
        queue.extend(parents(order[-1]))
    return order


def seen_when_pushed(root: Any, parents: Parents) -> list[Any]:
    """An iterative sort that marks a node when it is pushed, so that a longer path to it is ignored."""
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
