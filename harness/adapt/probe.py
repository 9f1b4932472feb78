"""Trying a class: which of the customs work on it.

- `tried`: a class -> its `Usage`, or `Refused` with the reason.

Each way of use is tried on an example; numbers are read, and never judged.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

from harness.adapt.arithmetic import example, first_that_works, products, totals
from harness.adapt.arrays import array_use
from harness.adapt.backward import backward_of
from harness.adapt.functions import Functions, alike, same_name
from harness.adapt.leaves import NUMBER, Make, Refused, attempt, flagged, listed, maker_of
from harness.adapt.spellings import CONTAINERS, GRADIENTS, VALUES
from harness.adapt.usage import Usage, follow, unpacked
from harness.program.arrays import Array, answer

# The numbers of a node of this engine, read in a way that is being tried.
Numbers = Callable[[Any], Any]
# Does the work, unless that does not come to an end; whether it did.
InTime = Callable[[Callable[[], None]], bool]


def tried(kind: type, functions: Functions, in_time: InTime) -> Usage:
    """Find out how the class is used. Refused when no custom fits, or when making a node never ends."""
    usage: Usage | None = None

    def look() -> None:
        nonlocal usage
        usage = _looked_at(kind, functions, *way)

    way = _maker(kind, functions, in_time)
    if not in_time(look) or usage is None:
        raise Refused(
            "took too long: two of them are added or multiplied, or one read, without end"
        )
    if not in_time(partial(_try_backward, usage, functions)):
        if not usage.gradient:
            raise Refused("took too long: its backward does not come to an end")
        # Its cases run out of time one by one, and what needs no backward may be right.
        usage.notes.append("its backward did not end in the trial")
        usage.make, usage.leaf = way
    return usage


def _maker(kind: type, functions: Functions, in_time: InTime) -> tuple[Make, str]:
    found: list[tuple[Make, str]] = []
    if not in_time(lambda: found.append(maker_of(kind, functions))):
        raise Refused("took too long: making one from a number does not come to an end")
    return found[0]


def _looked_at(kind: type, functions: Functions, make: Make, leaf: str) -> Usage:
    """What can be seen without a backward."""
    node = make(NUMBER, True)
    result = example(node, functions)
    value, container = _value(kind, make, result)
    numbers = partial(_numbers, kind, value, container)
    native = type(attempt(partial(follow, node, value))).__name__ == "ndarray"
    arrays, as_lists, dtype = array_use(make, numbers, native, functions)
    return Usage(
        kind=kind,
        make=make,
        leaf=leaf,
        value=value,
        container=container,
        gradient=_usual_gradient(node),
        backward=backward_of(kind, functions),
        times=first_that_works(products(functions), node, node),
        total=first_that_works(totals(functions), node),
        arrays=arrays,
        as_lists=as_lists,
        dtype=dtype,
        family=(kind, *_shared(kind, type(result))),
    )


def _try_backward(usage: Usage, functions: Functions) -> None:
    """Find out what a backward shows; Refused when it leaves no gradient anywhere."""
    usage.gradient = usage.gradient or _late_gradient(usage, functions)
    usual = usage.make, usage.leaf
    for way in (usual, *flagged(usage.kind), listed(*usual)):
        usage.make, usage.leaf = way
        usage.differentiates = _differentiates(usage, functions)
        if usage.differentiates:
            usage.one = usage.shape_of(usage.make(NUMBER, True))
            break
    else:
        usage.make, usage.leaf = usual
        usage.notes.append("no leaf had a gradient after a backward in the trial")
    if usage.arrays:
        usage.backward.choose_cotangent(usage, partial(example, functions=functions))


def _shared(kind: type, other: type) -> list[type]:
    """What a leaf and a result both are, if that is more than a builtin."""
    shared = [each for each in other.__mro__ if issubclass(kind, each)]
    own = [each for each in shared if each.__module__ != "builtins"]
    return [*own, other] if own else []


def _value(kind: type, make: Make, result: Any) -> tuple[str, str]:
    """The attribute chain that leads to a node's numbers, and from an array type of its own onwards.

    By the usual names, else by what the number is that is found there.
    """
    one, other = make(NUMBER, True), make(NUMBER + 1, True)
    for container, chain in product(("", *CONTAINERS), VALUES):
        numbers = partial(_numbers, kind, chain, container)
        if _size(numbers, one) == 1 and (result is None or _size(numbers, result)):
            return chain, container
    for chain in _attributes(one):
        numbers = partial(_numbers, kind, chain, "")
        read = [getattr(attempt(partial(numbers, node)), "data", ()) for node in (one, other)]
        if read == [(NUMBER,), (NUMBER + 1,)] and (result is None or _size(numbers, result)):
            return chain, ""
    raise Refused(
        f"shows its number under no usual name (data, value, val, item() ...); {_has(one)}"
    )


def _size(numbers: Numbers, node: Any) -> int:
    read = attempt(partial(numbers, node))
    return read.size if isinstance(read, Array) else 0


def _attributes(node: Any) -> list[str]:
    """Attributes that anybody may read, and getters."""
    names = [name for name in dir(node) if not name.startswith("_") and name != "T"]
    called = [f"{name}()" for name in names if alike(name).startswith("get")]
    return [*names, *called]


def _has(node: Any) -> str:
    """What there is instead, for whoever has to write an adapter."""
    own = [name for name in _attributes(node) if not callable(getattr(type(node), name, None))]
    kinds = {name: attempt(partial(follow, node, name)) for name in own[:6]}
    shown = [f".{name} ({type(found).__name__})" for name, found in kinds.items()]
    return f"it has {', '.join(shown)}" if shown else "it has no attribute of its own"


def _numbers(kind: type, chain: str, container: str, node: Any) -> Any:
    """Where the chain leads, as numbers; one that ends at a node of the engine has not arrived."""
    found = follow(node, chain)
    if isinstance(found, kind) and not isinstance(found, float):
        return None
    return answer(unpacked(found, node, container))


def _usual_gradient(node: Any) -> str:
    """The attribute of a usual name, or nothing."""
    return next(filter(None, (same_name(node, name) for name in GRADIENTS)), "")


def _late_gradient(usage: Usage, functions: Functions) -> str:
    """The same on a leaf after a backward, else the attribute that this changes into a number."""
    fresh, used = usage.make(NUMBER, True), usage.make(NUMBER, True)
    returned = attempt(lambda: usage.backward.run_bare(example(used, functions)))
    found = _usual_gradient(used)
    if found:
        return found
    for name in _attributes(used):
        before, after = (attempt(partial(_plain, node, name)) for node in (fresh, used))
        if isinstance(after, Array) and after != before:
            return name.removesuffix("()")
    if isinstance(returned, dict | list | tuple):
        raise Refused("has a backward that gives the gradients back instead of keeping them")
    raise Refused(
        f"has a gradient under no usual name (grad, gradient, derivative ...); {_has(used)}"
    )


def _plain(node: Any, chain: str) -> Any:
    return answer(follow(node, chain))


def _differentiates(usage: Usage, functions: Functions) -> bool:
    """Whether a backward leaves a number as a leaf's gradient, right or wrong."""

    def work() -> Any:
        node = usage.make(NUMBER, True)
        usage.backward.run(usage, example(node, functions), None)
        return answer(usage.read(usage.gradient, node))

    found = attempt(work)
    return isinstance(found, Array) and any(found.data)
