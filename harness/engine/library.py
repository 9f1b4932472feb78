"""The library under test, as an adapter describes it and as a walk sees it.

- `Callee`: what calling an op needs of a library, whatever its kind.
- `EagerLibrary`: one that computes as it goes and keeps gradients on its leaves.
- `FunctionalLibrary`: one that differentiates functions.
- `find_method`, `find_function`: where an op is looked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from harness.engine.arguments import call
from harness.program.arrays import Array
from harness.program.ops import Op
from harness.program.transcript import Unsupported


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
    """What calling an op needs of a library: where the op is found, and how it is called."""

    def method(self, op: Op, node: object) -> Any:
        """The op as a method or property of `node`, or None."""

    def function(self, op: Op) -> Any:
        """The op as a function, or None."""

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """Call what was found for an op; `options` are its attributes by torch's names."""

    def turns_down(self, op: Op, operands: Sequence[Any], problem: Exception) -> bool:
        """Whether an exception that the op raised says that it does not take these operands."""


class EagerLibrary(ABC):
    """What an author says of a library that computes as it goes (see `harness.engine.eager.EagerEngine`)."""

    dtypes: tuple[str, ...]
    functions: Sequence[object] = ()

    @abstractmethod
    def leaf(self, array: Array, requires_grad: bool) -> Any:
        """A fresh leaf; `array.item()` for scalars, `array.numpy()` or `array.nested()` else."""

    @abstractmethod
    def value(self, node: Any) -> Any:
        """The node's number, nested lists or NumPy array."""

    @abstractmethod
    def grad(self, node: Any) -> Any:
        """The node's gradient likewise, or None when there is none."""

    @abstractmethod
    def backward(self, root: Any, cotangent: Array | None, retain_graph: bool) -> None:
        """Accumulate gradients; `cotangent` has the shape of `root` and is None for a scalar."""

    def constant(self, array: Array) -> Any:
        """An array literal as the engine's user would write it: a NumPy array."""
        return array.numpy()

    def beside(self, array: Array) -> Any:
        """Integers or truth values of a dtype that no node has, and that only stand beside nodes.

        Optional; Unsupported by default.
        """
        raise Unsupported(f"{array.dtype} data")

    def method(self, op: Op, node: object) -> Any:
        """The op as a method or property of `node`, or None."""
        return find_method(op, node)

    def function(self, op: Op) -> Any:
        """The op as a function, or None."""
        return find_function(op, self.functions)

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """Call what was found for an op; `options` are its attributes by torch's names."""
        return call(function, operands, options)

    def turns_down(self, op: Op, operands: Sequence[Any], problem: Exception) -> bool:
        """Whether an exception that the op raised says that it does not take these operands."""
        return False

    def backward_all(
        self,
        roots: Sequence[Any],
        cotangents: Sequence[Array | None],
        retain_graph: bool,
        inputs: Sequence[Any],
    ) -> None:
        """One pass back from several roots, or from one to the leaves `inputs` alone if there are any.

        Optional; Unsupported by default.
        """
        raise Unsupported("a backward from several roots, or to chosen leaves")

    def set_grad(self, node: Any, gradient: Any) -> None:
        """A leaf's gradient becomes `gradient`: an `Array`, or a node of the engine's own.

        Optional; Unsupported by default.
        """
        raise Unsupported("a gradient that is set")

    def requires_grad(self, node: Any) -> bool:
        """Whether gradients flow to the node.

        Optional; by default the node's `requires_grad`, and Unsupported where it has none.
        """
        if not hasattr(node, "requires_grad"):
            raise Unsupported("requires_grad")
        return bool(node.requires_grad)

    def zero_grad(self, node: Any) -> None:
        """Forget a leaf's gradient.

        Optional; by default the node's `zero_grad()`, and Unsupported where it has none.
        """
        if not hasattr(node, "zero_grad"):
            raise Unsupported("zero_grad")
        node.zero_grad()

    def no_grad(self) -> AbstractContextManager[Any]:
        """A context in which no graph is recorded.

        Optional; by default the `no_grad()` of one of `functions`, and Unsupported where none has it.
        """
        for owner in self.functions:
            if hasattr(owner, "no_grad"):
                return owner.no_grad()  # type: ignore[no-any-return]
        raise Unsupported("no_grad")

    def watch(self, node: Any) -> None:  # noqa: B027 - most libraries need not be told
        """Be told that the gradient of this inner node will be read."""

    def differentiate(self, output: Any, inputs: Sequence[Any], cotangent: Any) -> Any:
        """Gradients of `output` by `inputs` as new nodes that can be differentiated again.

        `cotangent` is an `Array`, a node of the engine's own, or None. Optional; Unsupported by default.
        """
        raise Unsupported("gradients of gradients")

    def gradients(
        self, output: Any, inputs: Sequence[Any], cotangent: Any, **options: bool
    ) -> Sequence[Any]:
        """The same with the options of `torch.autograd.grad`.

        `create_graph`, `allow_unused` and `materialize_grads` are all given. A gradient may be None.
        Optional; Unsupported by default.
        """
        raise Unsupported("gradients with options, as torch.autograd.grad has them")


class FunctionalLibrary(ABC):
    """What an author says of a library that differentiates functions (see `FunctionalEngine`)."""

    dtypes: tuple[str, ...]
    functions: Sequence[object] = ()

    @abstractmethod
    def array(self, array: Array) -> Any:
        """The library's array; a literal of a program becomes one too."""

    @abstractmethod
    def value(self, array: Any) -> Any:
        """The number, nested lists or NumPy array."""

    @abstractmethod
    def vjp(
        self, function: Callable[..., Any], primals: Sequence[Any]
    ) -> tuple[Any, Callable[[Any], Sequence[Any]]]:
        """`function(*primals)`, and a function from its cotangent to those of the primals."""

    def stop_gradient(self, array: Any) -> Any:
        """The same numbers, through which no gradient flows: for `detach` and `no_grad`.

        Optional; Unsupported by default.
        """
        raise Unsupported("stop_gradient")

    def constant(self, array: Array) -> Any:
        """An array literal."""
        return self.array(array)

    def method(self, op: Op, node: object) -> Any:
        """None: the methods of an array are NumPy's, under torch's names and with other meanings."""
        return None

    def function(self, op: Op) -> Any:
        """The op as a function, or None."""
        return self.stop_gradient if op.name == "detach" else find_function(op, self.functions)

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """Call what was found for an op; `options` are its attributes by torch's names."""
        return function(*operands, **options)

    def turns_down(self, op: Op, operands: Sequence[Any], problem: Exception) -> bool:
        """Whether an exception that the op raised says that it does not take these operands."""
        return False
