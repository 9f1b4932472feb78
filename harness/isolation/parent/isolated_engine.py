"""The parent's side: an engine that runs in a child, which is started again when it dies.

The parent takes only numbers and texts from the child. It measures the time, finds out how the process ended,
and checks that each answer is a transcript of its program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from signal import SIGXCPU
from typing import Any

from ...engine.contract import ENDLESS_BACKWARD, Engine, EngineInfo, Question
from ...errors import EngineError, MachineError
from ...program import Program
from ...program.arrays import Array
from ...program.transcript import Stop, Transcript
from ..limits import Limits
from ..wire import ProtocolError, decode
from .children import Children
from .patience import Patience
from .process import Crash
from .request import Request
from .walls import Wall
from .window import Asked, Window


class IsolatedEngine(Engine):
    """An engine in a child of its own, which stays alive from case to case.

    `first` is what an earlier child has said of the engine, which this one must say too. EngineError when the
    engine cannot be opened; MachineError when this machine can open no engine.
    """

    def __init__(
        self, request: Request, wall: Wall, limits: Limits, first: EngineInfo | None = None
    ) -> None:
        self.limits = limits
        self._wall, self._request = wall, request
        self.children = Children(request, wall, limits, first)
        self.info = self.children.info
        self._asked_already = self._is_over = False
        self._patience = Patience(suspects_backward=ENDLESS_BACKWARD in self.info.notes)

    @property
    def out_of_process(self) -> bool:
        """True."""
        return True

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Have the child run the program, as `run_all` does."""
        (transcript,) = self.run_all([Question(program, inputs)])
        return transcript

    def run_all(self, questions: Iterable[Question]) -> Iterator[Transcript]:
        """Yield the transcript of each question. Questions are taken and sent ahead of the answers.

        No fault of the engine is raised here; MachineError may be, for the first question without an answer.
        A child that dies, answers nonsense or takes too long gives a transcript without readings, whose stop
        has the kind "crash" or "timeout". It costs the question whose answer is due. Those behind it are sent
        to the next child. RuntimeError when the transcripts of an earlier call are not all taken yet, because
        the child answers in order.
        """
        if self._asked_already:
            raise RuntimeError("take all transcripts, or close the iterator, before you ask again")
        window, self._asked_already = Window(questions, self.limits.answer), True
        try:
            while self._taken(window):
                yield self._answered(window)
        finally:
            self._asked_already = False
            if window.awaited:  # by a caller who took no more transcripts
                self.close()

    def again(self, order: int) -> Engine:
        """Return the engine in another child. EngineError as `harness.engine.contract.Engine.again`."""
        request = replace(self._request, order=order)
        return IsolatedEngine(request, self._wall, self.limits, self.children.said)

    def started_by_hand(self) -> Engine:
        """Return the engine in another child. EngineError as `Engine.started_by_hand`."""
        request = replace(self._request, starts_by_hand=True)
        return IsolatedEngine(request, self._wall, self.limits)

    def printed(self) -> str:
        """Return what the children printed so far, made harmless and cut to `limits.output` bytes."""
        return self.children.printed()

    def close(self) -> None:
        """End the child. It is started again if another program comes."""
        self.children.close()

    def _taken(self, window: Window) -> bool:
        """Take questions as far as there is room, and send each at once. False when none is left."""
        while window.take():
            if window.awaited or self.children.child.alive:
                self._send(window)
        return bool(window)

    def _send(self, window: Window) -> None:
        """Send what the child has not got, up to a question that may not be worth asking.

        That is known when its turn comes: an answer before it may show that it is.
        """
        for asked in window.unsent():
            if self._not_asked(asked.question.program):
                return
            self.children.child.send(asked.line())

    def _not_asked(self, program: Program) -> Transcript | None:
        """Return the transcript of a program that is not asked now, else None."""
        if self._is_over or self.children.left() <= 0:
            return self._used_up()
        if self.children.refused:
            return _stopped("crash", self.children.refused)
        why = self._patience.refusal(program)
        return _stopped("timeout", why) if why else None

    def _answered(self, window: Window) -> Transcript:
        """Return the transcript of the first question, which leaves the window."""
        program = window.first.question.program
        seconds = min(self.limits.case, self.children.left())
        try:
            stopped = None if window.awaited else self._not_asked(program)
            return stopped or self._asked(window, seconds)
        except TimeoutError:
            self._ended(window)
            if seconds < self.limits.case:
                self._is_over = True  # whatever little time a busy machine gives back
                return self._used_up()
            self._patience.timed_out(program)
            return _stopped("timeout", f"no answer within {self.limits.case:g} s")
        except Crash as problem:
            self._ended(window)
            return self._crashed(problem)
        except MachineError:
            raise
        except EngineError as problem:
            return _stopped("crash", f"it could not be started again: {problem}")
        finally:
            window.done()

    def _ended(self, window: Window) -> None:
        self.close()
        window.lost()

    def _used_up(self) -> Transcript:
        return _stopped("timeout", f"the engine's {self.limits.engine:g} s were used up")

    def _asked(self, window: Window, seconds: float) -> Transcript:
        """Return what the child answers to the first question. TimeoutError, Crash or EngineError."""
        if not window.awaited:
            if not self.children.child.alive:
                self.children.reopen()
            self._send(window)
        first = window.first
        transcript = self._checked(self.children.child.receive(seconds, first.most), first)
        if transcript.stop is None:
            self._patience.answered(first.question.program)
        elif transcript.stop.category == "memory":
            limit = f"more than {self.limits.memory >> 20} MiB were asked for"
            stop = Stop("out-of-memory", transcript.stop.step, message=limit)
            return Transcript(transcript.readings, stop)
        return transcript

    def _checked(self, answer: dict[str, Any], asked: Asked) -> Transcript:
        if answer.get("id") != asked.id or type(answer["id"]) is not int:
            raise Crash("its answer belongs to no question")
        try:
            return decode(answer, asked.question.program)
        except ProtocolError as problem:
            raise Crash(f"its answer is no transcript: {problem}") from None

    def _crashed(self, crash: Crash) -> Transcript:
        if crash.ending.signal is SIGXCPU:
            return _stopped("timeout", f"{self.limits.cpu} s of processor time were used up")
        return _stopped("crash", str(crash))


def _stopped(kind: str, message: str) -> Transcript:
    return Transcript((), Stop(kind, 0, message=message))
