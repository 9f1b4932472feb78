"""The engine that is made of an untrusted class."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

from ..engine.contract import EngineInfo
from ..engine.eager import EagerEngine
from ..program import Program
from ..program.arrays import FLOAT_DTYPES, Array
from ..program.ops import Op, offers_operator
from ..program.transcript import Transcript, Unsupported
from ..text import described
from . import written
from .functions import Functions, without_case
from .homonyms import has_another_meaning
from .leaves import attempt
from .op_calls import OpCalls
from .refusals import turned_down
from .usage import Usage

_ARRAY_OPERANDS = "NumPy arrays as operands"
_TAKEN_OVER = (
    "NumPy arrays on the left: `array * node` gives an array of nodes, because the class does not say "
    "__array_ufunc__ = None"
)


class AdaptedEngine(EagerEngine):
    """A class, used as its author uses it (see `harness.adapt.usage.Usage`).

    `place` says in words where a function of the submission is.
    """

    def __init__(self, usage: Usage, functions: Functions, place: Callable[[Any], str]) -> None:
        self.usage, self.own, self._place = usage, functions, place
        self.dtypes = (usage.dtype,)
        self._watched: list[Any] = []
        self._constants: list[Any] = []
        self._calls = OpCalls(usage)
        self._meanings: dict[tuple[str, str, Any], bool] = {}
        public = [name for name in reversed(dir(usage.kind)) if not name.startswith("_")]
        self._attributes = {without_case(name): name for name in public}

    @functools.cached_property
    def info(self) -> EngineInfo:
        """Everything that is known about the engine, including the notes of the probe."""
        find = self._method_name, self.function
        spelling = attempt(partial(written.spelling, self.usage, self.own, find, self._place))
        return replace(
            super().info,
            notes=tuple(self.usage.notes),
            # The class may raise here, as anywhere. Then it is not known how a person writes it.
            spelling=None if isinstance(spelling, Exception) else spelling,
        )

    def holds_arrays(self) -> bool:
        """Return False when the class was seen to keep only numbers."""
        return self.usage.arrays

    def leaf(self, array: Array, requires_grad: bool) -> Any:
        """A leaf made of a number, an array or nested lists.

        Raises Unsupported for an array that the class does not take, or keeps in another shape. Raises every
        error that the class raises for a number.
        """
        if array.shape == ():
            return self.usage.make(array.item(), requires_grad)
        if not self.usage.arrays:
            raise Unsupported(f"tensors (the input has shape {array.shape})")
        node = attempt(lambda: self.usage.make(self.usage.data_of(array), requires_grad))
        if isinstance(node, Exception):
            raise Unsupported(f"arrays of shape {array.shape}: {described(node)}")
        kept = self.usage.shape_of(node)
        if kept != array.shape:
            raise Unsupported(f"arrays of shape {array.shape}: they are kept as {kept}")
        return node

    def constant(self, array: Array) -> Any:
        """A NumPy array. Raises Unsupported when the class takes nested lists alone."""
        if self.usage.as_lists:
            raise Unsupported(_ARRAY_OPERANDS)
        made = super().constant(array)
        self._constants.append(made)
        return made

    def beside(self, array: Array) -> Any:
        """Class indices and masks as a NumPy array. Raises Unsupported when the class takes none."""
        if not self.usage.arrays or self.usage.as_lists or array.dtype in FLOAT_DTYPES:
            return super().beside(array)
        return array.numpy()

    def value(self, node: Any) -> Any:
        """The number or the array of a node; everything else is returned as it is."""
        if not isinstance(node, self.usage.family):
            return node
        return self.usage.read(self.usage.value, node)

    def grad(self, node: Any) -> Any:
        """The gradient of a node as a number or an array, also when the class keeps it as a node.

        Raises Unsupported for an inner node whose gradient was asked for, and is not kept.
        """
        found = self.usage.read(self.usage.gradient, node)
        if found is None and any(node is each for each in self._watched):
            raise Unsupported("gradients of inner nodes")
        return found

    def watch(self, node: Any) -> None:
        """Ask for the gradient of an inner node, by the method that torch has."""
        if hasattr(node, "retain_grad"):
            node.retain_grad()
        self._watched.append(node)

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Run every step (see `harness.engine.eager.EagerEngine`)."""
        self._watched, self._constants = [], []
        return super().run(program, inputs)

    def backward(self, root: Any, cotangent: Array | None, retain_graph: bool) -> None:
        """Run the backward of the class.

        Raises Unsupported when it cannot take the cotangent, or when the class takes nodes alone and comes to
        an operand that is an array: an array has `.data` too, so its ops did not notice. Raises Unsupported
        too when NumPy made an array of nodes of `array * node`. Raises NameError when it starts at a global
        variable that an absent package would have given.
        """
        if self._is_array_of_nodes(root):
            raise Unsupported(_TAKEN_OVER)
        try:
            self.usage.run_backward(root, cotangent)
        except Unsupported as problem:
            if not self.usage.starts_at:
                raise
            said = (
                f"it starts at the global variable {self.usage.starts_at}, and not at its own node"
            )
            raise NameError(said) from problem
        except AttributeError as problem:
            if not any(problem.obj is each for each in self._constants):
                raise
            raise Unsupported(f"{_ARRAY_OPERANDS}: {described(problem)}") from problem

    def started_by_hand(self) -> AdaptedEngine:
        """Return an engine that writes to the attribute which the class has for gradients."""
        usage = self.usage._replace(starts_by_hand=True)
        return AdaptedEngine(usage, self.own, self._place)

    def method(self, op: Op, node: object) -> Any:
        """The op as a method under a spelling of the table, in upper or lower case, or None.

        A static method is a function, so it is left to `function`.
        """
        name = self._method_name(op, node)
        return getattr(node, name) if name else None

    def _method_name(self, op: Op, node: object) -> str:
        kind: Any = node if isinstance(node, type) else type(node)
        names = list(op.spellings)
        if op.name == "permute":
            names.append("transpose")  # NumPy's name; `has_another_meaning` looks for torch's op
        if not op.has("inplace"):
            names += [self._attributes.get(without_case(name), "") for name in op.spellings]
        for name in names:
            if hasattr(node, name) and self._is_method(op, name, kind):
                return name
        return ""

    def function(self, op: Op) -> Any:
        """The op as a function of the submission, or None. None too when the class has the op's operator.

        A class with `__pow__` but without `__rpow__` lacks `2 ** x`, even if there is a function `power`.
        """
        if op.has("inplace") or offers_operator(self.usage.kind, op):
            return None
        for name in op.spellings:
            found = self.own.named(name)
            if found and not self._has_another_meaning(op, name, found):
                return found
        return None

    def _is_method(self, op: Op, name: str, kind: Any) -> bool:
        """True when the attribute is a method of nodes, or a property where the op is one."""
        static = inspect.getattr_static(kind, name, None)
        if isinstance(static, staticmethod):
            return False
        if isinstance(static, property) and not op.has("property"):
            return False
        return not self._has_another_meaning(op, name, getattr(kind, name, None), kind)

    def _has_another_meaning(self, op: Op, name: str, function: Any, owner: Any = None) -> bool:
        key = (op.name, name, owner)
        if key not in self._meanings:
            self._meanings[key] = has_another_meaning(op, name, function, self.usage)
        return self._meanings[key]

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """Call a method or a function as it takes its operands and options.

        Raises Unsupported when it has no name for an option, or is not meant for nodes. Raises every error
        that it raises.
        """
        return self._calls.invoke(function, operands, options)

    def no_grad(self) -> AbstractContextManager[Any]:
        """The context of the submission, a function or a class. Raises Unsupported when there is none."""
        for namespace in (vars(self.usage.kind), *self.own.namespaces):
            for name in ("no_grad", "NoGrad", "nograd"):
                made = namespace.get(name)
                made = made.__func__ if isinstance(made, staticmethod) else made
                context: Any = made() if callable(made) else None
                if hasattr(context, "__enter__"):
                    return context  # type: ignore[no-any-return] # a class of the submission
        return super().no_grad()

    def turns_down(self, op: Op, operands: Sequence[Any], problem: Exception) -> bool:
        """True when the author says by the error that the op does not take these operands.

        True too when NumPy has made one of them, an array of nodes, for which no author writes ops.
        """
        made_by_numpy = any(map(self._is_array_of_nodes, operands))
        return made_by_numpy or turned_down(op, operands, problem, self.usage, self.own.namespaces)

    def _is_array_of_nodes(self, operand: Any) -> bool:
        """True for the array that NumPy makes of `array * node`, node by node, where the class lets it."""
        # Only an array operand can have led to one, and only NumPy's own class is asked.
        if not any(type(operand) is type(each) for each in self._constants):
            return False
        return operand.dtype == object and all(
            isinstance(each, self.usage.family) for each in operand.flat
        )
