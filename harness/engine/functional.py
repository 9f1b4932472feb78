"""`FunctionalEngine`: for libraries that differentiate functions (JAX, HIPS autograd).

Such a library keeps no gradients: it turns a function into another. What torch keeps on tensors (sums
over several backwards, `zero_grad`, moved leaves) is kept by `harness.engine.replay`, and is no finding about
the library.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.engine.contract import Engine
from harness.engine.library import FunctionalLibrary
from harness.engine.replay import Replay
from harness.program import Program
from harness.program.arrays import Array
from harness.program.transcript import Transcript


class FunctionalEngine(FunctionalLibrary, Engine):
    """A library that differentiates functions.

    An adapter defines `array`, `value`, `vjp` and `functions`: modules or classes in which an op is
    looked for by torch's name, unless it is an operator. Methods of an array are not looked at: they
    are NumPy's, under torch's names and with other meanings.
    """

    # Nothing is kept between two backwards, so that there is no graph to be freed.
    lacks = ("freed-graph",)

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Walk the steps, and again for each backward."""
        return Replay(self, program, inputs).run()
