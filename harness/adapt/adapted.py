"""The engine that is made of a stranger's class."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping, Sequence
from opcode import opmap
from typing import Any

from harness.adapt.backward import as_data
from harness.adapt.customs import NUMPYS, OPTIONS
from harness.adapt.functions import Functions, alike
from harness.adapt.usage import Usage
from harness.array import Array
from harness.calling import parameters
from harness.engine import EagerEngine
from harness.ops import Op, offers_operator
from harness.program import Program
from harness.transcript import Transcript, Unsupported


class AdaptedEngine(EagerEngine):
    """A class used as its author would use it (see `harness.adapt.usage.Usage`)."""

    def __init__(self, usage: Usage, functions: Functions) -> None:
        self.usage, self.own = usage, functions
        self.dtypes, self.notes = (usage.dtype,), usage.notes
        self._watched: list[Any] = []
        no_grad = functions.named("no_grad")
        self.functions = (no_grad,) if no_grad is not None else ()
        self._names = {
            alike(name): name for name in reversed(dir(usage.kind)) if not name.startswith("_")
        }

    def leaf(self, array: Array, requires_grad: bool) -> Any:
        """A node made from a number, an array or nested lists."""
        if array.shape == ():
            number = array.item()
            return self.usage.make(number, requires_grad)
        if not self.usage.arrays:
            raise Unsupported(f"tensors (the input has shape {array.shape})")
        return self.usage.make(as_data(self.usage, array), requires_grad)

    def constant(self, array: Array) -> Any:
        """A NumPy array, unless the class is one that takes nested lists alone."""
        if self.usage.as_lists:
            raise Unsupported("NumPy arrays as operands")
        return super().constant(array)

    def value(self, node: Any) -> Any:
        """The node's number or array; what is no node is its own value."""
        if not isinstance(node, self.usage.family):
            return node
        return self.usage.read(self.usage.value, node)

    def grad(self, node: Any) -> Any:
        """The node's gradient, taken out of a node if it is one.

        Unsupported where the class keeps none on inner nodes, as torch does not unless it is asked.
        """
        found = self.usage.read(self.usage.gradient, node)
        if found is None and any(node is each for each in self._watched):
            raise Unsupported("gradients of inner nodes")
        return found

    def watch(self, node: Any) -> None:
        """Ask for the gradient of an inner node, in the manner of torch."""
        if hasattr(node, "retain_grad"):
            node.retain_grad()
        self._watched.append(node)

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Walk the steps."""
        self._watched = []
        return super().run(program, inputs)

    def backward(self, root: Any, cotangent: Array | None, retain_graph: bool) -> None:
        """The class's own backward."""
        self.usage.backward.run(self.usage, root, cotangent)

    def method(self, op: Op, node: object) -> Any:
        """By the table's spellings, then by the same in other letters; a static method is a function."""
        kind: Any = type(node)
        for name in op.spellings:
            if hasattr(node, name) and not _another(kind, name):
                return getattr(node, name)
        if op.name == "permute" and _is_numpys("transpose", getattr(kind, "transpose", None)):
            return getattr(node, "transpose", None)
        if op.has("inplace"):
            return None
        names = (self._names.get(alike(name)) for name in op.spellings)
        return next((getattr(node, n) for n in names if n and not _another(kind, n)), None)

    def function(self, op: Op) -> Any:
        """A function of the submission's own, unless the class has an operator for it.

        `2 ** x` on a class with `__pow__` alone is missing, whatever a function called `power` does.
        """
        if op.has("inplace") or offers_operator(self.usage.kind, op):
            return None
        found = ((name, self.own.named(name)) for name in op.spellings)
        return next((each for name, each in found if each and not _is_numpys(name, each)), None)

    def turns_down(self, op: Op, operands: Sequence[Any], problem: Exception) -> bool:
        """What the author raises in so many words is a statement about what the op takes.

        A ValueError is one where the values cannot be what it is about: of an op that is defined
        everywhere, or of operands whose shapes differ.
        """
        if not isinstance(problem, TypeError | ValueError | AssertionError):
            return False
        if not _raised(problem, self.own.namespaces):
            return False
        somewhere_undefined = op.smooth not in ("everywhere", "never")
        alike_in_shape = len({_shape_of(operand) for operand in operands}) < 2
        return not (isinstance(problem, ValueError) and somewhere_undefined and alike_in_shape)

    def options(self, called: Any, options: dict[str, Any]) -> dict[str, Any]:
        """The options under the names that the function has for them."""
        return {_spelt(called, name): value for name, value in options.items()}


def _raised(problem: Exception, namespaces: Sequence[dict[str, Any]]) -> bool:
    """Whether a `raise` or an `assert` of the author's ended it, and not an operation that failed."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not any(trace.tb_frame.f_globals is each for each in namespaces):
        return False
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] == opmap["RAISE_VARARGS"]


def _shape_of(operand: Any) -> tuple[int, ...]:
    shape = getattr(operand, "shape", ())
    return tuple(shape) if type(shape) in (list, tuple) else ()


@functools.lru_cache(maxsize=4096)
def _another(kind: Any, name: str) -> bool:
    """Whether the attribute is no method that takes the node, or one of that name with another meaning."""
    if isinstance(inspect.getattr_static(kind, name, None), staticmethod):
        return True
    return _is_numpys(name, getattr(kind, name, None))


def _is_numpys(name: str, called: Any) -> bool:
    if name not in NUMPYS or not callable(called):
        return False
    return not NUMPYS[name].isdisjoint(_names(called) or ())


def _spelt(called: Any, name: str) -> str:
    known = _names(called)
    if known is None or name in known:
        return name
    for other in OPTIONS.get(name, ()):
        if other in known:
            return other
    raise Unsupported(f"{getattr(called, '__name__', 'the op')} with {name}=")


def _names(called: Any) -> frozenset[str] | None:
    """The names that can be given, or None when any may be, or when that is not known."""
    taken = parameters(called)
    if taken is None or any(p.kind is p.VAR_KEYWORD for p in taken):
        return None
    return frozenset(p.name for p in taken if p.kind is not p.POSITIONAL_ONLY)
