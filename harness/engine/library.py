"""The library under test: the methods that an adapter defines and that a walk calls.

- `Callee`: the methods that calling an op needs, of any kind of library.
- `EagerLibrary`: a library that computes as it goes and keeps gradients on its leaves.
- `FunctionalLibrary`: a library that differentiates functions.
- `find_method`, `find_function`: look for an op under each of its names.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from ..program.arrays import Array
from ..program.ops import Op
from ..program.transcript import Unsupported
from .arguments import call
from .option_names import OptionNames


def find_method(op: Op, node: object) -> Any:
    """The op as a method (or property) of `node`, under any of its spellings, or None."""
    return next((getattr(node, name) for name in op.spellings if hasattr(node, name)), None)


def find_function(op: Op, owners: Sequence[object]) -> Any:
    """The op as a function in one of the namespaces, under any of its spellings, or None."""
    for owner in owners:
        for name in op.spellings:
            found: Any = owner
            for part in name.split("."):
                found = getattr(found, part, None)
            if found is not None:
                return found
    return None


class Callee(Protocol):
    """A library in which ops can be looked for and called."""

    def method(self, op: Op, node: object) -> Any:
        """The op as a method or property of `node`, or None."""

    def function(self, op: Op) -> Any:
        """The op as a function, or None."""

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """Call the function or method that was found for an op; `options` are attributes by torch's names.

        Raises whatever the library raises; an adapter may raise Unsupported.
        """

    def turns_down(self, op: Op, operands: Sequence[Any], problem: Exception) -> bool:
        """True when the exception that the op raised says that it does not take these operands."""


class EagerLibrary(ABC):
    """A library that computes as it goes (see `harness.engine.eager.EagerEngine`).

    The abstract methods are required. The others are optional; those without a useful default raise
    Unsupported. Each may raise any exception of the library.
    """

    dtypes: tuple[str, ...]
    functions: Sequence[object] = ()
    renames_options: bool = False
    # True to write 1 to the gradient of a result of one number before each backward that gets no cotangent.
    starts_by_hand: bool = False

    @abstractmethod
    def leaf(self, array: Array, requires_grad: bool) -> Any:
        """A fresh leaf, made of `array.item()` for scalars, else of `array.numpy()` or `array.nested()`."""

    @abstractmethod
    def value(self, node: Any) -> Any:
        """The node's number, nested lists or NumPy array."""

    @abstractmethod
    def grad(self, node: Any) -> Any:
        """The node's gradient as a number, nested lists or NumPy array; None when there is none."""

    @abstractmethod
    def backward(self, root: Any, cotangent: Array | None, retain_graph: bool) -> None:
        """Accumulate gradients; `cotangent` has the shape of `root`.

        `cotangent` is None when `root` is a scalar and the case gives none: the backward starts with 1.
        """

    def constant(self, array: Array) -> Any:
        """An array literal, in the form that a user of the library would write: a NumPy array."""
        return array.numpy()

    def beside(self, array: Array) -> Any:
        """An operand of integers or truth values that is never a node. Optional; Unsupported by default."""
        raise Unsupported(f"{array.dtype} data")

    def method(self, op: Op, node: object) -> Any:
        """The op as a method or property of `node`, or None."""
        return find_method(op, node)

    def function(self, op: Op) -> Any:
        """The op as a function, or None."""
        return find_function(op, self.functions)

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """Call the function or method that was found for an op; `options` are attributes by torch's names.

        With `renames_options` they get the library's names (`axis` for `dim`), as its signature says. Raises
        whatever the library raises, and Unsupported when it has no name for an option.
        """
        if self.renames_options:
            return self._option_names.invoke(function, operands, options)
        return call(function, operands, options)

    @functools.cached_property
    def _option_names(self) -> OptionNames:
        return OptionNames()

    def turns_down(self, op: Op, operands: Sequence[Any], problem: Exception) -> bool:
        """True when the exception that the op raised says that it does not take these operands."""
        return False

    def backward_all(
        self,
        roots: Sequence[Any],
        cotangents: Sequence[Array | None],
        retain_graph: bool,
        inputs: Sequence[Any],
    ) -> None:
        """One backward from several roots; only `inputs` get gradients, when there are any.

        Optional; Unsupported by default. Each cotangent has the shape of its root, or is None for a scalar.
        """
        raise Unsupported("a backward from several roots, or to chosen leaves")

    def set_grad(self, node: Any, gradient: Any) -> None:
        """Set a leaf's gradient to an `Array` or to a node of the library.

        Optional; Unsupported by default.
        """
        raise Unsupported("setting a gradient")

    def requires_grad(self, node: Any) -> bool:
        """True when gradients flow to the node.

        Optional; by default the node's `requires_grad`, and Unsupported when it has none.
        """
        if not hasattr(node, "requires_grad"):
            raise Unsupported("requires_grad")
        return bool(node.requires_grad)

    def zero_grad(self, node: Any) -> None:
        """Forget a leaf's gradient.

        Optional; by default the node's `zero_grad()`, and Unsupported when it has none.
        """
        if not hasattr(node, "zero_grad"):
            raise Unsupported("zero_grad")
        node.zero_grad()

    def no_grad(self) -> AbstractContextManager[Any]:
        """A context in which no graph is recorded.

        Optional; by default the `no_grad()` of one of `functions`, and Unsupported when none has it.
        """
        for owner in self.functions:
            if hasattr(owner, "no_grad"):
                context: AbstractContextManager[Any] = owner.no_grad()
                return context
        raise Unsupported("no_grad")

    def watch(self, node: Any) -> None:  # noqa: B027 - most libraries need not be told
        """Prepare to read the gradient of this inner node later. Optional; does nothing by default."""

    def differentiate(self, output: Any, inputs: Sequence[Any], cotangent: Any) -> Any:
        """Gradients of `output` by `inputs` as new nodes that can be differentiated again.

        `cotangent` is an `Array`, a node of the library, or None. Optional; Unsupported by default.
        """
        raise Unsupported("gradients of gradients")

    def gradients(
        self, output: Any, inputs: Sequence[Any], cotangent: Any, **options: bool
    ) -> Sequence[Any]:
        """Gradients of `output` by `inputs` with the options of `torch.autograd.grad`.

        `create_graph`, `allow_unused` and `materialize_grads` are all given. A gradient may be None.
        Optional; Unsupported by default.
        """
        raise Unsupported("gradients with options, as torch.autograd.grad has them")


