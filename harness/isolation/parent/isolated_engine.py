"""The parent's side: an engine that runs in a child, restarted when it dies.

The child is asked for numbers and believed in nothing else: how long it took, how it ended, and whether
what it sent is a transcript at all is found out here.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
import weakref
from collections.abc import Mapping
from signal import SIGXCPU
from typing import Any

from harness.engine.eager import Engine
from harness.errors import EngineError
from harness.isolation.limits import Limits
from harness.isolation.parent.process import ChildProcess, Crash, Request
from harness.isolation.parent.staging import stage
from harness.isolation.parent.walls import Wall
from harness.isolation.wire import ProtocolError, decode, text, texts
from harness.program import Program
from harness.program.arrays import Array
from harness.program.serialize import to_json
from harness.program.transcript import Stop, Transcript
from harness.text import several_lines

_DTYPES = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int8", "bool")
# In what a stranger is judged when nobody asks for more: in a narrower dtype almost anything is near enough.
_JUDGED = ("float64", "float32")
_MOST_NOTES, _MOST_TAGS = 20, 100
# What was found, what it supports, its version, what it lacks, its dtypes.
_Said = tuple[str, str, str, tuple[str, ...], tuple[str, ...]]


class IsolatedEngine(Engine):
    """An engine in a child of its own, which stays alive from case to case.

    `found` says what was found and how it is used, `notes` what was noticed, `supports` how much of the
    op table it has: all of that is text from a stranger. `restarts` counts how often it died. EngineError
    when the engine cannot be opened.
    """

    def __init__(self, request: Request, wall: Wall, limits: Limits) -> None:
        self.name, self.wall, self.limits = request.name, wall.shown, limits
        self._wall, self._request, self._left, self._ids = (
            wall,
            request,
            limits.engine,
            itertools.count(1),
        )
        self._output = stage().output()
        self.restarts, self._refused = -1, ""
        self._first: _Said | None = None
        self._open()

    def _open(self) -> None:
        self.restarts += 1
        self._child = ChildProcess(self._request, self._wall, self.limits, self._output)
        self._end = weakref.finalize(self, self._child.close)
        try:
            self._take_over(self._child.handshake(self.limits.load))
        except TimeoutError:
            raise self._unusable(f"loading it took longer than {self.limits.load:g} s") from None
        except Crash as problem:
            last = self.printed().strip().rpartition("\n")[2][-200:]
            said = f" (it printed: {last})" if last else ""
            raise self._unusable(f"loading it failed: {problem}{said}") from None
        except (ProtocolError, KeyError):
            raise self._unusable("what it says of itself cannot be understood") from None

    def _take_over(self, handshake: dict[str, Any]) -> None:
        """Take over what the child says of the engine. KeyError, ProtocolError."""
        if "error" in handshake:
            raise self._unusable(text(handshake["error"]))
        said = self._said(handshake)
        if self._first not in (None, said):
            # Else it could choose anew after every case in what it is judged, and from what it is excused.
            self._refused = "it says something else of itself than at first"
            raise self._unusable(self._refused)
        self._first = said
        self.notes = [*self._request.remarks(), *texts(handshake["notes"], _MOST_NOTES)]
        self.found, self.supports, self.version, self.lacks, dtypes = said
        judged = [each for each in dtypes if each in _JUDGED]
        if not judged:
            raise self._unusable(f"it computes in neither {' nor '.join(_JUDGED)}")
        self.dtypes = tuple(dict.fromkeys([judged[0], *dtypes]))

    def _said(self, handshake: dict[str, Any]) -> _Said:
        return (
            text(handshake["found"]),
            text(handshake["supports"]),
            text(handshake["version"])[:80] or self._own_version(),
            tuple(texts(handshake["lacks"], _MOST_TAGS)),
            tuple(each for each in texts(handshake["dtypes"], _MOST_TAGS) if each in _DTYPES),
        )

    def _own_version(self) -> str:
        request = self._request
        if request.submission is not None:
            return request.submission.fingerprint
        return request.facts["versions"].get(request.module.partition(".")[0], "")

    def _unusable(self, why: str) -> EngineError:
        self.close()
        return self._request.refusal(why)

    @property
    def waiting(self) -> bool:  # type: ignore[override]
        """Whether the child is alive. One that has to be started again dies with the thread that does it."""
        return self._child.alive

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Have the child run the program; an answer that does not come or is none is a stop."""
        if self._left <= 0:
            return _stopped("timeout", f"the engine's {self.limits.engine:g} s were used up")
        if self._refused:
            return _stopped("crash", self._refused)
        started = time.monotonic()
        try:
            if not self._child.alive:
                self._reopen()
            return self._asked(program, inputs)
        except TimeoutError:
            self.close()
            return _stopped("timeout", f"no answer within {self.limits.case:g} s")
        except Crash as problem:
            self.close()
            return self._crashed(problem)
        except EngineError as problem:
            return _stopped("crash", f"it could not be started again: {problem}")
        finally:
            self._left -= time.monotonic() - started

    def _asked(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        request = {
            "id": next(self._ids),
            "program": to_json(program),
            "inputs": [[name, array.to_json()] for name, array in inputs.items()],
        }
        if self.recursion_limit is not None:
            request["recursion"] = self.recursion_limit
        answer = self._child.ask(request, min(self.limits.case, self._left))
        if answer.get("id") != request["id"]:
            raise Crash("its answer belongs to no question")
        try:
            transcript = decode(answer, program)
        except ProtocolError as problem:
            raise Crash(f"its answer is no transcript: {problem}") from None
        stop = transcript.stop
        if stop is not None and stop.category == "memory":
            limit = f"more than {self.limits.memory >> 20} MiB were asked for"
            stop = Stop("out-of-memory", stop.step, message=limit)
        return Transcript(transcript.readings, stop)

    def _crashed(self, crash: Crash) -> Transcript:
        if crash.ending.signal is SIGXCPU:
            return _stopped("timeout", f"{self.limits.cpu} s of processor time were used up")
        return _stopped("crash", str(crash))

    def _reopen(self) -> None:
        self.close()
        self._open()

    def printed(self) -> str:
        """What it printed so far, without control characters."""
        with self._output.open("rb") as file:
            printed = file.read(self.limits.output).decode("utf-8", "replace")
        return several_lines(printed)

    def close(self) -> None:
        """End the child. It is started again if another program comes."""
        self._end()
        # What bypasses the worker's own bound would otherwise lie there until the run is over.
        with contextlib.suppress(OSError):
            if self._output.stat().st_size > self.limits.output:
                os.truncate(self._output, self.limits.output)


def _stopped(kind: str, message: str) -> Transcript:
    return Transcript((), Stop(kind, 0, message=message))
