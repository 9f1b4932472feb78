"""Trying a class: which of the customs work on it.

- `tried`: a class -> its `Usage`, or `Refused` with the reason.

Each way of use is tried on an example; numbers are read, and never judged.
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

from harness.adapt.backward import backward_of
from harness.adapt.customs import CONTAINERS, GRADIENTS, OF_ARRAYS, VALUES
from harness.adapt.functions import Functions, same_name
from harness.adapt.leaves import NUMBER, Make, Refused, attempt, maker_of
from harness.adapt.usage import Usage, follow, unpacked
from harness.array import Array, answer

# The numbers of a node of this engine, read in a way that is being tried.
Numbers = Callable[[Any], Any]
# Does the work, unless that does not come to an end; whether it did.
InTime = Callable[[Callable[[], None]], bool]
_TABLE = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))


def tried(kind: type, functions: Functions, in_time: InTime) -> Usage:
    """Find out how the class is used. Refused when no custom fits, or when making a node never ends."""
    usage: Usage | None = None

    def look() -> None:
        nonlocal usage
        usage = _looked_at(kind, functions, make, leaf)

    make, leaf = _maker(kind, functions, in_time)
    if not in_time(look) or usage is None:
        raise Refused(
            "took too long: two of them are added or multiplied, or one read, without end"
        )
    if not in_time(partial(_try_backward, usage, functions)):
        # Its cases run out of time one by one, and what needs no backward may be right.
        usage.notes.append("its backward did not end in the trial")
    return usage


def _maker(kind: type, functions: Functions, in_time: InTime) -> tuple[Make, str]:
    found: list[tuple[Make, str]] = []
    if not in_time(lambda: found.append(maker_of(kind, functions))):
        raise Refused("took too long: making one from a number does not come to an end")
    return found[0]


def _looked_at(kind: type, functions: Functions, make: Make, leaf: str) -> Usage:
    node = make(NUMBER, True)
    result = _example(node, functions)
    value, container = _value(kind, make, result)
    arrays, as_lists, dtype = _arrays(make, partial(_numbers, kind, value, container), functions)
    return Usage(
        kind=kind,
        make=make,
        leaf=leaf,
        value=value,
        container=container,
        gradient=_gradient(node),
        backward=backward_of(kind, functions),
        arrays=arrays,
        as_lists=as_lists,
        dtype=dtype,
        family=(kind, *_shared(kind, type(result))),
    )


def _try_backward(usage: Usage, functions: Functions) -> None:
    if usage.arrays:
        usage.backward.choose_cotangent(usage, partial(_example, functions=functions))
    usage.differentiates = _differentiates(usage, functions)


def _shared(kind: type, other: type) -> list[type]:
    """What a leaf and a result both are, if that is more than a builtin."""
    shared = [each for each in other.__mro__ if issubclass(kind, each)]
    own = [each for each in shared if each.__module__ != "builtins"]
    return [*own, other] if own else []


def _value(kind: type, make: Make, result: Any) -> tuple[str, str]:
    """The attribute chain that leads to a node's numbers, and from an array type of its own onwards."""
    other = make(NUMBER, True)
    for container, chain in product(("", *CONTAINERS), VALUES):
        numbers = partial(_numbers, kind, chain, container)
        read = attempt(partial(numbers, other))
        if not isinstance(read, Array) or read.size != 1:
            continue
        if result is None or isinstance(attempt(partial(numbers, result)), Array):
            return chain, container
    raise Refused("shows its number under no usual name (data, value, val, item() ...)")


def _numbers(kind: type, chain: str, container: str, node: Any) -> Any:
    """Where the chain leads, as numbers; one that ends at a node of the engine has not arrived."""
    found = follow(node, chain)
    if isinstance(found, kind) and not isinstance(found, float):
        return None
    return answer(unpacked(found, node, container))


def _example(node: Any, functions: Functions) -> Any:
    """Some result of the engine, or None when it can neither add nor multiply."""
    methods = [partial(_by_method, name) for name in ("mul", "add")]
    named = (functions.named(name) for name in ("mul", "multiply", "add", "plus"))
    for work in (operator.mul, operator.add, *methods, *filter(None, named)):
        result = attempt(partial(work, node, node))
        if not isinstance(result, Exception) and result is not None:
            return result
    return None


def _by_method(name: str, node: Any, other: Any) -> Any:
    return getattr(node, name)(other)


def _gradient(node: Any) -> str:
    for name in GRADIENTS:
        found = same_name(node, name)
        if found:
            return found
    raise Refused("has a gradient under no usual name (grad, gradient, derivative ...)")


def _arrays(make: Make, numbers: Numbers, functions: Functions) -> tuple[bool, bool, str]:
    """Whether it takes arrays, whether these must be nested lists, and the dtype that it keeps."""
    node = make(NUMBER, True)
    alone = attempt(partial(numbers, node))
    native = isinstance(alone, Array) and alone.dtype not in ("number", "bool")
    if not native and not any(hasattr(node, name) for name in OF_ARRAYS):
        return False, False, "float64"
    ways: list[tuple[bool, Any]] = [(True, [list(row) for row in _TABLE])]
    with contextlib.suppress(ImportError):  # on an interpreter without it, lists are what there is
        import numpy as np

        # Whoever has no NumPy may hold its arrays by accident, and then computes as it never does.
        ways.insert(0 if native else 1, (False, np.array(_TABLE)))
    for as_lists, given in ways:
        made = attempt(partial(make, given, True))
        reads = [attempt(partial(numbers, each)) for each in (made, _example(made, functions))]
        if all(isinstance(read, Array) and read.shape == (2, 3) for read in reads):
            return True, as_lists, "float32" if reads[0].dtype == "float32" else "float64"
    return False, False, "float64"


def _differentiates(usage: Usage, functions: Functions) -> bool:
    """Whether a backward leaves a number as a leaf's gradient, right or wrong."""

    def work() -> Any:
        node = usage.make(NUMBER, True)
        usage.backward.run(usage, _example(node, functions), None)
        return answer(usage.read(usage.gradient, node))

    found = attempt(work)
    return isinstance(found, Array) and any(found.data)
