"""The parent's side: an engine that runs in a child, which is started again when it dies.

The parent takes only numbers and texts from the child. It measures the time, finds out how the process ended,
and checks that each answer is a transcript of its program.
"""

from __future__ import annotations

import contextlib
import itertools
import time
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import replace
from signal import SIGXCPU
from typing import Any

from ...adapt import ENDLESS_BACKWARD
from ...engine.contract import Engine, EngineInfo, WrappedEngine
from ...errors import EngineError, MachineError
from ...program import Program
from ...program.arrays import Array
from ...program.serialize import to_json
from ...program.transcript import Stop, Transcript
from ...text import several_lines
from ..limits import Limits
from ..wire import ProtocolError, counts, decode, text, texts
from . import machine
from .answer_size import answer_size
from .patience import Patience
from .process import ChildProcess, Crash, Request
from .staging import stage
from .walls import Wall

_DTYPES = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int8", "bool")
# One of these is judged unless an option names a dtype: the bounds of narrower ones let wrong numbers pass.
_JUDGED = ("float64", "float32")
_MOST_NOTES, _MOST_TAGS, _MOST_WORK = 20, 100, 1000


class IsolatedEngine(Engine):
    """An engine in a child of its own, which stays alive from case to case.

    In `info`, all but `name` and `wall` is untrusted text, made harmless by `harness.isolation.wire.text`.
    `restarts` counts how often the child was started again. `first` is what an earlier child has said of the
    engine, which this one must say too. EngineError when the engine cannot be opened; MachineError when this
    machine can open no engine.
    """

    def __init__(
        self, request: Request, wall: Wall, limits: Limits, first: EngineInfo | None = None
    ) -> None:
        self.limits = limits
        self._wall, self._request, self._left = wall, request, limits.engine
        self._ids = itertools.count(1)
        self.restarts, self._refused = 0, ""
        self._first = first
        self._endless: list[int] = []
        with self._granted():
            self._output = stage().output()
        self.info = self._open()
        self._patience = Patience(suspects_backward=ENDLESS_BACKWARD in self.info.notes)

    def _open(self) -> EngineInfo:
        with self._granted():
            self._child = ChildProcess(
                self._request, self._wall, self.limits, self._output, self._endless
            )
        self._end = weakref.finalize(self, self._child.close)
        try:
            return self._introduced(self._child.handshake(self.limits.load))
        except TimeoutError:
            raise self._unusable(f"loading it took longer than {self.limits.load:g} s") from None
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
        if self._first not in (None, said):
            # Otherwise the child could change its dtypes and the list of what it lacks after every case.
            self._refused = "it says something else of itself than at first"
            raise self._unusable(self._refused)
        self._first, self._endless = said, counts(handshake["unended"], _MOST_WORK)
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
        )

    def _own_version(self) -> str:
        request = self._request
        if request.submission is not None:
            return request.submission.fingerprint
        return request.facts["versions"].get(request.module.partition(".")[0], "")

    def _unusable(self, why: str, *, misnamed: bool = False, offer: str = "") -> EngineError:
        self.close()
        broken = "" if misnamed else machine.fault(self._request, self._wall, self.limits)
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

    @property
    def out_of_process(self) -> bool:
        """True while the child is alive, so that it can run beside torch.

        A dead child must be started in the main thread, because it dies with the thread that starts it.
        """
        return self._child.alive

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Have the child run the program. No fault of the engine is raised here; MachineError may be.

        A child that dies, answers nonsense or takes too long gives a transcript without readings, whose stop
        has the kind "crash" or "timeout".
        """
        return self.run_within(None, program, inputs)

    def with_recursion_limit(self, frames: int) -> Engine:
        """Return an engine in the same child, which sets Python's recursion limit for each program."""
        return _Limited(self, frames)

    def again(self, order: int) -> Engine:
        """Return the engine in another child. EngineError as `harness.engine.contract.Engine.again`."""
        request = replace(self._request, order=order)
        return IsolatedEngine(request, self._wall, self.limits, self._first)

    def run_within(
        self, frames: int | None, program: Program, inputs: Mapping[str, Array]
    ) -> Transcript:
        """Run the program with a recursion limit of `frames`; None stands for the child's own limit."""
        if self._left <= 0:
            return self._used_up()
        if self._refused:
            return _stopped("crash", self._refused)
        if why := self._patience.refusal(program):
            return _stopped("timeout", why)
        started = time.monotonic()
        try:
            if not self._child.alive:
                self._reopen()
            transcript = self._asked(frames, program, inputs)
            if transcript.stop is None:
                self._patience.answered(program)
            return transcript
        except TimeoutError:
            self.close()
            if self._left < self.limits.case:
                return self._used_up()
            self._patience.timed_out(program)
            return _stopped("timeout", f"no answer within {self.limits.case:g} s")
        except Crash as problem:
            self.close()
            return self._crashed(problem)
        except MachineError:
            raise
        except EngineError as problem:
            return _stopped("crash", f"it could not be started again: {problem}")
        finally:
            self._left -= time.monotonic() - started

    def _used_up(self) -> Transcript:
        return _stopped("timeout", f"the engine's {self.limits.engine:g} s were used up")

    def _asked(
        self, frames: int | None, program: Program, inputs: Mapping[str, Array]
    ) -> Transcript:
        request = {
            "id": next(self._ids),
            "program": to_json(program),
            "inputs": [[name, array.to_json()] for name, array in inputs.items()],
        }
        if frames is not None:
            request["recursion"] = frames
        most = answer_size(program, inputs, self.limits.answer)
        answer = self._child.ask(request, min(self.limits.case, self._left), most)
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
        self.restarts += 1
        self.close()
        self._open()

    def printed(self) -> str:
        """Return all that it printed so far, made harmless; "" when its temporary file was removed.

        The text has at most `limits.output` bytes in UTF-8, because a byte that is no text becomes three.
        """
        self._child.printed()
        try:
            printed = self._output.read_bytes().decode("utf-8", "replace").encode()
        except OSError:
            return ""
        return several_lines(printed[: self.limits.output].decode("utf-8", "ignore"))

    def close(self) -> None:
        """End the child. It is started again if another program comes."""
        self._end()


class _Limited(WrappedEngine):
    """The engine of a child, with another recursion limit than that of the child."""

    def __init__(self, engine: IsolatedEngine, frames: int) -> None:
        super().__init__(engine, engine.info)
        self._isolated, self._frames = engine, frames

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Have the child run the program within the limit."""
        return self._isolated.run_within(self._frames, program, inputs)

    def with_recursion_limit(self, frames: int) -> Engine:
        """Return the engine with that limit instead."""
        return self._isolated.with_recursion_limit(frames)


def _stopped(kind: str, message: str) -> Transcript:
    return Transcript((), Stop(kind, 0, message=message))
