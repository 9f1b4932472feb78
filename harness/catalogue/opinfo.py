"""torch's own sample inputs as cases: `opinfo/<op>[k]`, and `opinfo/<op>[error-k]`.

The samples come from the OpInfo database of torch's test suite
(`torch.testing._internal.common_methods_invocations.op_db`), which is private: the import is guarded,
and what it needs is the extra `gradconform[opinfo]`. A sample becomes a case when torch, called by the
op's public name, answers as the database's own callable does; the others are left out, because they
would test something else than they say. So are those whose answer is drawn at random.
"""

from __future__ import annotations

import fnmatch
import functools
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from harness.catalogue.case import Case
from harness.catalogue.recipes import Recipe, literal
from harness.catalogue.reference import Reference
from harness.errors import CaseError, NothingSelected, ProgramError, UsageError
from harness.program.arrays import Array
from harness.program.op_table import free
from harness.trace import backward, read
from harness.trace.symbol import Symbol, record

FAMILY = "opinfo"


@functools.cache
def _database() -> dict[str, Any]:
    """The entries by name, those that have float64 gradients. UsageError when it is not there."""
    try:
        import torch
        from torch.testing._internal.common_methods_invocations import op_db
    except ImportError as problem:
        raise UsageError(
            f"the OpInfo samples of torch cannot be imported ({problem}); "
            "install gradconform[opinfo], or a torch release whose private module still is "
            "torch.testing._internal.common_methods_invocations"
        ) from problem
    return {
        ".".join(filter(None, (op.name, op.variant_test_name))): op
        for op in op_db
        if op.supports_autograd and torch.float64 in op.dtypes
    }


def names() -> frozenset[str]:
    """The ops that have samples."""
    return frozenset(_database())


def select(globs: Sequence[str]) -> list[Case]:
    """The samples whose ids match a glob. NothingSelected when a glob matches none."""
    chosen: dict[str, Case] = {}
    for glob in globs:
        pattern = glob.replace("[", "[[]")
        # Only ops that could match are sampled: the whole database takes half a minute.
        prefix = glob.partition("[")[0].rstrip("*")
        names = [n for n in _database() if f"{FAMILY}/{n}".startswith(prefix) or "*" in prefix]
        found = [c for n in names for c in samples_of(n) if fnmatch.fnmatchcase(c.id, pattern)]
        if not found:
            raise NothingSelected(f"no case matches {glob!r}; see `gradconform cases 'opinfo/*'`")
        chosen.update((case.id, case) for case in found)
    return list(chosen.values())


@functools.cache
def samples_of(name: str) -> tuple[Case, ...]:
    """The cases of one op: its samples, then the inputs that it must refuse."""
    with warnings.catch_warnings():
        # Deprecated ops warn; they are still conformance.
        warnings.simplefilter("ignore")
        return tuple(_cases(name, _database()[name]))


def _cases(name: str, op: Any) -> Iterator[Case]:
    import torch

    # Seeded per op, so that a sample is the same whatever else was selected.
    torch.manual_seed(0)
    samples = op.sample_inputs("cpu", torch.float64, requires_grad=True)
    for index, sample in enumerate(samples):
        case = _Sample(op, sample).case(f"{FAMILY}/{name}[{index}]")
        if case is not None:
            yield case
    if op.error_inputs_func is None:
        return
    for index, refused in enumerate(op.error_inputs("cpu")):
        sample = _Sample(op, refused.sample_input, refused.error_regex)
        case = sample.case(f"{FAMILY}/{name}[error-{index}]")
        if case is not None:
            yield case


class _Sample:
    """One SampleInput: its tensors become inputs, everything else stays literal."""

    def __init__(self, op: Any, sample: Any, refusal: str = "") -> None:
        self.op, self.sample, self.refusal = op, sample, refusal
        self.tensors: list[Any] = []
        self.args = self._lift((sample.input, *sample.args))
        self.options = {key: self._lift(value) for key, value in sample.kwargs.items()}
        self.differentiable: list[bool] = []

    def _lift(self, value: Any) -> Any:
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
        """The case, or None where the sample cannot be said as a program."""
        try:
            inputs = {f"x{k}": _recipe(tensor) for k, tensor in enumerate(self.tensors)}
            if not self.refusal:
                self._observe()
            case = Case(
                id,
                self._function(),
                inputs,
                {},
                "torch",
                (FAMILY, "error") if self.refusal else (FAMILY,),
                "stable",
                None,
                "torch/testing/_internal/common_methods_invocations.py:0",
            )
            return case if self._means_the_same(case) else None
        except (_CannotBeSaid, CaseError, ProgramError, TypeError, AttributeError):
            return None

    def _observe(self) -> None:
        """Call the database's own callable; note the results and which have a gradient."""
        sample = self.sample
        try:
            answered = self.op(sample.input, *sample.args, **sample.kwargs)
        except (RuntimeError, LookupError, ValueError) as refused:
            raise _CannotBeSaid from refused
        self.results = _outputs(answered)
        self.differentiable = [result.requires_grad for result in self.results]
        if not any(self.differentiable):
            raise _CannotBeSaid

    def _function(self) -> Callable[..., None]:
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
        if self.refusal:
            function.__doc__ = f"torch.{self.op.name} on an input that it refuses"
        return function

    def _means_the_same(self, case: Case) -> bool:
        """Whether torch, called by name, answers as the database's callable does."""
        import torch

        before = torch.get_rng_state()
        transcript = _reference().ask(case.instance(0, "float64"))
        if not torch.equal(before, torch.get_rng_state()):
            return False  # drawn at random
        if self.refusal:
            stop = transcript.stop
            applied = len(case.inputs)
            return stop is not None and (stop.kind, stop.step) == ("raised", applied)
        if transcript.stop is not None:
            return False
        for reading, result in zip(transcript.readings, self.results, strict=False):
            if not isinstance(reading, Array):
                return False
            got = torch.tensor(reading.data, dtype=torch.float64).reshape(reading.shape)
            want = result.detach().double()
            # Torch itself rounds a sum by where its memory lies, so that two calls differ.
            if got.shape != want.shape or not torch.allclose(got, want, 1e-7, 1e-7, equal_nan=True):
                return False
        return True


@functools.cache
def _reference() -> Reference:
    return Reference()


class _CannotBeSaid(Exception):
    """A sample with complex numbers, sparse tensors, or no gradient."""


class _Place:
    """Where input number `index` stands among the arguments."""

    def __init__(self, index: int) -> None:
        self.index = index


def _fill(value: Any, symbols: list[Symbol]) -> Any:
    if isinstance(value, _Place):
        return symbols[value.index]
    if isinstance(value, list | tuple):
        return type(value)([_fill(part, symbols) for part in value])
    return value


_DTYPES = ("float64", "int64", "bool")


def _recipe(tensor: Any) -> Recipe:
    import torch

    dtype = str(tensor.dtype).removeprefix("torch.")
    if tensor.layout is not torch.strided or dtype not in _DTYPES or tensor.is_meta:
        raise _CannotBeSaid
    array = Array.of_flat(tensor.detach().flatten().tolist(), tuple(tensor.shape), dtype)
    floating = dtype == "float64"
    return literal(array, None if floating else dtype, requires_grad=tensor.requires_grad)


def _outputs(answered: Any) -> list[Any]:
    import torch

    results = list(answered) if isinstance(answered, list | tuple) else [answered]
    for result in results:
        if not isinstance(result, torch.Tensor) or result.is_complex() or result.is_sparse:
            raise _CannotBeSaid
        if result.layout is not torch.strided:
            raise _CannotBeSaid
    return results
