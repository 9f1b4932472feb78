"""Torch's answers to the cases: the only place where torch is asked.

- `Reference`: torch's transcripts, asked for once per digest, and the tolerances of the comparison.
- `quietly`: an engine's transcript, without its warnings.
- `no_cache_folder`: a context in which torch is used.
- `dtype_for`: the dtype in which an engine runs.
"""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from ..engine import builtin
from ..engine.contract import Engine
from ..program.arrays import FLOAT_DTYPES
from ..program.transcript import Transcript
from .case import Instance
from .tolerance import MEASURED, Tolerances

_CACHE = "TORCHINDUCTOR_CACHE_DIR"
PYTHON_LIMIT = 1000  # frames: Python's own recursion limit


class Reference:
    """The oracle: torch runs the same program, in the same dtype, once per digest.

    `tolerances` say how near to torch's an answer must be. Raises EngineError when torch is not installed. A
    method that asks torch raises it when torch cannot be imported.
    """

    def __init__(self, tolerances: Tolerances = MEASURED) -> None:
        self.tolerances = tolerances
        self._described = builtin.ReferenceEngine()
        self._known: dict[str, Transcript] = {}

    @property
    def torch_version(self) -> str:
        """The version of torch, which is known before torch is imported."""
        return self._described.version

    @functools.cached_property
    def engine(self) -> Engine:
        """Torch in this process, which is imported here."""
        return self._described.imported

    @property
    def from_cache(self) -> int:
        """The number of answers that came from the cache."""
        return 0

    def __call__(self, instance: Instance) -> Transcript:
        """Torch's transcript of the instance."""
        if instance.digest not in self._known:
            self._known[instance.digest] = self.ask(instance)
        return self._known[instance.digest]

    def knows(self, instance: Instance) -> bool:
        """True when torch has answered the instance already, so that asking costs nothing."""
        return instance.digest in self._known

    def expect(self, instance: Instance) -> None:
        """Announce that the instance will be asked, so that torch can begin while this process does more."""

    def ask(self, instance: Instance) -> Transcript:
        """Torch's transcript, which is not kept: for an instance that is asked about only once."""
        with no_cache_folder():
            return quietly(self.engine, instance)

    def branch(self) -> Reference:
        """Return a reference for a process that is about to be forked. Call this before the fork."""
        return self

    def close(self) -> None:
        """End what the reference has started. It may be used again."""


@contextmanager
def no_cache_folder() -> Iterator[None]:
    """Keep torch from leaving a folder for compiled code among the temporary files. Nothing is compiled here.

    Some second derivatives, and torch's own samples, import `torch._dynamo.package`, which makes the folder
    that this variable names. Here it names one that exists.
    """
    if _CACHE in os.environ or "torch._dynamo.package" in sys.modules:
        yield
        return
    os.environ[_CACHE] = tempfile.gettempdir()
    try:
        yield
    finally:
        del os.environ[_CACHE]


def dtype_for(engine: Engine, asked: str | None) -> str:
    """The dtype that was asked for, or else the first float dtype of the engine."""
    return asked or next(dtype for dtype in engine.info.dtypes if dtype in FLOAT_DTYPES)


def quietly(engine: Engine, instance: Instance) -> Transcript:
    """The engine's transcript of the instance, without the warnings that the engine gives."""
    if "python-recursion-limit" in instance.case.tags:
        engine = engine.with_recursion_limit(PYTHON_LIMIT)
    if engine.out_of_process:
        return engine.run(instance.program, instance.inputs)
    # An engine warns of overflow (NumPy) or of one degree of freedom (torch). Its numbers show the same.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return engine.run(instance.program, instance.inputs)
