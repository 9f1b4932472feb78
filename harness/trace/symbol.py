"""Symbols: a case's function gets them in place of numbers, and each operation on them appends a step.

- `Symbol`: has every op of `harness.program.op_table` as a method. Its operators take a number or a NumPy
  array on either side.
- `Function`, `record`: an op as a function, and its application.
- `recording`, `active`: the recorder of the case that is being traced; `Recorder`: its steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, cast

from ..errors import CaseError
from ..program import (
    Apply,
    Default,
    Operand,
    Part,
    Ref,
    SetGrad,
    Step,
    defined_by,
    value_number,
)
from ..program.arrays import Array
from ..program.op_table import TABLE
from ..program.ops import INFIX, Op, set_infix
from .op_call import placed, row

# One recorder for each case that is being traced, the innermost last. `recording` alone changes it.
_STACK: list[Recorder] = []


class Recorder:
    """The steps so far, and how many values they define."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.defined = 0
        self.leaves: list[Ref] = []

    def append(self, step: Step) -> list[Symbol]:
        """Append a step, and give a symbol for each value that it defines."""
        first = self.defined
        self.parts.append(step)
        self.defined += step.results if type(step) is Apply else defined_by(step)
        return [Symbol(self, value_number(number)) for number in range(first, self.defined)]


@contextmanager
def recording() -> Iterator[Recorder]:
    """Give a fresh recorder, and make it the active one until the block ends."""
    recorder = Recorder()
    _STACK.append(recorder)
    try:
        yield recorder
    finally:
        _STACK.pop()


def active() -> Recorder:
    """The recorder of the innermost `recording` block. CaseError outside of one."""
    if not _STACK:
        raise CaseError("this works only inside a case, while the case is traced")
    return _STACK[-1]


class Pending:
    """A gradient or a flag of a symbol, before `read` takes it: `read(x.grad)`."""

    def __init__(self, what: str, of: Ref) -> None:
        self.what, self.of = what, of


class Symbol:
    """Stands for a number or a tensor while a case is traced. Each operation on it appends a step."""

    __slots__ = ("_recorder", "ref")
    # With this NumPy leaves `array * symbol` to `__rmul__`.
    __array_ufunc__ = None

    def __init__(self, recorder: Recorder, ref: Ref) -> None:
        self._recorder, self.ref = recorder, ref

    @property
    def grad(self) -> Pending:
        """This value's gradient, for `read`; assigning numbers or a symbol sets it."""
        return Pending("grad", self.ref)

    @grad.setter
    def grad(self, gradient: Any) -> None:
        self._recorder.append(SetGrad(self.ref, cast("Ref | Array", as_cotangent(gradient))))

    @property
    def requires_grad(self) -> Pending:
        """True when gradients flow to this value, for `read`."""
        return Pending("requires_grad", self.ref)

    def __getattr__(self, name: str) -> _Attribute:
        if name.startswith("__"):
            raise AttributeError(name)
        op = row(name)
        found: Any = record(op, self) if op.has("property") else _Method(op, self)
        return found  # type: ignore[no-any-return] # either of the two things that `_Attribute` can be

    def __getitem__(self, index: Any) -> Symbol:
        chosen: Symbol = record(TABLE["getitem"], self, index)
        return chosen

    def __setitem__(self, index: Any, value: Any) -> None:
        record(TABLE["setitem"], self, value, index)

    def __neg__(self) -> Any:
        return record(TABLE["neg"], self)

    def __abs__(self) -> Any:
        return record(TABLE["abs"], self)

    def _refuse(self, *_: Any) -> NoReturn:
        raise CaseError(
            "a case may not look at a value: it is traced once, and the program would hide the "
            "other branch; use where(condition, a, b)"
        )

    __bool__ = __float__ = __int__ = __index__ = __len__ = __contains__ = _refuse
    __array__ = __complex__ = __round__ = _refuse
    __hash__ = object.__hash__

    if TYPE_CHECKING:
        # For type checkers alone: `_install_operators` makes the operators. An op that gives several values
        # has the type of one symbol, which can be unpacked, because the number of values is not in its type.
        def __iter__(self) -> Iterator[Symbol]: ...
        def _operator(self, *_: Any) -> Symbol: ...

        __add__ = __sub__ = __mul__ = __truediv__ = __pow__ = __matmul__ = _operator
        __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rpow__ = __rmatmul__ = _operator
        __lt__ = __le__ = __gt__ = __ge__ = __neg__ = __abs__ = _operator
        __eq__ = __ne__ = _operator  # type: ignore[assignment] # an op here, where object gives a bool
    else:
        __iter__ = _refuse


