"""How an untrusted class multiplies, adds and sums up: by operator, by method, or by a function.

- `ways_to_multiply`, `ways_to_sum`: the candidates, the likeliest first.
- `first_that_works`: the first candidate that returns a result.
- `example_result`: a result of an op of the engine.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from .functions import Functions
from .leaves import attempt

# Calls an op of the engine with nodes.
Way = Callable[..., Any]


def example_result(node: Any, functions: Functions) -> Any:
    """A product or a sum of the node with itself; None when the engine can compute neither.

    Raises every error of an op that worked once and fails the second time.
    """
    ways = [*ways_to_multiply(functions), *_ways(functions, operator.add, "add", "plus")]
    way = first_that_works(ways, node, node)
    return way(node, node) if way else None


def ways_to_multiply(functions: Functions) -> list[Way]:
    """Ways to multiply two nodes."""
    return _ways(functions, operator.mul, "mul", "multiply")


def ways_to_sum(functions: Functions) -> list[Way]:
    """Ways to sum up the numbers of one node."""
    return _ways(functions, partial(_by_method, "sum"), "sum", "total")


def _ways(functions: Functions, likeliest: Way, *names: str) -> list[Way]:
    """The likeliest way, then methods and then functions with these names."""
    named = filter(None, map(functions.named, names))
    return [likeliest, *(partial(_by_method, name) for name in names), *named]


def first_that_works(ways: Sequence[Way], *nodes: Any) -> Way | None:
    """The first way that returns something other than None for these nodes, or None."""
    for way in ways:
        result = attempt(partial(way, *nodes))
        if not isinstance(result, Exception) and result is not None:
            return way
    return None


def _by_method(name: str, node: Any, *others: Any) -> Any:
    return getattr(node, name)(*others)
