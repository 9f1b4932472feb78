"""Torch in this process.

- `answer`: torch's transcript of a program.
- `no_cache_folder`: a context in which torch is used.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..engine.contract import Engine
from ..program import Program
from ..program.arrays import Array
from ..program.transcript import Transcript

_CACHE = "TORCHINDUCTOR_CACHE_DIR"


def answer(engine: Engine, program: Program, inputs: Mapping[str, Array]) -> Transcript:
    """Return the transcript of `engine`, which is torch, without warnings. Raises as `Engine.run` does."""
    # Torch warns of one degree of freedom, for example. Its numbers show the same.
    with no_cache_folder(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return engine.run(program, inputs)


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
