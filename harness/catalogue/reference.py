"""Torch's answers to the cases: the only place where torch is asked.

- `Reference`: torch's transcripts, asked for once per digest, and the tolerances of the comparison.
- `question`: an instance as an engine is asked it. `quietly`: an engine's transcript, without its warnings.
- `dtype_for`: the dtype in which an engine runs.
"""

from __future__ import annotations

import copy
import functools
import warnings
from typing import TYPE_CHECKING

from ..engine import builtin
from ..engine.contract import Engine, EngineInfo, Question
from ..errors import EngineError, NoReference
from ..processes import can_fork
from ..program.arrays import FLOAT_DTYPES
from ..program.transcript import Transcript
from .case import Instance
from .frozen_torch import FrozenTorch
from .reference_cache import ReferenceCache
from .tolerance import MEASURED, Tolerances
from .torch_here import answer

if TYPE_CHECKING:
    from .torch_process import Line, TorchProcess

PYTHON_LIMIT = 1000  # frames: Python's own recursion limit
_SAVED_TOGETHER = 500  # answers that are written to the cache in one step


class Reference:
    """The oracle: torch runs the same program, in the same dtype, once per digest.

    `tolerances` say how near to torch's an answer must be. With `apart` torch runs in a process of its own,
    where this system can fork. `cache` has the answers of earlier runs. Several threads may use a reference
    that has neither. `frozen` takes the place of torch, which need not be installed then.

    Raises EngineError when torch is not installed. A method that asks torch raises NoReference when torch
    cannot be imported, and when `frozen` has no answer.
    """

    def __init__(
        self,
        tolerances: Tolerances = MEASURED,
        *,
        apart: bool = False,
        cache: ReferenceCache | None = None,
        frozen: FrozenTorch | None = None,
    ) -> None:
        self.tolerances, self._cache = tolerances, cache
        self._described = frozen or builtin.ReferenceEngine()
        self._known: dict[str, Transcript] = {}
        self._unsaved: dict[str, Transcript] = {}
        self._apart = apart and can_fork()
        self._process: TorchProcess | None = None
        self._line: Line | None = None
        self._from_cache = 0
        if self._apart and (cache is None or cache.empty):
            self._start(at_once=True)

    @property
    def torch_version(self) -> str:
        """The version of torch, which is known before torch is imported."""
        return self._described.version

    @functools.cached_property
    def engine(self) -> Engine:
        """Torch in this process, which is imported here. NoReference when that fails."""
        if not isinstance(self._described, builtin.ReferenceEngine):
            return self._described
        try:
            return self._described.imported
        except EngineError as problem:
            raise NoReference(str(problem)) from problem

    @property
    def from_cache(self) -> int:
        """The number of readings that this process has taken from the cache."""
        return self._from_cache

    def __call__(self, instance: Instance) -> Transcript:
        """Torch's transcript of the instance."""
        found = self._known.get(instance.digest)
        if found is None:
            found = self._known[instance.digest] = self.ask(instance)
        return found

    def expect(self, instance: Instance) -> None:
        """Announce that the instance will be asked about, so that torch in its process can begin with it.

        This never waits for an answer.
        """
        digest = instance.digest
        if digest in self._known or (self._line is not None and self._line.expects(digest)):
            return
        found = self._cached(digest)
        if found is not None:
            self._known[digest] = found
        elif (line := self._connected()) is not None:
            line.expect(instance)

    def ask(self, instance: Instance) -> Transcript:
        """Torch's transcript, which is not kept: for an instance that is asked about only once."""
        if self._cache is None and self._line is None and not self._apart:
            # Without the digest, by which an answer is found: it takes a sixth of the time of torch.
            return answer(self.engine, instance.program, instance.inputs)
        digest = instance.digest
        expected = self._line is not None and self._line.expects(digest)
        found = None if expected else self._cached(digest)
        if found is None and (line := self._connected()) is not None:
            found = line.answer(instance)
        if found is None:
            found = answer(self.engine, instance.program, instance.inputs)
            if self._cache is not None:
                self._unsaved[digest] = found
                if len(self._unsaved) >= _SAVED_TOGETHER:
                    self._save()
        return found

    def branch(self) -> Reference:
        """Return a reference for a process that is about to be forked, which has a line of its own to torch.

        Call this before the fork.
        """
        if self._apart:
            self._start()
        other = copy.copy(self)
        other._unsaved, other._from_cache = {}, 0
        other._line = None if self._process is None else self._process.line()
        other._process, other._apart = None, False
        return other

    def close(self) -> None:
        """Keep the answers in the cache, and end the process of torch. The reference may be used again."""
        self._save()
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._process is not None:
            self._process.close()
            self._process = None
        if self._cache is not None:
            self._cache.close()

    def _start(self, at_once: bool = False) -> None:
        """Start the process of torch, if it was not started yet."""
        if self._process is None:
            from .torch_process import TorchProcess

            try:
                self._process = TorchProcess(self._cache, at_once)
            except OSError:  # there can be no more process: torch runs in this one
                self._apart = False

    def _connected(self) -> Line | None:
        """The line to torch; None where torch runs in this process."""
        if self._line is None and self._apart:
            self._start()
            self._line = None if self._process is None else self._process.line()
        return self._line

    def _cached(self, digest: str) -> Transcript | None:
        found = None if self._cache is None else self._cache.find(digest)
        if found is not None:
            self._from_cache += len(found.readings)
        return found

    def _save(self) -> None:
        if self._cache is not None and self._unsaved:
            self._cache.keep(self._unsaved)
        self._unsaved.clear()


def dtype_for(engine: Engine, asked: str | None) -> str:
    """The dtype that was asked for, or else the first float dtype of the engine."""
    return dtype_of(engine.info, asked)


def dtype_of(info: EngineInfo, asked: str | None) -> str:
    """The dtype that was asked for, or else the first float dtype of an engine."""
    return asked or next(dtype for dtype in info.dtypes if dtype in FLOAT_DTYPES)


def question(instance: Instance) -> Question:
    """The program and the inputs of the instance, with the recursion limit that its case asks for."""
    limited = "python-recursion-limit" in instance.case.tags
    return Question(instance.program, instance.inputs, PYTHON_LIMIT if limited else None)


def quietly(engine: Engine, instance: Instance) -> Transcript:
    """The engine's transcript of the instance, without the warnings that the engine gives."""
    if engine.out_of_process:
        (transcript,) = engine.run_all([question(instance)])
        return transcript
    # An engine warns of overflow (NumPy) or of one degree of freedom (torch). Its numbers show the same.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return engine.run(instance.program, instance.inputs)
