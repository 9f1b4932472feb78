"""The rules that every program follows. A program may come from another process, or from a file.

- `Rules`: checks the steps of one program.
"""

from __future__ import annotations

from types import EllipsisType
from typing import Any

from ..errors import ProgramError
from .arrays import Array
from .op_table import find
from .steps import (
    DEFAULT,
    READABLE,
    STEP_KINDS,
    UPDATE_RULES,
    Apply,
    Backward,
    Default,
    Effect,
    Grad,
    Input,
    NoGrad,
    Part,
    Read,
    Ref,
    Repeat,
    SetGrad,
    UnknownStep,
    Update,
    ZeroGrad,
    defined_by,
)

_LITERALS = frozenset({type(None), bool, int, float, str, EllipsisType})
_NUMBERS = frozenset({bool, int, float})
_REPEATABLE = frozenset({Ref, int, float})
# The types of the fields of all steps but Apply.
_FIELD_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("name", "what", "label", "rule"), (str,)),
    **dict.fromkeys(("requires_grad", "retain_graph", "create_graph", "allow_unused"), (bool,)),
    **dict.fromkeys(("materialize_grads", "begin", "raised"), (bool,)),
    **dict.fromkeys(("output", "root", "leaf", "of"), (Ref,)),
    **dict.fromkeys(("inputs", "others", "leaves", "settings"), (tuple,)),
    "cotangent": (Default, Ref, Array, type(None)),
    "gradient": (Ref, Array),
}


