"""Engines: adapters that turn a program into a transcript.

- `Engine`: the contract, `run(program, inputs) -> Transcript`.
- `EagerEngine`: for libraries that compute as they go; an author writes `leaf`, `value`, `grad`
  and `backward`, about ten lines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from harness.array import Array
from harness.calling import called
from harness.interpret import Interpreter, find_function, find_method
from harness.ops import Op
from harness.program import Program
from harness.transcript import Transcript, Unsupported


class Engine(ABC):
    """Anything that can run a program.

    `name` heads its column in a report, `version` is recorded with every row, `dtypes` are those
    that it computes in, the preferred one first. `lacks` are tags of cases that ask for something
    which the engine does not have, and which no missing op would show. `found` says where the engine was
    found and how it is used, `notes` what was noticed on the way, `wall` what it runs behind, and
    `supports`, where it has been asked already, how much of the op table it has: for reports.
    `recursion_limit` holds for the next run, where the engine has a process of its own; `waiting` says that
    this process is there and has nothing to do.
    """

    name: str = ""
    version: str = ""
    dtypes: tuple[str, ...] = ("float64",)
    lacks: tuple[str, ...] = ()
    found: str = ""
    notes: Sequence[str] = ()
    wall: str = ""
    supports: str = ""
    recursion_limit: int | None = None
    waiting: bool = False

    @abstractmethod
    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Run every step on fresh leaves. Never raises for what the engine itself does wrong."""

    def close(self) -> None:  # noqa: B027 - most engines hold nothing
        """Give back what the engine holds, such as a process; it may be used again."""

    def printed(self) -> str:
        """What the engine has printed in a process of its own."""
        return ""


class EagerEngine(Engine):
    """An engine that computes as it goes and keeps gradients on its leaves.

    An adapter defines `leaf`, `value`, `grad` and `backward`. `functions` are modules or classes in
    which ops are looked for when they are neither operators nor methods.
    """

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
        """Integers or truth values of a dtype that no node has, and that only stand beside nodes."""
        raise Unsupported(f"{array.dtype} data")

    def method(self, op: Op, node: object) -> Any:
        """The op as a method or property of `node`, or None."""
        return find_method(op, node)

    def function(self, op: Op) -> Any:
        """The op as a function, or None."""
        return find_function(op, self.functions)

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """Call what was found for an op; `options` are its attributes by torch's names."""
        return called(function, operands, options)

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
        """One pass back from several roots, or from one to the leaves `inputs` alone if there are any."""
        raise Unsupported("a backward from several roots, or to chosen leaves")

    def set_grad(self, node: Any, gradient: Any) -> None:
        """A leaf's gradient becomes `gradient`: an `Array`, or a node of the engine's own."""
        raise Unsupported("a gradient that is set")

    def requires_grad(self, node: Any) -> bool:
        """Whether gradients flow to the node."""
        if not hasattr(node, "requires_grad"):
            raise Unsupported("requires_grad")
        return bool(node.requires_grad)

    def zero_grad(self, node: Any) -> None:
        """Forget a leaf's gradient."""
        if not hasattr(node, "zero_grad"):
            raise Unsupported("zero_grad")
        node.zero_grad()

    def no_grad(self) -> AbstractContextManager[Any]:
        """A context in which no graph is recorded."""
        for owner in self.functions:
            if hasattr(owner, "no_grad"):
                return owner.no_grad()  # type: ignore[no-any-return]
        raise Unsupported("no_grad")

    def watch(self, node: Any) -> None:
        """Be told that the gradient of this inner node will be read."""

    def differentiate(self, output: Any, inputs: Sequence[Any], cotangent: Any) -> Any:
        """Gradients of `output` by `inputs` as new nodes that can be differentiated again.

        `cotangent` is an `Array`, a node of the engine's own, or None.
        """
        raise Unsupported("gradients of gradients")

    def gradients(
        self, output: Any, inputs: Sequence[Any], cotangent: Any, **options: bool
    ) -> Sequence[Any]:
        """The same with the options of `torch.autograd.grad`.

        `create_graph`, `allow_unused` and `materialize_grads` are all given. A gradient may be None.
        """
        raise Unsupported("gradients with options, as torch.autograd.grad has them")

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Walk the steps (see `harness.interpret`)."""
        return Interpreter(self, program, inputs).run()
