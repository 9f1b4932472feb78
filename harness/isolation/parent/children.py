"""The children of one engine: one after the other, because each may die.

- `Children`: opens a child, checks what it says of the engine, and opens the next one.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...engine import spelling
from ...engine.contract import EngineInfo
from ...errors import EngineError, MachineError
from ...text import several_lines
from ..limits import Limits
from ..wire import ProtocolError, counts, text, texts
from . import machine
from .process import ChildProcess, Crash
from .request import Request
from .staging import stage
from .walls import Wall

_DTYPES = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int8", "bool")
# One of these is judged unless an option names a dtype: the bounds of narrower ones let wrong numbers pass.
_JUDGED = ("float64", "float32")
_MOST_NOTES, _MOST_TAGS, _MOST_WORK = 20, 100, 1000
_LEAST = 0.02  # seconds


class Children:
    """The first child is opened at once. Each must say the same of the engine.

    `child` is the last one, `restarts` counts those after the first. In `info`, all but `name` and `wall` is
    untrusted text, made harmless by `harness.isolation.wire.text`. `said` is the part that each child has to
    repeat; if it is given, the first one has to repeat it too. `refused` says why the engine must not be
    asked any more. EngineError when the engine cannot be opened; MachineError when this machine can open no
    engine.
    """

    def __init__(
        self, request: Request, wall: Wall, limits: Limits, said: EngineInfo | None = None
    ) -> None:
        self._request, self._wall, self._limits = request, wall, limits
        self.said = said
        self.restarts, self.refused = 0, ""
        self._endless: list[int] = []
        with self._granted():
            self._output = stage().output()
        self.info = self._open()
        # The time of the first loading has a limit of its own.
        self._taken_before = -self.child.clock.taken

    def reopen(self) -> None:
        """Open the next child. EngineError and MachineError as for the first."""
        self.restarts += 1
        self.close()
        self._taken_before += self.child.clock.taken
        self._open()

    def close(self) -> None:
        """End the child. A second call does nothing."""
        self._end()

    def left(self) -> float:
        """Return the seconds that the engine has left for all cases together; 0 when almost none are left."""
        allowed, clock = self._limits.engine - self._taken_before, self.child.clock
        if allowed - clock.taken < self._limits.case:  # near the end it must be exact
            clock.look()
        left = allowed - clock.taken
        return left if left > _LEAST else 0.0

    def printed(self) -> str:
        """Return all that they printed so far, made harmless; "" when the temporary file was removed.

        The text has at most `limits.output` bytes in UTF-8, because a byte that is no text becomes three.
        """
        self.child.printed()
        try:
            printed = self._output.read_bytes().decode("utf-8", "replace").encode()
        except OSError:
            return ""
        return several_lines(printed[: self._limits.output].decode("utf-8", "ignore"))

    def _open(self) -> EngineInfo:
        with self._granted():
            self.child = ChildProcess(
                self._request, self._wall, self._limits, self._output, self._endless
            )
        self._end = weakref.finalize(self, self.child.close)
        try:
            return self._introduced(self.child.handshake(self._limits.load))
        except TimeoutError:
            raise self._unusable(f"loading it took longer than {self._limits.load:g} s") from None
        except Crash as problem:
            last = self.printed().strip().rpartition("\n")[2][-200:]
            said = f" (it printed: {last})" if last else ""
            raise self._unusable(f"loading it failed: {problem}{said}") from None
        except (ProtocolError, KeyError):
            raise self._unusable("what it says of itself cannot be understood") from None

    def _introduced(self, handshake: dict[str, Any]) -> EngineInfo:
        """Return what the handshake says of the engine. KeyError or ProtocolError for anything else."""
        if "error" in handshake:
            misnamed = handshake.get("misnamed") is True
            offer = text(handshake.get("offer", ""))
            raise self._unusable(text(handshake["error"]), misnamed=misnamed, offer=offer)
        said = self._said(handshake)
        if self.said not in (None, said):
            # Otherwise the child could change its dtypes and the list of what it lacks after every case.
            self.refused = "it says something else of itself than at first"
            raise self._unusable(self.refused)
        self.said, self._endless = said, counts(handshake["unended"], _MOST_WORK)
        notes = (*self._request.remarks(), *texts(handshake["notes"], _MOST_NOTES))
        judged = [each for each in said.dtypes if each in _JUDGED]
        if not judged:
            raise self._unusable(f"it computes in neither {' nor '.join(_JUDGED)}")
        dtypes = tuple(dict.fromkeys([judged[0], *said.dtypes]))
        return replace(said, dtypes=dtypes, notes=notes)

    def _said(self, handshake: dict[str, Any]) -> EngineInfo:
        """Return the part of the handshake that every child of the engine has to repeat."""
        dtypes = texts(handshake["dtypes"], _MOST_TAGS)
        return EngineInfo(
            name=self._request.name,
            version=text(handshake["version"])[:80] or self._own_version(),
            dtypes=tuple(each for each in dtypes if each in _DTYPES),
            lacks=tuple(texts(handshake["lacks"], _MOST_TAGS)),
            arrays=handshake["arrays"] is not False,
            found=text(handshake["found"]),
            wall=self._wall.shown,
            supports=text(handshake["supports"]),
            spelling=spelling.from_json(handshake["spelling"]),
        )

    def _own_version(self) -> str:
        request = self._request
        if request.submission is not None:
            return request.submission.fingerprint
        return request.facts["versions"].get(request.module.partition(".")[0], "")

    def _unusable(self, why: str, *, misnamed: bool = False, offer: str = "") -> EngineError:
        self.close()
        broken = "" if misnamed else machine.fault(self._request, self._wall, self._limits)
        if broken:
            return self._machine(broken)
        return self._request.refusal(why, misnamed=misnamed, offer=offer)

    @contextlib.contextmanager
    def _granted(self) -> Iterator[None]:
        """Turn the system's refusal of a file, a process or a pipe into MachineError."""
        try:
            yield
        except OSError as problem:
            raise self._machine(machine.refused_by_system(problem)) from None

    def _machine(self, why: str) -> MachineError:
        name = self._request.name
        hint = "; a variable of --env may be the cause" if self._request.variables else ""
        return MachineError(
            f"{name}: grader-error: this machine can run no engine now: {why}{hint}"
        )
