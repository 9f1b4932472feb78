"""Torch's answers to the cases: the only place where torch is asked.

- `Reference`: torch's transcripts, asked for once per digest.
- `quietly`: an engine's transcript, its warnings kept to itself.
- `dtype_for`: the dtype in which an engine runs.
"""

from __future__ import annotations

import warnings

from harness.catalogue.case import Instance
from harness.engine import builtin
from harness.engine.contract import Engine
from harness.program.arrays import FLOAT_DTYPES
from harness.program.transcript import Transcript

PYTHON_LIMIT = 1000  # frames: what Python allows unless it is told otherwise


class Reference:
    """The oracle: torch runs the same program, in the same dtype, once per digest."""

    def __init__(self) -> None:
        self.engine: Engine = builtin.load(builtin.REFERENCE)
        self._known: dict[str, Transcript] = {}

    def __call__(self, instance: Instance) -> Transcript:
        """Torch's transcript of the instance."""
        if instance.digest not in self._known:
            self._known[instance.digest] = self.ask(instance)
        return self._known[instance.digest]

    def ask(self, instance: Instance) -> Transcript:
        """The same without remembering it, for an instance that will not come again."""
        return quietly(self.engine, instance)


def dtype_for(engine: Engine, asked: str | None) -> str:
    """The dtype asked for, else the one that the engine prefers."""
    return asked or next(dtype for dtype in engine.info.dtypes if dtype in FLOAT_DTYPES)


def quietly(engine: Engine, instance: Instance) -> Transcript:
    """What the engine answers, its warnings kept to itself."""
    if "python-recursion-limit" in instance.case.tags:
        engine = engine.with_recursion_limit(PYTHON_LIMIT)
    if engine.out_of_process:
        return engine.run(instance.program, instance.inputs)
    # What an engine warns of (NumPy: overflow; torch: one degree of freedom) shows in its numbers.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return engine.run(instance.program, instance.inputs)
