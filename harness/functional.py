"""`FunctionalEngine`: for libraries that differentiate functions (JAX, HIPS autograd).

Such a library keeps no gradients: it turns a function into another. What torch keeps on tensors (sums
over several backwards, `zero_grad`, moved leaves) is kept by `harness.replay`, and is no finding about
the library.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.array import Array
from harness.engine import Engine
from harness.program import Program
from harness.replay import Replay
from harness.transcript import Transcript, Unsupported


class FunctionalEngine(Engine):
    """A library that differentiates functions.

    An adapter defines `array`, `value`, `vjp` and `functions`: modules or classes in which an op is
    looked for by torch's name, unless it is an operator. Methods of an array are not looked at: they
    are NumPy's, under torch's names and with other meanings.
    """

    # Nothing is kept between two backwards, so that there is no graph to be freed.
    lacks = ("freed-graph",)
    functions: Sequence[object] = ()

    @abstractmethod
    def array(self, array: Array) -> Any:
        """The library's array; a literal of a program becomes one too."""

    @abstractmethod
    def value(self, array: Any) -> Any:
        """The number, nested lists or NumPy array."""

    @abstractmethod
    def vjp(
        self, function: Callable[..., Any], primals: Sequence[Any]
    ) -> tuple[Any, Callable[[Any], Sequence[Any]]]:
        """`function(*primals)`, and a function from its cotangent to those of the primals."""

    def stop_gradient(self, array: Any) -> Any:
        """The same numbers, through which no gradient flows: for `detach` and `no_grad`."""
        raise Unsupported("stop_gradient")

    def constant(self, array: Array) -> Any:
        """An array literal."""
        return self.array(array)

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Walk the steps, and again for each backward."""
        return Replay(self, program, inputs).run()
