"""`FunctionalEngine`: for libraries that differentiate functions (JAX, HIPS autograd).

A library of this kind keeps no gradients; it turns a function into another one. torch keeps sums over several
backwards, gradients that `zero_grad` forgets, and moved leaves. `harness.engine.replay` keeps these here, so
they are no finding about the library.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..program import Program
from ..program.arrays import Array
from ..program.transcript import Transcript
from .contract import Engine
from .library import FunctionalLibrary
from .replay import Replay


class FunctionalEngine(FunctionalLibrary, Engine):
    """A library that differentiates functions.

    An adapter defines `array`, `value`, `vjp` and `functions`: modules or classes in which an op is
    looked for by torch's name, unless it is an operator. Methods of an array are not looked at, because
    they are NumPy's and differ from torch's methods of the same name.
    """

    # A library of this kind keeps no graph between two backwards, so no graph can be freed.
    lacks = ("freed-graph",)

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Walk the steps once, and again for each backward (see `harness.engine.replay`).

        UnknownStep for an unknown kind of step; no other exception.
        """
        return Replay(self, program, inputs).run()
