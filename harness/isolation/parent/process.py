"""One child process behind one wall, from its start to its end.

- `ChildProcess`: the process. `Crash`, `Ending`: how it failed, and how it ended.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from signal import SIGKILL, Signals
from typing import Any

from ..limits import Limits, threads_of_this_user
from ..wire import ProtocolError, parse
from . import walls
from .answer_size import HANDSHAKE, AnswerSize
from .clock import Clock
from .pipe import Closed, PipePair, TooLong
from .prints import Prints
from .request import Request
from .staging import stage
from .walls import Visible, Wall

# Seconds in which a process that closed its pipe has to end, and between two looks at it.
_ENDING, _SLICE = 1.0, 0.01
_SOON = 0.05  # seconds


@dataclass(frozen=True)
class Ending:
    """How a process ended: by `signal`, or with `exit_code`. Both are None when it still runs.

    A child of bubblewrap can exit with the code by which bubblewrap would tell of a signal. The child gains
    nothing by this, because each ending is a failure of the engine.
    """

    signal: Signals | None = None
    exit_code: int | None = None

    def __str__(self) -> str:
        if self.signal is not None:
            return f"the process was ended by {self.signal.name}"
        if self.exit_code is not None:
            left = f"the process left with exit code {self.exit_code}"
            # This code means success: nothing but the code of the engine ends a process so.
            return left if self.exit_code else "its own code ended the process, as os._exit(0) does"
        return "it closed the pipe on which it answers"


class Crash(Exception):
    """The child has died or sent nonsense; the message says which of the two.

    `ending` says how the process ended, if it did.
    """

    def __init__(self, message: str, ending: Ending | None = None) -> None:
        super().__init__(message)
        self.ending = ending or Ending()


class ChildProcess:
    """The process, which is started at once. Its prints are added to the file `output`.

    It may be sent several lines before it answers the first. `clock` has the time that it took.

    `endless` are the numbers of the work that did not end when an earlier child loaded the same (see
    `harness.submission.loading.time_budget`). OSError when it cannot be started.
    """

    def __init__(
        self,
        request: Request,
        wall: Wall,
        limits: Limits,
        output: Path,
        endless: Sequence[int] = (),
    ) -> None:
        # Several packages of one distribution share its metadata, such as matplotlib and mpl_toolkits.
        parts = [*dict.fromkeys(itertools.chain(*request.facts["packages"].values()))]
        visible = Visible(request.facts, stage().worker, parts, stage().site(parts))
        self._prints = Prints(output, limits.output)
        self._pipes = PipePair(self._prints)
        try:
            self._process = self._started(request, wall, visible)
        except OSError:
            self._pipes.close()
            self._prints.close()
            raise
        finally:
            self._pipes.handed_over()
            self._prints.handed_over()
        self._setup = {
            # All processes share this clock, so that the child knows when the parent stops waiting.
            "started": time.monotonic(),
            "limits": asdict(limits) | {"processes": limits.processes + threads_of_this_user()},
            "wall": walls.put_up_by_child(wall, visible, self._process.pid),
            "site": walls.site_of(wall, visible) if parts else "",
            "endless": list(endless),
            **request.opening(),
        }
        self.clock = Clock(self._process.pid)
        self._due, self._spoke_unasked = 0, False

    def _started(self, request: Request, wall: Wall, visible: Visible) -> subprocess.Popen[bytes]:
        variables = walls.environment(wall, stage().home(), request.variables, request.order)
        return subprocess.Popen(
            walls.command(wall, visible, *self._pipes.child_ends),
            stdin=subprocess.DEVNULL,
            stdout=self._prints.child_end,
            stderr=subprocess.STDOUT,
            pass_fds=self._pipes.child_ends,
            env=variables,
            cwd="/",
            start_new_session=True,
        )

    def handshake(self, seconds: float) -> dict[str, Any]:
        """Tell the child which engine to open, and return its answer.

        TimeoutError when it takes more than `seconds`; Crash when the process ends or answers nonsense.
        """
        self.send(json.dumps(self._setup, allow_nan=False).encode() + b"\n")
        return self.receive(seconds, HANDSHAKE)

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self._process.poll() is None

    def send(self, line: bytes) -> None:
        """Send a line, which is to be answered. It does not wait."""
        if not self._due and self._pipes.has_unread:
            self._spoke_unasked = True
        self._due += 1
        self._pipes.send(line)

    def receive(self, seconds: float, most: AnswerSize) -> dict[str, Any]:
        """Return the next answer, a JSON object of which nothing else has been checked.

        TimeoutError when the child takes more than `seconds`. Crash when the process ends, has sent something
        before it was asked, or sends a line that is larger than `most` or no JSON object.
        """
        if self._spoke_unasked:
            raise Crash("it answered what it had not been asked")
        try:
            answer = parse(self._line(seconds, most.bytes), most.brackets)
        except Closed:
            ending = self._ending()
            raise Crash(str(ending), ending) from None
        except TooLong:
            bound = f"{most.bytes >> 10:,} KiB, the most that was asked for"
            raise Crash(f"its answer is longer than {bound}") from None
        except ProtocolError as problem:
            raise Crash(f"its answer is no transcript: {problem}") from None
        self._due -= 1
        return answer

    def _line(self, seconds: float, longest: int) -> bytes:
        """Return the next line. TimeoutError, Closed, TooLong as in `PipePair.receive`."""
        # Most answers come soon. Waits without a core before this one must not count for a later one.
        left = seconds - _SOON
        with contextlib.suppress(TimeoutError):
            return self._timed(min(_SOON, seconds), longest)
        self.clock.look()
        while left > _SLICE:
            with contextlib.suppress(TimeoutError):
                return self._timed(left, longest)
            left = self.clock.look()
        raise TimeoutError

    def _timed(self, seconds: float, longest: int) -> bytes:
        started = time.monotonic()
        try:
            return self._pipes.receive(seconds, longest)
        finally:
            self.clock.waited(time.monotonic() - started)

    def close(self) -> None:
        """End the process and all processes that it started. A second call does nothing."""
        self._pipes.close()
        try:
            # The process leads its own session, so that the signal reaches all that it started.
            os.killpg(self._process.pid, SIGKILL)
        except (ProcessLookupError, PermissionError):
            self._process.kill()
        self._process.wait()
        self._prints.close()

    def printed(self) -> None:
        """Bring the file of the prints up to date."""
        self._prints.drain()

    def _ending(self) -> Ending:
        """Return how the process ended, after it closed its pipe."""
        deadline = time.monotonic() + _ENDING
        # A process that still prints ends when its prints are read.
        while (code := self._process.poll()) is None and time.monotonic() < deadline:
            self._prints.wait(_SLICE)
        if code is None:
            return Ending()
        # bubblewrap tells of the signal that ended its child as a shell does: 128 plus its number.
        number = -code if code < 0 else code - 128
        try:
            return Ending(signal=Signals(number))
        except ValueError:
            return Ending(exit_code=code)
