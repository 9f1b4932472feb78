"""The attribute of a node that shows its value, and the one that shows its gradient.

- `value_path`: the chains of attributes that lead from a node to its numbers.
- `numbers_at`: the numbers at the end of these chains.
- `usual_gradient`, `changed_attribute`: the gradient by its name, and by the effect of a backward.
- `words_of_attributes`: the attributes of a node, for a message.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

from ..program.arrays import Array, answer
from .functions import attribute_named, without_case
from .leaves import NUMBER, LeafCall, Refused, attempt
from .spellings import CONTAINERS, GRADIENTS, VALUES
from .usage import follow, unpacked


def value_path(kind: type, leaf: LeafCall, result: Any) -> tuple[str, str]:
    """The chain of attributes from a node to its value, and the chain from the value to its numbers.

    The usual names come first. Then comes every attribute that shows the number of which a leaf was made.
    Raises Refused when no path leads to a number, of a leaf and of `result`, and every error that making
    a leaf raises.
    """
    one, other = leaf.make(NUMBER, True), leaf.make(NUMBER + 1, True)
    for container, chain in product(("", *CONTAINERS), VALUES):
        numbers = partial(numbers_at, kind, chain, container)
        if _size(numbers, one) == 1 and (result is None or _size(numbers, result)):
            return chain, container
    for chain in _attributes(one):
        numbers = partial(numbers_at, kind, chain, "")
        read = [getattr(attempt(partial(numbers, node)), "data", ()) for node in (one, other)]
        if read == [(NUMBER,), (NUMBER + 1,)] and (result is None or _size(numbers, result)):
            return chain, ""
    raise Refused(
        f"shows its number under no usual name (data, value, val, item() ...); {words_of_attributes(one)}"
    )


def numbers_at(kind: type, chain: str, container: str, node: Any) -> Any:
    """The numbers at the end of a path; None when the path ends at a node of the engine.

    Raises every error that an attribute or a call raises.
    """
    found = follow(node, chain)
    if isinstance(found, kind) and not isinstance(found, float):
        return None
    return answer(unpacked(found, node, container))


def _size(numbers: Callable[[Any], Any], node: Any) -> int:
    read = attempt(partial(numbers, node))
    return read.size if isinstance(read, Array) else 0


def _attributes(node: Any) -> list[str]:
    """Chains of one public attribute each, and calls of those that are named as getters."""
    names = [name for name in dir(node) if not name.startswith("_") and name != "T"]
    called = [f"{name}()" for name in names if without_case(name).startswith("get")]
    return [*names, *called]


def words_of_attributes(node: Any) -> str:
    """The attributes that a node has instead, for the person who has to write an adapter."""
    own = [name for name in _attributes(node) if not callable(getattr(type(node), name, None))]
    kinds = {name: attempt(partial(follow, node, name)) for name in own[:6]}
    shown = [f".{name} ({type(found).__name__})" for name, found in kinds.items()]
    return f"it has {', '.join(shown)}" if shown else "it has no attribute of its own"


def usual_gradient(node: Any) -> str:
    """The attribute of a node that has a usual name of a gradient, or ""."""
    return next(filter(None, (attribute_named(node, name) for name in GRADIENTS)), "")


def changed_attribute(fresh: Any, used: Any) -> str:
    """The first attribute that is a number of `used` and differs from that of `fresh`, or ""."""
    for name in _attributes(used):
        before, after = (attempt(partial(_answer_at, name, node)) for node in (fresh, used))
        if isinstance(after, Array) and after != before:
            return name.removesuffix("()")
    return ""


def _answer_at(chain: str, node: Any) -> Any:
    return answer(follow(node, chain))