class FunctionalLibrary(ABC):
    """A library that differentiates functions (see `harness.engine.functional.FunctionalEngine`).

    The abstract methods are required; the others are optional. Each may raise any exception of the library.
    """

    dtypes: tuple[str, ...]
    functions: Sequence[object] = ()

    @abstractmethod
    def array(self, array: Array) -> Any:
        """The library's array with these numbers, for an input or for a literal of a program."""

    @abstractmethod
    def value(self, array: Any) -> Any:
        """The number, nested lists or NumPy array."""

    @abstractmethod
    def vjp(
        self, function: Callable[..., Any], primals: Sequence[Any]
    ) -> tuple[Any, Callable[[Any], Sequence[Any]]]:
        """The result of `function(*primals)`, and its vector-Jacobian product.

        The second is a function of the result's cotangent, and gives one gradient for each primal.
        """

    def stop_gradient(self, array: Any) -> Any:
        """The same numbers, cut off from the gradient: for `detach` and `no_grad`.

        Optional; Unsupported by default.
        """
        raise Unsupported("stop_gradient")

    def constant(self, array: Array) -> Any:
        """An array literal of an op, as the library's array."""
        return self.array(array)

    def method(self, op: Op, node: object) -> Any:
        """None, because an array's methods are NumPy's, and differ from torch's methods of the same name."""
        return None

    def function(self, op: Op) -> Any:
        """The op as a function, or None."""
        return self.stop_gradient if op.name == "detach" else find_function(op, self.functions)

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """Call the function or method that was found for an op; `options` are attributes by torch's names.

        Raises whatever the library raises; an adapter may raise Unsupported.
        """
        return function(*operands, **options)

    def turns_down(self, op: Op, operands: Sequence[Any], problem: Exception) -> bool:
        """True when the exception that the op raised says that it does not take these operands."""
        return False
