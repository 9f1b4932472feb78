"""From a Python function to a program: the function is called once, with symbols.

- Every op of `harness.ops` can be imported from here by its name (`from harness.trace import exp`)
  and is a method of a symbol too; operators work with numbers and NumPy arrays on either side.
- `backward`, `zero_grad`, `no_grad`, `update`, `read`: the steps that change or observe state.
- `grad`: a gradient as a new, differentiable value.
- `traced`: the function and its inputs' names -> `Program`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, cast

from harness.array import Array
from harness.errors import CaseError
from harness.ops import TABLE, Op
from harness.program import (
    DEFAULT,
    Apply,
    Backward,
    Default,
    Grad,
    Input,
    NoGrad,
    Operand,
    Program,
    Read,
    Ref,
    Step,
    Update,
    ZeroGrad,
    defined_by,
)

_active: list[_Recorder] = []


class _Recorder:
    """The steps so far, and how many values they define."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.defined = 0
        self.leaves: list[Ref] = []

    def append(self, step: Step) -> list[Symbol]:
        first = self.defined
        self.steps.append(step)
        self.defined += defined_by(step)
        return [Symbol(self, Ref(k)) for k in range(first, self.defined)]


def _recorder() -> _Recorder:
    if not _active:
        raise CaseError("this is only of use inside a case, while it is traced")
    return _active[-1]


class Pending:
    """A gradient or a flag of a symbol, before `read` takes it: `read(x.grad)`."""

    def __init__(self, what: str, of: Ref) -> None:
        self.what, self.of = what, of


class Symbol:
    """What a case's function gets in place of a number or a tensor: each operation appends a step."""

    __slots__ = ("_recorder", "ref")
    # NumPy must leave `array * symbol` to us.
    __array_ufunc__ = None

    def __init__(self, recorder: _Recorder, ref: Ref) -> None:
        self._recorder, self.ref = recorder, ref

    @property
    def grad(self) -> Pending:
        """This value's gradient, for `read`."""
        return Pending("grad", self.ref)

    @property
    def requires_grad(self) -> Pending:
        """Whether gradients flow to this value, for `read`."""
        return Pending("requires_grad", self.ref)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        op = _op(name)
        return record(op, self) if op.has("property") else _Method(op, self)

    def __getitem__(self, index: Any) -> Any:
        return record(TABLE["getitem"], self, index)

    def _refuse(self, *_: Any) -> NoReturn:
        raise CaseError(
            "a case may not look at a value: it is traced once, and the program would hide the "
            "other branch; use where(condition, a, b)"
        )

    __bool__ = __float__ = __int__ = __index__ = __len__ = __iter__ = __contains__ = _refuse
    __array__ = __complex__ = __round__ = _refuse
    __hash__ = object.__hash__