class _Method:
    """An op bound to its first operand."""

    __slots__ = ("op", "owner")

    def __init__(self, op: Op, owner: Symbol) -> None:
        self.op, self.owner = op, owner

    def __call__(self, *args: Any, **options: Any) -> Any:
        return record(self.op, self.owner, *args, **options)


class Function:
    """An op as a function. It has a `__name__`, so that a case with one variant for each op can show it."""

    __slots__ = ("__name__", "op")

    def __init__(self, op: Op) -> None:
        self.op, self.__name__ = op, op.name

    def __call__(self, *args: Any, **options: Any) -> Symbol:
        """Append one application of the op. Takes, gives and raises what `record` does."""
        applied: Symbol = record(self.op, *args, **options)
        return applied

    def __repr__(self) -> str:
        return self.op.name


if TYPE_CHECKING:

    class _Attribute(Symbol):
        """An op as an attribute of a symbol: a property is a symbol, a method is called."""

        def __call__(self, *args: Any, **options: Any) -> Symbol:
            """Append one application of the op."""


def record(op: Op, *args: Any, results: int | None = None, **options: Any) -> Any:
    """Append one application of `op`, and give a symbol, or a tuple of symbols for several results.

    Arguments stand where torch has them: operands first, then attributes; each may be given by name.
    `results` is the number of values of an op whose arguments decide it. CaseError when the arguments do
    not fit the op, when one cannot be an operand, when `results` is missing, and outside of a case.
    """
    if (len(args) > 1 or "dim" in options) and op.with_dim:
        op = TABLE[op.with_dim]
    given, named = placed(op, args, options)
    operands = tuple([_operand(value) for value in given])
    attributes = tuple([(name, _operand(value)) for name, value in named])
    step = Apply(op.name, operands, attributes, results or op.results or _missing_results(op))
    symbols = active().append(step)
    return symbols[0] if results is None and op.results == 1 else tuple(symbols)


def _infix(op: str, left: Any, right: Any) -> Symbol:
    # `record` for two operands and nothing else: long chains are made of this.
    return active().append(Apply(op, (_operand(left), _operand(right))))[0]


def _missing_results(op: Op) -> NoReturn:
    raise CaseError(f"{op.name}: the arguments decide how many values it gives; add results=N")


def _operand(value: Any) -> Operand:
    kind = type(value)
    if kind is Symbol:
        if value._recorder is not active():
            raise CaseError("a symbol of another case was used")
        return cast("Ref", value.ref)
    if kind is float or kind is int:
        return cast("Operand", value)
    # Before the next test, because `numpy.float64` is a float too, and a program holds no NumPy objects.
    if kind.__module__ == "numpy" and hasattr(value, "tolist"):
        return Array.of(value.tolist(), str(value.dtype))
    if value is None or value is ... or isinstance(value, bool | int | float | str | Array):
        return cast("Operand", value)
    if isinstance(value, list | tuple):
        return type(value)(_operand(part) for part in value)
    if isinstance(value, slice):
        return slice(_operand(value.start), _operand(value.stop), _operand(value.step))
    raise CaseError(f"a {type(value).__name__} cannot be an operand")


def refs(symbols: Sequence[Symbol]) -> tuple[Ref, ...]:
    """The references of symbols. CaseError for another case's symbol and for an object that is no operand."""
    return tuple(cast("Ref", _operand(symbol)) for symbol in symbols)


def as_cotangent(value: Any) -> Default | Ref | Array | None:
    """A cotangent as a step holds it: numbers become an array, a symbol becomes its reference.

    ValueError when a nested list is ragged. CaseError for an object that cannot be an operand.
    """
    if isinstance(value, bool | int | float | list):
        return Array.of(value)
    return value if isinstance(value, Default) else cast("Ref | Array | None", _operand(value))


set_infix(Symbol, [op for op in TABLE.values() if op.operator in INFIX], _infix)
