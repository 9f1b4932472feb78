"""`EagerEngine`: for libraries that compute as they go.

An author writes `leaf`, `value`, `grad` and `backward`, about ten lines.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

from ..program import Program
from ..program.arrays import Array, NotOneNumber
from ..program.transcript import Transcript
from .contract import Engine
from .eager_walk import EagerWalk
from .library import EagerLibrary


class EagerEngine(EagerLibrary, Engine):
    """An engine that computes as it goes and keeps gradients on its leaves.

    An adapter defines `leaf`, `value`, `grad` and `backward`. `functions` are modules or classes in
    which ops are looked for when they are neither operators nor methods. The other methods of
    `harness.engine.library.EagerLibrary` are optional.
    """

    def holds_arrays(self) -> bool:
        """Return False when `leaf` asks an array for its one number."""
        try:
            self.leaf(Array.of([1.0, 2.0]), False)
        except NotOneNumber:
            return False
        except Exception:
            return True  # a finding of the cases
        return True

    def started_by_hand(self) -> EagerEngine:
        """Return an engine that writes with `set_grad`. Where there is none, each backward is unsupported."""
        found = copy.copy(self)
        found.starts_by_hand = True
        return found

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Walk the steps (see `harness.engine.eager_walk`)."""
        return EagerWalk(self, program, inputs).run()
