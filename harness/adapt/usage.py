"""How a stranger's class is used, once that is known.

- `Usage`: how leaves are made, values and gradients read, and a backward run.
- `follow`, `unpacked`: how numbers are got at.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.adapt.leaves import Make
from harness.program.arrays import WEAK, Array, answer

if TYPE_CHECKING:
    from harness.adapt.backward import Backward


@dataclass
class Usage:
    """How a class is used. `make` takes a number or a NumPy array, and whether a gradient is wanted.

    `value` and `gradient` are chains of attributes; where they lead to an array type of the author's own,
    `container` leads on to its numbers. `times` and `total` multiply two nodes and sum one up. `one` is the
    shape in which a single number is kept, which is () if it can be. `family` are the classes of nodes:
    the class, what its results are, and what both derive from.
    """

    kind: type
    make: Make
    leaf: str
    value: str
    container: str
    gradient: str
    backward: Backward
    times: Callable[[Any, Any], Any] | None
    total: Callable[[Any], Any] | None
    arrays: bool
    as_lists: bool
    dtype: str
    family: tuple[type, ...]
    one: tuple[int, ...] = ()
    differentiates: bool = False
    notes: list[str] = field(default_factory=list)

    def read(self, chain: str, node: Any) -> Any:
        """Follow a chain of attributes and calls, into another node of the engine if need be."""
        found = follow(node, chain)
        if chain == self.gradient and callable(found) and not hasattr(found, "dtype"):
            found = found()
        if isinstance(found, self.family) and found is not node and type(found) is not float:
            node, found = found, follow(found, self.value)
        return self._number(unpacked(found, node, self.container))

    def shape_of(self, node: Any) -> tuple[int, ...]:
        """The shape of a node's numbers; () when it has none."""
        kept = answer(self.read(self.value, node))
        return kept.shape if isinstance(kept, Array) else ()

    def keeps_a_node(self, leaf: Any) -> bool:
        """Whether the leaf's gradient is a node of the engine."""
        return isinstance(getattr(leaf, self.gradient, None), self.family)

    def _number(self, found: Any) -> Any:
        """A number as one, where every number is kept as an array of one element."""
        if not self.one:
            return found
        kept = answer(found)
        if isinstance(kept, Array) and kept.shape == self.one:
            return Array(kept.dtype, (), kept.data)
        return found

    def words(self) -> str:
        """How it is used, in words."""
        over = "arrays" if self.arrays else "numbers"
        value = ".".join(filter(None, (self.value, self.container)))
        return f"{over}; {self.leaf}, .{value}, .{self.gradient}, {self.backward.words}"


def follow(node: Any, chain: str) -> Any:
    """The attribute chain `chain`, in which "()" calls."""
    for part in chain.split("."):
        called = part.endswith("()")
        node = getattr(node, part.removesuffix("()"))
        if called:
            node = node()
    return node


def unpacked(found: Any, owner: Any, container: str) -> Any:
    """The numbers in what was found at `owner`: out of an array type of the author's own, and in shape.

    Whoever has no NumPy keeps one flat list, and its shape beside it.
    """
    if container and found is not None and not isinstance(answer(found), Array):
        owner, found = found, follow(found, container)
    shape: Any = getattr(owner, "shape", None)
    if type(found) not in (list, tuple) or type(shape) not in (list, tuple):
        return found
    try:
        if math.prod(shape) == len(found):
            return Array.of_flat(found, tuple(shape), WEAK)
    except (TypeError, ValueError, OverflowError):
        pass  # nested lists, say: `answer` knows these
    return found