def _install_operators() -> None:
    infix = {"add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "pow": "pow"}
    infix["matmul"] = "matmul"
    for dunder, name in infix.items():
        op = TABLE[name]
        setattr(Symbol, f"__{dunder}__", lambda a, b, op=op: record(op, a, b))
        setattr(Symbol, f"__r{dunder}__", lambda a, b, op=op: record(op, b, a))
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        setattr(Symbol, f"__{name}__", lambda a, b, op=TABLE[name]: record(op, a, b))
    for name in ("neg", "abs"):
        setattr(Symbol, f"__{name}__", lambda a, op=TABLE[name]: record(op, a))


class _Method:
    """An op bound to its first operand."""

    __slots__ = ("op", "owner")

    def __init__(self, op: Op, owner: Symbol) -> None:
        self.op, self.owner = op, owner

    def __call__(self, *args: Any, **options: Any) -> Any:
        return record(self.op, self.owner, *args, **options)


class _Function:
    """An op as a function. It has a name, so that a variant over ops can show it."""

    __slots__ = ("__name__", "op")

    def __init__(self, op: Op) -> None:
        self.op, self.__name__ = op, op.name

    def __call__(self, *args: Any, **options: Any) -> Any:
        return record(self.op, *args, **options)

    def __repr__(self) -> str:
        return self.op.name


def __getattr__(name: str) -> Any:
    # Called by `from harness.trace import exp` for every name that is not defined here.
    if name in TABLE:
        return _Function(TABLE[name])
    raise AttributeError(f"harness.trace has no {name!r}: {_unknown(name)}")


def _op(name: str) -> Op:
    if name not in TABLE:
        raise CaseError(_unknown(name))
    return TABLE[name]


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, TABLE, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; its row goes to harness/ops.py"
    return f"unknown op {name!r}{hint}"


def record(op: Op, *args: Any, results: int | None = None, **options: Any) -> Any:
    """Append one application of `op`; gives a symbol, or a tuple of them.

    Arguments are placed as torch places them: operands first, then attributes, each also by name.
    `results` says how many values come, for an op whose count depends on its arguments.
    """
    if f"{op.name}_dim" in TABLE and (len(args) > 1 or "dim" in options):
        op = TABLE[f"{op.name}_dim"]
    operands, attributes = _place(op, args, options)
    step = Apply(op.name, operands, attributes, results or op.results or _missing_results(op))
    symbols = _recorder().append(step)
    return symbols[0] if results is None and op.results == 1 else tuple(symbols)


def _missing_results(op: Op) -> NoReturn:
    raise CaseError(f"{op.name} gives as many values as its arguments say: add results=N")


def _place(
    op: Op, args: tuple[Any, ...], options: dict[str, Any]
) -> tuple[tuple[Operand, ...], tuple[tuple[str, Any], ...]]:
    if op.most is None:
        attributes = tuple((name, _operand(value)) for name, value in options.items())
        return tuple(_operand(value) for value in args), attributes
    names = (*op.operand_names, *op.attribute_names)
    signature = f"{op.called or op.name}({', '.join(names)})"
    if len(args) > len(names):
        raise CaseError(f"{signature} takes {len(names)} arguments; {len(args)} came")
    given = dict(zip(names, args, strict=False))
    for name, value in options.items():
        if name not in names or name in given:
            raise CaseError(f"{signature} cannot take {name}={value!r} here")
        given[name] = value
    operands = [given.pop(name) for name in op.operand_names if name in given]
    if len(operands) < op.required:
        raise CaseError(f"{signature} takes {op.required} operands; {len(operands)} came")
    return (
        tuple(_operand(operand) for operand in operands),
        tuple((name, _operand(given[name])) for name in op.attribute_names if name in given),
    )


def _operand(value: Any) -> Operand:
    if isinstance(value, Symbol):
        if value._recorder is not _recorder():
            raise CaseError("a symbol of another case was used")
        return value.ref
    # First, because `numpy.float64` is a float too, which a program could not hold as it is.
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return Array.of(value.tolist(), str(value.dtype))
    if value is None or value is ... or isinstance(value, bool | int | float | str | Array):
        return cast("Operand", value)
    if isinstance(value, list | tuple):
        return type(value)(_operand(part) for part in value)
    if isinstance(value, slice):
        return slice(_operand(value.start), _operand(value.stop), _operand(value.step))
    raise CaseError(f"a {type(value).__name__} cannot be an operand")


def _refs(symbols: Sequence[Symbol]) -> tuple[Ref, ...]:
    return tuple(cast("Ref", _operand(symbol)) for symbol in symbols)


def _cotangent(value: Any) -> Default | Ref | Array | None:
    if isinstance(value, bool | int | float | list):
        return Array.of(value)
    return value if isinstance(value, Default) else cast("Ref | Array | None", _operand(value))


def backward(root: Symbol, cotangent: Any = DEFAULT, *, retain_graph: bool = False) -> None:
    """Accumulate the gradients of `root` on the leaves.

    Without a cotangent a scalar gets none and any other shape the fixed one of
    `harness.transcript.default_cotangent`; None calls `backward()` bare whatever the shape.
    """
    _recorder().append(Backward(_refs([root])[0], _cotangent(cotangent), retain_graph))


def grad(output: Symbol, inputs: Symbol | Sequence[Symbol], cotangent: Any = DEFAULT) -> Any:
    """The gradient of `output` by one input, or a tuple by several; differentiable again."""
    several = not isinstance(inputs, Symbol)
    wanted = _refs(list(inputs) if several else [cast("Symbol", inputs)])
    step = Grad(_refs([output])[0], wanted, _cotangent(cotangent))
    symbols = _recorder().append(step)
    return tuple(symbols) if several else symbols[0]


def zero_grad(*leaves: Symbol) -> None:
    """Forget the gradients of the leaves named, or of all."""
    recorder = _recorder()
    recorder.append(ZeroGrad(_refs(leaves) or tuple(recorder.leaves)))


@contextmanager
def no_grad() -> Iterator[None]:
    """A stretch in which no graph is recorded."""
    _recorder().append(NoGrad(begin=True))
    yield
    _recorder().append(NoGrad(begin=False))


def update(*leaves: Symbol, rule: str = "sgd", **settings: float) -> None:
    """Move the leaves named, or all, by `sgd`, `momentum` or `adam` (see `harness.optimizer`)."""
    recorder = _recorder()
    step = Update(_refs(leaves) or tuple(recorder.leaves), rule, tuple(settings.items()))
    recorder.append(step)


def read(*readings: Symbol | Pending) -> None:
    """Compare these: `read(y, x.grad, y.requires_grad)`."""
    for reading in readings:
        if isinstance(reading, Pending):
            _recorder().append(Read(reading.what, reading.of))
        else:
            _recorder().append(Read("value", _refs([reading])[0]))


def traced(function: Callable[..., Any], inputs: Mapping[str, bool], /, **statics: Any) -> Program:
    """Call `function` once with a symbol per input and give the program that it traced.

    `inputs` maps each name to whether it requires grad. A function that names no backward and no
    reading gets the usual ending: backward from what it returns, then the result and the gradient
    of every leaf are read. CaseError or ProgramError when a rule is broken.
    """
    recorder = _Recorder()
    _active.append(recorder)
    try:
        symbols = {}
        for name, requires_grad in inputs.items():
            (symbols[name],) = recorder.append(Input(name, requires_grad))
            if requires_grad:
                recorder.leaves.append(symbols[name].ref)
        _end(recorder, function(**symbols, **statics))
    finally:
        _active.pop()
    return Program(tuple(recorder.steps))


def _end(recorder: _Recorder, result: Any) -> None:
    if result is not None and not isinstance(result, Symbol):
        raise CaseError(f"a case returns one symbol or nothing; a {type(result).__name__} came")
    kinds = {type(step) for step in recorder.steps}
    if Read in kinds:
        return
    if Backward not in kinds:
        if result is None:
            raise CaseError("a case that names no backward returns the symbol to start from")
        recorder.append(Backward(result.ref))
    if result is not None:
        recorder.append(Read("value", result.ref, "result"))
    for leaf in recorder.leaves:
        recorder.append(Read("grad", leaf))


_install_operators()
