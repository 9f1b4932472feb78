"""The functions that a case calls for all steps that are no ops, and the tracing of a case.

- `backward`, `zero_grad`, `no_grad`, `update`, `read`, and `x.grad = ...`: the steps that change or
  observe state.
- `grad`: a gradient as a new value.
- `repeated`: a long chain, of which two links are traced.
- `traced`: calls a function with a symbol for each input, and gives the `Program`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast, overload

from ..errors import CaseError
from ..program import (
    DEFAULT,
    Apply,
    Backward,
    Grad,
    Input,
    NoGrad,
    Program,
    Read,
    Repeat,
    Update,
    ZeroGrad,
    value_number,
)
from .symbol import Pending, Recorder, Symbol, active, as_cotangent, recording, refs


def backward(
    root: Symbol | Sequence[Symbol],
    cotangent: Any = DEFAULT,
    *,
    retain_graph: bool = False,
    inputs: Sequence[Symbol] = (),
) -> None:
    """Accumulate the gradients of `root`, or of several roots, on the leaves, or on `inputs` alone.

    Without a cotangent, the backward of a scalar starts with none, and that of any other shape starts with
    `harness.program.transcript.default_cotangent`. With None, `backward()` is called without an argument for
    any shape. CaseError when there is no root, when a root is no symbol of this case, and outside of a case.
    """
    roots = refs([root] if isinstance(root, Symbol) else root)
    if not roots:
        raise CaseError("a backward starts from one value or several; none came")
    start = as_cotangent(cotangent)
    active().append(Backward(roots[0], start, retain_graph, roots[1:], refs(inputs)))


@overload
def grad(
    output: Symbol,
    inputs: Symbol,
    cotangent: Any = DEFAULT,
    *,
    create_graph: bool = True,
    allow_unused: bool = False,
    materialize_grads: bool = False,
) -> Symbol: ...


@overload
def grad(
    output: Symbol,
    inputs: Sequence[Symbol],
    cotangent: Any = DEFAULT,
    *,
    create_graph: bool = True,
    allow_unused: bool = False,
    materialize_grads: bool = False,
) -> tuple[Symbol, ...]: ...


def grad(
    output: Symbol,
    inputs: Symbol | Sequence[Symbol],
    cotangent: Any = DEFAULT,
    *,
    create_graph: bool = True,
    allow_unused: bool = False,
    materialize_grads: bool = False,
) -> Symbol | tuple[Symbol, ...]:
    """The gradient of `output` by one input, or a tuple of gradients by several; differentiable again.

    The options are those of `torch.autograd.grad`. CaseError when `output` or an input is no symbol of
    this case, and outside of a case.
    """
    several = not isinstance(inputs, Symbol)
    wanted = refs(list(inputs) if several else [cast("Symbol", inputs)])
    options = (create_graph, allow_unused, materialize_grads)
    symbols = active().append(Grad(refs([output])[0], wanted, as_cotangent(cotangent), *options))
    return tuple(symbols) if several else symbols[0]


def zero_grad(*leaves: Symbol) -> None:
    """Forget the gradients of these leaves, or of all leaves. CaseError outside of a case."""
    recorder = active()
    recorder.append(ZeroGrad(refs(leaves) or tuple(recorder.leaves)))


@contextmanager
def no_grad(*, raised: bool = False) -> Iterator[None]:
    """A stretch in which no graph is recorded; with `raised` an exception leaves it, and is caught outside.

    CaseError outside of a case.
    """
    active().append(NoGrad(begin=True))
    yield
    active().append(NoGrad(begin=False, raised=raised))


def update(*leaves: Symbol, rule: str = "sgd", **settings: float) -> None:
    """Move these leaves, or all, by `sgd`, `momentum` or `adam` (see `harness.engine.optimizer`).

    CaseError outside of a case.
    """
    recorder = active()
    step = Update(refs(leaves) or tuple(recorder.leaves), rule, tuple(settings.items()))
    recorder.append(step)


def read(*readings: Symbol | Pending, **named: Symbol) -> None:
    """Record these in the transcript, where they are compared: `read(y, x.grad, y.requires_grad)`.

    A value may be given by the name that reports call it: `read(result=y)`.

    CaseError for an object that is no symbol of this case, and outside of a case.
    """
    for reading in readings:
        if isinstance(reading, Pending):
            active().append(Read(reading.what, reading.of))
        else:
            active().append(Read("value", refs([reading])[0]))
    for name, value in named.items():
        active().append(Read("value", refs([value])[0], name))


def repeated(link: Callable[[Symbol], Symbol], start: Symbol, *, times: int) -> Symbol:
    """`link` of `start`, then `link` of its result, and so on, `times` times: a long chain.

    Only the first two links are traced; the program repeats the second one. A link applies ops without
    attributes to values and numbers, and ends in a result of its own. CaseError when it does anything
    else, and outside of a case. ProgramError, when the program is made, for an attribute or another operand,
    and for fewer than two `times`.
    """
    recorder = active()
    begin = recorder.defined
    first = link(start)
    middle, place = recorder.defined, len(recorder.parts)
    last = link(first).ref.index
    width = recorder.defined - middle
    if not (width == middle - begin == last - first.ref.index and last >= middle):
        raise CaseError(
            "a link of a chain ends in a result of its own, and all links are made alike"
        )
    block = tuple([part for part in recorder.parts[place:] if isinstance(part, Apply)])
    if len(block) < len(recorder.parts) - place:
        raise CaseError("a link of a chain applies ops, and does nothing else")
    recorder.parts[place:] = [Repeat(block, times - 1)]
    recorder.defined += width * (times - 2)
    return Symbol(recorder, value_number(last + width * (times - 2)))


def traced(function: Callable[..., Any], inputs: Mapping[str, bool], /, **statics: Any) -> Program:
    """Call `function` once with a symbol for each input, and give the program that the call has recorded.

    `inputs` maps each name to True when the input requires grad. A function that names no backward and no
    reading gets the usual ending: a backward from the symbol that it returns, then readings of the result
    and of the gradient of every leaf. CaseError when the function breaks a rule of cases, ProgramError
    when its program breaks a rule of programs; besides these, every exception of `function`.
    """
    with recording() as recorder:
        symbols = {}
        for name, requires_grad in inputs.items():
            (symbols[name],) = recorder.append(Input(name, requires_grad))
            if requires_grad:
                recorder.leaves.append(symbols[name].ref)
        _end(recorder, function(**symbols, **statics))
    return Program(tuple(recorder.parts))


def _end(recorder: Recorder, result: Any) -> None:
    if result is not None and not isinstance(result, Symbol):
        raise CaseError(f"a case returns one symbol or nothing; a {type(result).__name__} came")
    kinds = {*map(type, recorder.parts)}
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
