"""How a stranger's backward is called, with a cotangent and without."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from harness.adapt.functions import Functions, same_name
from harness.adapt.leaves import NUMBER, attempt
from harness.adapt.spellings import BACKWARDS, COTANGENTS
from harness.engine.arguments import parameters
from harness.program.arrays import Array, answer
from harness.program.transcript import Unsupported, default_cotangent

if TYPE_CHECKING:
    from harness.adapt.usage import Usage


class Backward:
    """A method of the node or a function of the module; `words` says which.

    `cotangent` is the parameter that takes one, if any; `needed` whether a call without it fails.
    """

    def __init__(self, name: str, function: Any, options: list[inspect.Parameter]) -> None:
        self.name, self.function = name, function
        taken = [p for p in options if p.name in COTANGENTS or p.default is p.empty]
        self.cotangent = taken[0].name if taken else ""
        self.needed = bool(taken) and taken[0].default is inspect.Parameter.empty
        # How a cotangent is handed over: as an array, or as a node of the engine.
        self.wrapped: bool | None = None
        shown = f"({self.cotangent})" if self.cotangent else "()"
        self.words = f"backward function {name}" if function else f".{name}{shown}"

    def run(self, usage: Usage, root: Any, cotangent: Array | None) -> None:
        """Accumulate gradients from `root`. Unsupported when a cotangent cannot be given."""
        if cotangent is None:
            self.run_bare(root)
        elif self.cotangent and self.wrapped is not None:
            given = as_data(usage, cotangent)
            self._call(root, [usage.make(given, False) if self.wrapped else given])
        else:
            self._by_product(usage, root, cotangent)

    def run_bare(self, root: Any) -> Any:
        """Accumulate gradients from a root that is one number; what it returns is of no use to a program."""
        return self._call(root, [1.0] if self.needed else [])

    def choose_cotangent(self, usage: Usage, example: Callable[[Any], Any]) -> None:
        """Try both ways of handing over a cotangent; neither working, it goes by a product.

        `example` makes some result of a leaf, of the leaf's shape.
        """
        if not self.cotangent:
            return
        number = usage.make(NUMBER, True)
        attempt(lambda: self.run_bare(example(number)))
        # A node first: an array may be taken by mistake where only its `.data` is asked for. Taken the
        # wrong way a cotangent turns gradients into nodes that are arrays otherwise.
        for self.wrapped in (True, False):
            leaf = attempt(lambda: self._with_cotangent(usage, example))
            if isinstance(leaf, usage.kind) and usage.keeps_a_node(leaf) == usage.keeps_a_node(
                number
            ):
                found = attempt(partial(usage.read, usage.gradient, leaf))
                if getattr(answer(found), "shape", ()) == (2, 3):
                    return
        self.wrapped = None

    def _with_cotangent(self, usage: Usage, example: Callable[[Any], Any]) -> Any:
        """A leaf after a backward with a cotangent."""
        table = default_cotangent((2, 3))
        leaf = usage.make(as_data(usage, table), True)
        self.run(usage, example(leaf), table)
        return leaf

    def _by_product(self, usage: Usage, root: Any, cotangent: Array) -> None:
        """Backward of sum(root * cotangent), which gives `root` the cotangent as its gradient."""
        if usage.times is None or usage.total is None:
            raise Unsupported(
                "a cotangent: its backward takes none, and there is no sum of products"
            )
        weighted = usage.times(root, usage.make(as_data(usage, cotangent), False))
        self.run(usage, usage.total(weighted), None)

    def _call(self, root: Any, arguments: list[Any]) -> Any:
        if self.function is not None:
            return self.function(root, *arguments)
        named = {self.cotangent: arguments[0]} if arguments and not self.needed else {}
        return getattr(root, self.name)(*([] if named else arguments), **named)


def backward_of(kind: type, functions: Functions) -> Backward:
    """The class's method, else the submission's function. It is there: see `harness.adapt.find`."""
    for name in BACKWARDS:
        found = same_name(kind, name)
        if found:
            return Backward(found, None, _after_first(getattr(kind, found)))
    for name in BACKWARDS:
        function = functions.named(name)
        if function is not None:
            return Backward(name, function, _after_first(function))
    return Backward("backward", None, [])


def _after_first(function: Callable[..., Any]) -> list[inspect.Parameter]:
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [each for each in (parameters(function) or ())[1:] if each.kind not in several]


def as_data(usage: Usage, array: Array) -> Any:
    """The array as the engine's constructor takes it."""
    if not usage.arrays:
        return array.item()
    if usage.as_lists:
        return array.nested()
    if usage.dtype == "float32" and array.dtype == "float64":
        array = Array("float32", array.shape, array.data)
    return array.numpy()
