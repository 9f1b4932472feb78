"""How an untrusted class is used, once a probe has found it out.

- `Usage`: how leaves are made, how values and gradients are read, and how a backward is run.
- `follow`: the attribute at the end of a chain; `unpacked`: the numbers in this attribute.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from ..program.arrays import WEAK, Array, answer
from ..program.transcript import Unsupported
from .backward import BackwardCall
from .leaves import LeafCall


class Usage(NamedTuple):
    """The way in which a class is used.

    `value` and `gradient` are chains of attributes. Where a chain leads to an array type of the submission,
    `container` leads from there to the numbers. `times` multiplies two nodes, and `total` sums one up.
    `arrays` is True for a class of arrays; `as_lists` is True when it takes nested lists alone.
    `family` are the classes of nodes: the class, the class of its results, and the classes from which both
    derive. `cotangent_as` says whether the backward takes a cotangent as a node or as an array; it is None
    when the backward takes none. `weights_want` is True when an operand that wants no gradient stops a
    backward. `starts_at` is the global variable at which the backward starts by mistake, or "". `one` is the
    shape in which a single number is kept, () if possible. `differentiates` is True when a backward has left
    a gradient on a leaf. With `starts_by_hand` 1 is written to the gradient of a result before each backward
    that takes no cotangent.
    """

    kind: type
    leaf: LeafCall
    value: str
    container: str
    gradient: str
    backward: BackwardCall
    times: Callable[[Any, Any], Any] | None
    total: Callable[[Any], Any] | None
    arrays: bool
    as_lists: bool
    dtype: str
    family: tuple[type, ...]
    cotangent_as: Literal["node", "array"] | None = None
    weights_want: bool = False
    starts_at: str = ""
    one: tuple[int, ...] = ()
    differentiates: bool = False
    starts_by_hand: bool = False
    notes: tuple[str, ...] = ()

    def make(self, data: Any, wanted: bool) -> Any:
        """A leaf of a number or of an array as `data_of` gives it; `wanted`: a gradient is wanted.

        Raises every error that the class raises.
        """
        return self.leaf.make(data, wanted)

    def data_of(self, array: Array) -> Any:
        """The array in the form in which the class takes it.

        Raises ValueError when the class takes numbers alone, and the array has axes.
        """
        if not self.arrays:
            return array.item()
        if self.as_lists:
            return array.nested()
        if self.dtype == "float32" and array.dtype == "float64":
            array = Array("float32", array.shape, array.data)
        return array.numpy()

    def read(self, chain: str, node: Any) -> Any:
        """Follow a chain of attributes and calls; where it leads to another node, read this node's value.

        Raises every error that an attribute or a call raises.
        """
        found = follow(node, chain)
        if chain == self.gradient and callable(found) and not hasattr(found, "dtype"):
            found = found()
        if isinstance(found, self.family) and found is not node and type(found) is not float:
            node, found = found, follow(found, self.value)
        return self._number(unpacked(found, node, self.container))

    def run_backward(self, root: Any, cotangent: Array | None) -> None:
        """Accumulate gradients from `root`; `cotangent` has its shape, and is None for a single number.

        Raises Unsupported when there is no way to give the cotangent, and every error of the class.
        """
        if cotangent is None:
            self._run_from(root)
        elif self.cotangent_as is not None:
            given = self.data_of(cotangent)
            as_node = self.cotangent_as == "node"
            self.backward.run_with(root, self.make(given, False) if as_node else given)
        elif self.times is None or self.total is None:
            raise Unsupported(
                "a cotangent: its backward takes none, and there is no sum of products"
            )
        else:
            # The backward of sum(root * cotangent) gives `root` the cotangent as its gradient.
            weights = self.make(self.data_of(cotangent), self.weights_want)
            weighted = self.times(root, weights)
            self._run_from(self.total(weighted))

    def _run_from(self, root: Any) -> None:
        if self.starts_by_hand:
            one = self.data_of(Array.of_flat([1.0], self.shape_of(root), "float64"))
            kept = isinstance(getattr(root, self.gradient, None), self.family)
            setattr(root, self.gradient, self.make(one, False) if kept else one)
        self.backward.run(root)

    def shape_of(self, node: Any) -> tuple[int, ...]:
        """The shape of a node's numbers; () when it has none.

        Raises every error that reading the node raises.
        """
        kept = answer(self.read(self.value, node))
        return kept.shape if isinstance(kept, Array) else ()

    def keeps_a_node(self, leaf: Any) -> bool:
        """True when the gradient of the leaf is a node of the engine."""
        return isinstance(getattr(leaf, self.gradient, None), self.family)

    def words(self) -> str:
        """The usage in one line, as a report shows it."""
        over = "arrays" if self.arrays else "numbers"
        value = ".".join(filter(None, (self.value, self.container)))
        return f"{over}; {self.leaf.words}, .{value}, .{self.gradient}, {self.backward.words()}"

    def _number(self, found: Any) -> Any:
        """A single number without axes, where the class keeps each number as an array of one element."""
        if not self.one:
            return found
        kept = answer(found)
        if isinstance(kept, Array) and kept.shape == self.one:
            return Array(kept.dtype, (), kept.data)
        return found


def follow(node: Any, chain: str) -> Any:
    """The attribute at the end of `chain`, in which "()" is a call.

    Raises every error that an attribute or a call raises.
    """
    for part in chain.split("."):
        called = part.endswith("()")
        node = getattr(node, part.removesuffix("()"))
        if called:
            node = node()
    return node


def unpacked(found: Any, owner: Any, container: str) -> Any:
    """The numbers in `found`, an attribute of `owner`.

    They are taken out of an array type of the submission. A flat list gets the shape that `owner` keeps
    beside it: this is how engines without NumPy keep arrays.
    Raises every error that an attribute or a call raises.
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
        pass  # The list is not flat: `answer` reads nested lists.
    return found
