"""How a stranger's class multiplies, adds and sums up: by operator, by method or by a function of its own.

- `products`, `totals`: the ways, the likeliest first.
- `first_that_works`: the first that gives something; `example`: some result of two operands.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from harness.adapt.functions import Functions
from harness.adapt.leaves import attempt

# Something done with nodes.
Work = Callable[..., Any]


def example(node: Any, functions: Functions) -> Any:
    """Some result of the engine, or None when it can neither multiply nor add."""
    ways = [*products(functions), *_ways(functions, operator.add, "add", "plus")]
    work = first_that_works(ways, node, node)
    return work(node, node) if work else None


def products(functions: Functions) -> list[Work]:
    """Ways to multiply two nodes."""
    return _ways(functions, operator.mul, "mul", "multiply")


def totals(functions: Functions) -> list[Work]:
    """Ways to sum one up."""
    return _ways(functions, partial(_by_method, "sum"), "sum", "total")


def _ways(functions: Functions, likeliest: Work, *names: str) -> list[Work]:
    """How an op may be called: the likeliest way, then as a method and as a function by these names."""
    named = filter(None, map(functions.named, names))
    return [likeliest, *(partial(_by_method, name) for name in names), *named]


def first_that_works(ways: Sequence[Work], *nodes: Any) -> Work | None:
    """The first way that gives something for these nodes."""
    for work in ways:
        result = attempt(partial(work, *nodes))
        if not isinstance(result, Exception) and result is not None:
            return work
    return None


def _by_method(name: str, node: Any, *others: Any) -> Any:
    return getattr(node, name)(*others)
