"""How a function takes its arguments, as far as its signature says.

- `parameters`: its parameters behind the node that it is a method of, or None when that is not known.
- `called`: the function's result, a shape handed over as the function takes it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping, Sequence
from types import MethodType
from typing import Any


def parameters(called: Any) -> tuple[inspect.Parameter, ...] | None:
    """The parameters that are left to be given; None for a builtin, or whatever has no signature."""
    # A bound method is new each time, and would keep its node alive in the cache.
    bound = type(called) is MethodType
    try:
        found = _parameters(called.__func__ if bound else called)
    except TypeError:  # an object that can be called and not be hashed
        return None
    return found[1:] if bound and found is not None else found


def called(function: Any, arguments: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """`x.reshape((2, 3))` for `def reshape(self, shape)`, `x.reshape(2, 3)` for `def reshape(self, *shape)`.

    torch takes both, and so do some who collect the numbers: theirs is `x.reshape(())`, which others
    write `x.reshape()`.
    """
    numbers = _apart(function, arguments)
    if numbers is None:
        return function(*arguments, **options)
    try:
        return function(*numbers, **options)
    except TypeError:
        if arguments[-1]:
            raise
        return function(*arguments, **options)


def _apart(function: Any, arguments: Sequence[Any]) -> Sequence[Any] | None:
    """The arguments with the last one taken apart, for a function that collects what stands there.

    One that collects options too hands everything on, and nobody knows to whom.
    """
    if not arguments or type(arguments[-1]) not in (list, tuple):
        return None
    taken, last = parameters(function), len(arguments) - 1
    if taken is None or last >= len(taken):
        return None
    kinds = [each.kind for each in taken]
    if inspect.Parameter.VAR_KEYWORD in kinds:
        return None
    # `def stack(first, *rest)` collects them too.
    if inspect.Parameter.VAR_POSITIONAL not in kinds[last : last + 2]:
        return None
    return [*arguments[:-1], *arguments[-1]]


@functools.lru_cache(maxsize=4096)
def _parameters(called: Any) -> tuple[inspect.Parameter, ...] | None:
    try:
        return tuple(inspect.signature(called).parameters.values())
    except (TypeError, ValueError):
        return None
