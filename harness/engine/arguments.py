"""How a function takes its arguments, as far as its signature says.

- `parameters`: the parameters of a function, without the node of a bound method.
- `call`: the result of a function; a shape is passed as the function takes it, whole or as numbers.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping, Sequence
from types import MethodType
from typing import Any


def parameters(function: Any) -> tuple[inspect.Parameter, ...] | None:
    """The parameters that a call has to fill; None for a builtin, and for an object without signature."""
    # A bound method is a new object each time, and it would keep its node alive in the cache.
    bound = type(function) is MethodType
    try:
        found = _parameters(function.__func__ if bound else function)
    except TypeError:  # the object can be called, but has no hash for the cache
        return None
    return found[1:] if bound and found is not None else found


def call(function: Any, arguments: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """The result of the function, which gets a last argument that is a shape in the form that it takes.

    `def reshape(self, shape)` is called as `x.reshape((2, 3))`, and `def reshape(self, *shape)` as
    `x.reshape(2, 3)`. torch takes both, and so do some functions that collect the numbers. The empty shape
    is `x.reshape()` for most of these and `x.reshape(())` for the others, so both are tried.
    Raises every error that the function raises.
    """
    numbers = _separate_numbers(function, arguments)
    if numbers is None:
        return function(*arguments, **options)
    try:
        return function(*numbers, **options)
    except (TypeError, IndexError):  # many begin with `if isinstance(shape[0], tuple)`
        if arguments[-1]:
            raise
        return function(*arguments, **options)


def _separate_numbers(function: Any, arguments: Sequence[Any]) -> Sequence[Any] | None:
    """The arguments with the numbers of the last one in its place, for a function that collects them.

    None for every other function. A function that collects options too passes everything on to another
    function, whose signature is not known.
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
def _parameters(function: Any) -> tuple[inspect.Parameter, ...] | None:
    try:
        return tuple(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
