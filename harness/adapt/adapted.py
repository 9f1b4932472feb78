"""The engine that is made of a stranger's class."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from opcode import opmap
from types import CodeType, FunctionType
from typing import Any

from harness.adapt.backward import as_data
from harness.adapt.functions import Functions, alike
from harness.adapt.homonyms import another
from harness.adapt.leaves import attempt
from harness.adapt.option_names import Spellings
from harness.adapt.usage import Usage
from harness.engine.contract import EngineInfo
from harness.engine.eager import EagerEngine
from harness.program import Program
from harness.program.arrays import FLOAT_DTYPES, Array
from harness.program.ops import Op, offers_operator
from harness.program.transcript import Transcript, Unsupported
from harness.text import described


class AdaptedEngine(EagerEngine):
    """A class used as its author would use it (see `harness.adapt.usage.Usage`)."""

    def __init__(self, usage: Usage, functions: Functions) -> None:
        self.usage, self.own = usage, functions
        self.dtypes = (usage.dtype,)
        self._watched: list[Any] = []
        self._spellings = Spellings()
        self._meant: dict[tuple[str, str, Any], bool] = {}
        self._names = {
            alike(name): name for name in reversed(dir(usage.kind)) if not name.startswith("_")
        }

    @property
    def info(self) -> EngineInfo:
        """Everything that is known about the engine, with what was noticed while it was probed."""
        return replace(super().info, notes=tuple(self.usage.notes))

    def leaf(self, array: Array, requires_grad: bool) -> Any:
        """A node made from a number, an array or nested lists."""
        if array.shape == ():
            number = array.item()
            return self.usage.make(number, requires_grad)
        if not self.usage.arrays:
            raise Unsupported(f"tensors (the input has shape {array.shape})")
        node = attempt(lambda: self.usage.make(as_data(self.usage, array), requires_grad))
        if isinstance(node, Exception):
            raise Unsupported(f"arrays of shape {array.shape}: {described(node)}")
        kept = self.usage.shape_of(node)
        if kept != array.shape:
            raise Unsupported(f"arrays of shape {array.shape}: they are kept as {kept}")
        return node

    def constant(self, array: Array) -> Any:
        """A NumPy array, unless the class is one that takes nested lists alone."""
        if self.usage.as_lists:
            raise Unsupported("NumPy arrays as operands")
        return super().constant(array)

    def beside(self, array: Array) -> Any:
        """Class indices and masks as their users hand them over: as NumPy's arrays."""
        if not self.usage.arrays or self.usage.as_lists or array.dtype in FLOAT_DTYPES:
            return super().beside(array)
        return array.numpy()

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
        kind: Any = node if isinstance(node, type) else type(node)
        names = list(op.spellings)
        if op.name == "permute":
            names.append("transpose")  # by NumPy's custom, which `another` knows
        if not op.has("inplace"):
            names += [self._names.get(alike(name), "") for name in op.spellings]
        for name in names:
            if hasattr(node, name) and not self._another(op, name, kind):
                return getattr(node, name)
        return None

    def function(self, op: Op) -> Any:
        """A function of the submission's own, unless the class has an operator for it.

        `2 ** x` on a class with `__pow__` alone is missing, whatever a function called `power` does.
        """
        if op.has("inplace") or offers_operator(self.usage.kind, op):
            return None
        for name in op.spellings:
            found = self.own.named(name)
            if found and not self._meaning(op, name, found):
                return found
        return None

    def _another(self, op: Op, name: str, kind: Any) -> bool:
        """Whether the attribute is no method that takes the node, or has another meaning."""
        static = inspect.getattr_static(kind, name, None)
        if isinstance(static, staticmethod):
            return True
        if isinstance(static, property) and not op.has("property"):
            return True
        return self._meaning(op, name, getattr(kind, name, None), kind)

    def _meaning(self, op: Op, name: str, function: Any, owner: Any = None) -> bool:
        key = (op.name, name, owner)
        if key not in self._meant:
            self._meant[key] = another(op, name, function, self.usage)
        return self._meant[key]

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """Call what was found for an op, with its options under the names that it has for them."""
        try:
            result = self._spellings.invoke(function, operands, options)
        except (TypeError, AttributeError):
            if not self._is_of_numbers(function):
                raise
            result = None
        if result is None and self._is_of_numbers(function):
            raise Unsupported(f"{function.__name__} (the function of that name is for numbers)")
        return result

    def _is_of_numbers(self, function: Any) -> bool:
        """Whether a function, and no method, never mentions what it would need to know of a node."""
        if not isinstance(function, FunctionType):
            return False
        usage = self.usage
        known = {usage.kind.__name__, usage.gradient, *usage.value.split(".")}
        return known.isdisjoint(_mentioned(function.__code__))

    def no_grad(self) -> AbstractContextManager[Any]:
        """A context of the submission's own, be it a function or a class."""
        for namespace in (vars(self.usage.kind), *self.own.namespaces):
            for name in ("no_grad", "NoGrad", "nograd"):
                made = namespace.get(name)
                made = made.__func__ if isinstance(made, staticmethod) else made
                context: Any = made() if callable(made) else None
                if hasattr(context, "__enter__"):
                    return context  # type: ignore[no-any-return]
        return super().no_grad()

    def turns_down(self, op: Op, operands: Sequence[Any], problem: Exception) -> bool:
        """What the author raises in so many words is a statement about what the op takes.

        A ValueError and its like is one where the values cannot be what it is about: of an op that is
        defined everywhere, or of operands whose shapes differ.
        """
        by_probability = op.name == "cross_entropy" and isinstance(operands[1], self.usage.family)
        if by_probability and isinstance(problem, TypeError | IndexError):
            return True  # most take classes by number alone
        if type(problem) not in (TypeError, AssertionError, ValueError, RuntimeError, Exception):
            return False
        if not _raised(problem, self.own.namespaces):
            return False
        somewhere_undefined = op.smooth not in ("everywhere", "never")
        alike_in_shape = len({_shape_of(operand) for operand in operands}) < 2
        of_types = isinstance(problem, TypeError | AssertionError)
        return of_types or not (somewhere_undefined and alike_in_shape)


def _mentioned(code: CodeType) -> set[str]:
    """The names in a function's code, and in that of the functions inside it."""
    inner = [_mentioned(each) for each in code.co_consts if isinstance(each, CodeType)]
    return set(code.co_names).union(*inner)


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