class Rules:
    """The rules of a program. They are checked step by step, and at the end by `finish`.

    `inputs` are the inputs so far, by the number of the value; `reads` are the readings so far.
    """

    def __init__(self) -> None:
        self._defined = 0
        self.inputs: dict[int, Input] = {}
        self._names: set[str] = set()
        # Checked (op, operands, results): without attributes, applications of one form need one check.
        self._forms: set[tuple[str, int, int]] = set()
        self._depth = 0
        self.reads: list[Read] = []

    def check(self, step: Part) -> None:
        """Check the next step. ProgramError, without the number of the step, when it breaks a rule."""
        if type(step) is Apply:
            self._apply(step)
            self._defined += step.results
            return
        if type(step) is Repeat:
            self._repeat(step)
            return
        if type(step) not in STEP_KINDS:
            known = ", ".join(kind.__name__ for kind in STEP_KINDS)
            raise ProgramError(f"no such step exists; a step is one of {known}")
        self._types(step)
        if isinstance(step, Input):
            self._input(step)
        else:
            self._effect(step)
        self._defined += defined_by(step)

    def _require(self, operand: Any) -> None:
        if type(operand) is Ref:
            if not 0 <= operand.index < self._defined:
                raise ProgramError(f"{operand} is used before it is defined")
        elif isinstance(operand, list | tuple):
            for part in operand:
                self._require(part)
        elif isinstance(operand, slice):
            self._require((operand.start, operand.stop, operand.step))
        elif type(operand) is Array:
            if not _NUMBERS.issuperset(map(type, operand.data)):
                raise ProgramError("an array holds something else than numbers")
            if type(operand.dtype) is not str or {*map(type, operand.shape)} - {int}:
                raise ProgramError("an array has a dtype and a shape of whole numbers")
        elif type(operand) not in _LITERALS:
            raise ProgramError(f"{type(operand).__name__} is no operand")

    def _types(self, step: Input | Grad | Effect) -> None:
        """Check the type of each field, because a program may come from another process."""
        for name, value in zip(step._fields, step, strict=True):
            expected = _FIELD_TYPES[name]
            if type(value) not in expected:
                words = " or ".join(kind.__name__ for kind in expected)
                raise ProgramError(f"{name} is {words}; {type(value).__name__} came")

    def _input(self, step: Input) -> None:
        if step.name in self._names:
            raise ProgramError(f"two inputs are named {step.name!r}")
        self._names.add(step.name)
        self.inputs[self._defined] = step

    def _apply(self, step: Apply) -> None:
        if type(step.op) is not str or type(step.results) is not int:
            raise ProgramError("an op has a name, and a number of results")
        form = (step.op, len(step.operands), step.results)
        if step.attributes or form not in self._forms:
            self._form(step)
            self._forms.add(form)
        defined = self._defined
        for operand in step.operands:
            # Most operands are values, of which there are many in a long program.
            if type(operand) is not Ref or not 0 <= operand.index < defined:
                self._require(operand)

    def _repeat(self, block: Repeat) -> None:
        if type(block.steps) is not tuple or not block.steps:
            raise ProgramError("a block is a tuple of steps")
        if type(block.times) is not int or block.times < 1:
            raise ProgramError("a block is repeated once or more often")
        before = self._defined
        for step in block.steps:
            if type(step) is not Apply or step.attributes:
                raise ProgramError("only ops without attributes can be repeated")
            if not _REPEATABLE.issuperset(map(type, step.operands)):
                raise ProgramError("only ops on values and numbers can be repeated")
            self.check(step)
        # What holds in the first round holds in all: a reference moves on no further than the values do.
        self._defined = before + defined_by(block)

    def _form(self, step: Apply) -> None:
        op = find(step.op)
        if op is None:
            raise ProgramError(f"unknown op {step.op!r}")
        most = len(step.operands) if op.most is None else op.most
        if not op.required <= len(step.operands) <= most:
            raise ProgramError(f"{step.op} takes {op.operands}; {len(step.operands)} operands came")
        if step.results < 1 or (op.results and step.results != op.results):
            raise ProgramError(f"{step.op} gives {op.results} results, not {step.results}")
        if op.operator == "[]" and not step.attributes:
            raise ProgramError(f"{step.op} has no index")
        for name, value in step.attributes:
            if name not in op.attribute_names and not op.has("free"):
                raise ProgramError(f"{step.op} has no attribute {name!r}")
            self._require(value)

    def _effect(self, step: Grad | Effect) -> None:
        match step:
            case Backward():
                self._backward(step)
            case Grad():
                self._cotangent(step.cotangent)
                self._require([step.output, *self._only_refs(step.inputs)])
            case SetGrad(leaf, gradient):
                self._leaves((leaf,))
                self._require(gradient)
            case ZeroGrad(leaves):
                self._leaves(leaves)
            case Update(leaves, rule, settings):
                self._leaves(leaves)
                if not _NUMBERS.issuperset(type(value) for _, value in settings):
                    raise ProgramError("a setting of an update is a number")
                if rule not in UPDATE_RULES:
                    raise ProgramError(f"unknown update rule {rule!r}; {', '.join(UPDATE_RULES)}")
            case NoGrad(begin):
                self._depth += 1 if begin else -1
                if self._depth < 0:
                    raise ProgramError("no_grad ends where none has begun")
            case Read(what, of, _):
                if what not in READABLE:
                    raise ProgramError(f"{what!r} cannot be read; {', '.join(READABLE)} can")
                self._require(of)
                self.reads.append(step)
            case _:
                raise UnknownStep(step)

    def _backward(self, step: Backward) -> None:
        self._cotangent(step.cotangent)
        self._require([step.root, *self._only_refs(step.others)])
        self._leaves(step.inputs)
        if step.others and step.cotangent != DEFAULT:
            raise ProgramError("several roots have the default cotangent each")

    def _cotangent(self, cotangent: Default | Ref | Array | None) -> None:
        if not isinstance(cotangent, Default):
            self._require(cotangent)

    def _only_refs(self, refs: tuple[Ref, ...]) -> tuple[Ref, ...]:
        for ref in refs:
            if type(ref) is not Ref:
                raise ProgramError(f"a value was expected; {type(ref).__name__} came")
        return refs

    def _leaves(self, refs: tuple[Ref, ...]) -> None:
        for ref in self._only_refs(refs):
            if not (ref.index in self.inputs and self.inputs[ref.index].requires_grad):
                raise ProgramError(f"{ref} is not a leaf that requires grad")

    def finish(self) -> None:
        """Check what only the whole program can break. ProgramError when it does."""
        if self._depth:
            raise ProgramError("no_grad is not ended")
        if not self.reads:
            raise ProgramError("nothing is read, so nothing could be compared")
