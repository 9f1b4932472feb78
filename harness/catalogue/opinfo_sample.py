"""One sample of torch's OpInfo database becomes a case, where a program can hold it.

A sample becomes a case when torch, called by the op's public name, gives the same answer as the
database's own callable. Otherwise the case would not test the op that it names. Samples whose answer is
drawn at random are left out too.

- `sample_case`: the case of a sample, or None.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..errors import CaseError, ProgramError
from ..program.arrays import Array
from ..program.op_table import free
from ..program.transcript import Transcript
from ..trace import backward, read
from ..trace.symbol import Symbol, record
from .case import Case
from .recipes import Recipe, literal
from .reference import Reference

FAMILY = "opinfo"
_ORIGIN = "torch/testing/_internal/common_methods_invocations.py:0"
_DTYPES = ("float64", "int64", "bool")


def sample_case(id: str, op: Any, sample: Any, refused: bool = False) -> Case | None:
    """The case of a sample of the op, or None where a program cannot hold the sample.

    `refused` says that torch must raise on this sample.
    """
    wrapped = _Sample(op, sample, refused)
    try:
        return wrapped.case(id)
    except (_NotAProgram, CaseError, ProgramError, TypeError, AttributeError):
        return None


class _Sample:
    """One SampleInput: its tensors become inputs, everything else stays literal."""

    def __init__(self, op: Any, sample: Any, refused: bool) -> None:
        self.op, self.sample, self.refused = op, sample, refused
        self.tensors: list[Any] = []
        self.args = self._lift((sample.input, *sample.args))
        self.options = {key: self._lift(value) for key, value in sample.kwargs.items()}
        self.results: list[Any] = []
        self.differentiable: list[bool] = []

    def _lift(self, value: Any) -> Any:
        """The argument with a `_Place` for each of its tensors."""
        import torch

        if isinstance(value, torch.Tensor):
            self.tensors.append(value)
            return _Place(len(self.tensors) - 1)
        if isinstance(value, torch.Size):
            return tuple(value)
        if isinstance(value, list | tuple):
            return type(value)([self._lift(part) for part in value])
        return value

    def case(self, id: str) -> Case | None:
        """The case, or None where torch answers differently when it is called by name."""
        inputs = {f"x{k}": _recipe(tensor) for k, tensor in enumerate(self.tensors)}
        if not self.refused:
            self._observe()
        tags = (FAMILY, "error") if self.refused else (FAMILY,)
        case = Case(id, self._function(), inputs, {}, "torch", tags, "stable", None, _ORIGIN)
        return case if self._means_the_same(case) else None

    def _observe(self) -> None:
        """Call the database's own callable; note the results and which have a gradient."""
        sample = self.sample
        try:
            answered = self.op(sample.input, *sample.args, **sample.kwargs)
        except (RuntimeError, LookupError, ValueError) as refused:
            raise _NotAProgram from refused
        self.results = _outputs(answered)
        self.differentiable = [result.requires_grad for result in self.results]
        if not any(self.differentiable):
            raise _NotAProgram

    def _function(self) -> Callable[..., None]:
        """The function that a person would write for this sample."""

        def function(**leaves: Symbol) -> None:
            symbols = list(leaves.values())
            args = [_fill(part, symbols) for part in self.args]
            options = {key: _fill(part, symbols) for key, part in self.options.items()}
            count = max(len(self.differentiable), 1)
            results = record(free(f"torch.{self.op.name}"), *args, results=count, **options)
            for symbol, flows in zip(results, self.differentiable, strict=False):
                if flows:
                    backward(symbol, retain_graph=True)
            read(*results)
            read(*(s.grad for s, t in zip(symbols, self.tensors, strict=True) if t.requires_grad))

        function.__doc__ = f"torch.{self.op.name} on a sample of torch's own"
        if self.refused:
            function.__doc__ = f"torch.{self.op.name} on an input that it refuses"
        return function

    def _means_the_same(self, case: Case) -> bool:
        """True when torch, called by name, answers as the database's callable does."""
        import torch

        before = torch.get_rng_state()
        transcript = _reference().ask(case.instance(0, "float64"))
        if not torch.equal(before, torch.get_rng_state()):
            return False  # drawn at random
        stop = transcript.stop
        if self.refused:
            # The step after the inputs is the op.
            return stop is not None and (stop.kind, stop.step) == ("raised", len(case.inputs))
        return stop is None and self._has_the_results(transcript)

    def _has_the_results(self, transcript: Transcript) -> bool:
        import torch

        for reading, result in zip(transcript.readings, self.results, strict=False):
            if not isinstance(reading, Array):
                return False
            got = torch.tensor(reading.data, dtype=torch.float64).reshape(reading.shape)
            want = result.detach().double()
            # Torch's rounding of a sum depends on where its memory lies, so that two calls differ.
            if got.shape != want.shape or not torch.allclose(got, want, 1e-7, 1e-7, equal_nan=True):
                return False
        return True


@functools.cache
def _reference() -> Reference:
    return Reference()


class _NotAProgram(Exception):
    """A program cannot hold this sample: complex numbers, sparse tensors, or no gradient."""


class _Place:
    """The place of input number `index` among the arguments."""

    def __init__(self, index: int) -> None:
        self.index = index


def _fill(value: Any, symbols: list[Symbol]) -> Any:
    """The argument with the symbols in their places."""
    if isinstance(value, _Place):
        return symbols[value.index]
    if isinstance(value, list | tuple):
        return type(value)([_fill(part, symbols) for part in value])
    return value


def _recipe(tensor: Any) -> Recipe:
    import torch

    dtype = str(tensor.dtype).removeprefix("torch.")
    if tensor.layout is not torch.strided or dtype not in _DTYPES or tensor.is_meta:
        raise _NotAProgram
    array = Array.of_flat(tensor.detach().flatten().tolist(), tuple(tensor.shape), dtype)
    floating = dtype == "float64"
    return literal(array, None if floating else dtype, requires_grad=tensor.requires_grad)


def _outputs(answered: Any) -> list[Any]:
    import torch

    results = list(answered) if isinstance(answered, list | tuple) else [answered]
    for result in results:
        if not isinstance(result, torch.Tensor) or result.is_complex() or result.is_sparse:
            raise _NotAProgram
        if result.layout is not torch.strided:
            raise _NotAProgram
    return results
