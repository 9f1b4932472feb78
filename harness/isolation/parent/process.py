"""One child process behind one wall, from its start to its end.

- `Request`: the engine that the child opens. `ChildProcess`: the process.
- `Crash`, `Ending`: how it failed, and how it ended.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from signal import SIGKILL, Signals
from typing import Any

from ...errors import EngineError, Misnamed
from ...submission.files import Submission
from ..limits import Limits, threads_of_this_user
from ..wire import ProtocolError, parse
from . import walls
from .answer_size import HANDSHAKE, AnswerSize
from .interpreter import Facts
from .pipe import Closed, PipePair, TooLong
from .prints import Prints
from .staging import stage
from .walls import Visible, Wall

# Seconds in which a process that closed its pipe has to end, and between two looks at it.
_ENDING, _SLICE = 1.0, 0.01


@dataclass(frozen=True)
class Request:
    """An engine that a child has to open.

    `name` heads its column of a report. Either `submission` or `module`, importable in the child, holds the
    engine. `wanted` is the name of its class, or empty if none was given. `adapter` is a file that the
    person who runs gradconform trusts. `given` is the path as it was typed, without the class. `facts`
    describe the interpreter, and the packages that the child may import. `variables` are those of `--env`.
    `order` is a number that decides the order of hashes and addresses in the child; 0 is the usual one.
    """

    name: str
    facts: Facts
    submission: Submission | None = None
    module: str = ""
    wanted: str = ""
    adapter: Submission | None = None
    given: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    order: int = 0

    def opening(self) -> dict[str, Any]:
        """Return the part of the handshake that describes the engine, as JSON values."""
        return {
            "name": self.submission.name if self.submission else self.name,
            "submission": self.submission.to_json() if self.submission else None,
            "module": self.module,
            "wanted": self.wanted,
            "adapter": self.adapter.to_json() if self.adapter else None,
            "order": self.order,
            "preload": ["numpy"] if self.needs_numpy else [],
        }

    def refusal(self, why: str, *, misnamed: bool = False, offer: str = "") -> EngineError:
        """Return the error that says why the engine cannot be opened, with its name before the reason.

        A better name, which ends in `offer`, begins as the person typed it, so that it can be pasted.
        """
        kind = Misnamed if misnamed else EngineError
        if offer and self.submission is not None and self.given:
            given = self.given.rstrip("/")
            for ending in (offer, "/*"):
                before, _, after = why.rpartition(f"{self.submission.name}{ending}")
                why = f"{before}{given}{ending}{after}" if before else why
        return kind(why if why.startswith(self.name) else f"{self.name}: {why}")

    def remarks(self) -> list[str]:
        """Return notes that the parent adds to those of the child."""
        beside = self.submission.beside if self.submission else []
        more = f" and {len(beside) - 5} more" if len(beside) > 5 else ""
        return [f"read with {', '.join(beside[:5])}{more} beside it"] if beside else []

    @property
    def needs_numpy(self) -> bool:
        """True when NumPy is imported before the memory limit is set, so that its import does not count."""
        if not self.facts["packages"].get("numpy"):
            return False
        sources = [source for source in (self.submission, self.adapter) if source]
        return bool(self.module) or any(source.mentions(b"numpy") for source in sources)


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
        return self.ask(self._setup, seconds, HANDSHAKE)

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], seconds: float, most: AnswerSize) -> dict[str, Any]:
        """Send a request and return its answer, a JSON object of which nothing else has been checked.

        TimeoutError when it takes more than `seconds`. Crash when the process ends, has sent something before
        it was asked, or sends a line that is larger than `most` or no JSON object.
        """
        deadline = time.monotonic() + seconds
        if self._pipes.has_unread:
            raise Crash("it answered what it had not been asked")
        try:
            self._pipes.send(json.dumps(request, allow_nan=False).encode(), deadline)
            return parse(self._pipes.receive(deadline, most.bytes), most.brackets)
        except Closed:
            ending = self._ending()
            raise Crash(str(ending), ending) from None
        except TooLong:
            bound = f"{most.bytes >> 10:,} KiB, the most that was asked for"
            raise Crash(f"its answer is longer than {bound}") from None
        except ProtocolError as problem:
            raise Crash(f"its answer is no transcript: {problem}") from None

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
