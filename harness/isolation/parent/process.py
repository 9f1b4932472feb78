"""One child process behind one wall, from its start to its end."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from signal import SIGKILL, Signals
from typing import Any

from harness.errors import EngineError
from harness.isolation.limits import Limits, threads_of_this_user
from harness.isolation.parent import walls
from harness.isolation.parent.interpreter import Facts
from harness.isolation.parent.pipe import Closed, PipePair, TooLong
from harness.isolation.parent.staging import stage
from harness.isolation.parent.walls import Visible, Wall
from harness.isolation.wire import ProtocolError, parse
from harness.submission.files import Submission

_ENDING = 1.0  # seconds for a process that closed its pipe to end


@dataclass(frozen=True)
class Request:
    """An engine to be opened in a child.

    `name` heads its column. Either `submission` or `module` (importable in the child) says what is
    loaded, `wanted` names the class if one was named, `adapter` is a file that the person who runs it
    trusts. `facts` describe the interpreter, and the packages that the child may import.
    """

    name: str
    facts: Facts
    submission: Submission | None = None
    module: str = ""
    wanted: str = ""
    adapter: Submission | None = None

    def opening(self) -> dict[str, Any]:
        """What the child is told of it."""
        return {
            "name": self.submission.name if self.submission else self.name,
            "submission": self.submission.to_json() if self.submission else None,
            "module": self.module,
            "wanted": self.wanted,
            "adapter": self.adapter.to_json() if self.adapter else None,
            "preload": ["numpy"] if self._needs_numpy() else [],
        }

    def refusal(self, why: str) -> EngineError:
        """Return the error that says why the engine cannot be opened, with its name before the reason."""
        return EngineError(why if why.startswith(self.name) else f"{self.name}: {why}")

    def remarks(self) -> list[str]:
        """What is to be known of it that is not for the child to say."""
        beside = self.submission.beside if self.submission else []
        more = f" and {len(beside) - 5} more" if len(beside) > 5 else ""
        return [f"read with {', '.join(beside[:5])}{more} beside it"] if beside else []

    def _needs_numpy(self) -> bool:
        """Imported before the limits of memory are set, because what an import takes is free."""
        if not self.facts["packages"].get("numpy"):
            return False
        sources = [source for source in (self.submission, self.adapter) if source]
        return bool(self.module) or any(source.mentions(b"numpy") for source in sources)


@dataclass(frozen=True)
class Ending:
    """How a process ended: by `signal`, or with `exit_code`. Both are None when it still runs.

    A child of bubblewrap can exit with the code by which bubblewrap would tell of a signal. This gains it
    nothing: each ending is a failure of the engine.
    """

    signal: Signals | None = None
    exit_code: int | None = None

    def __str__(self) -> str:
        if self.signal is not None:
            return f"the process was ended by {self.signal.name}"
        if self.exit_code is not None:
            return f"the process left with exit code {self.exit_code}"
        return "it closed the pipe on which it answers"


class Crash(Exception):
    """The child has died or sent nonsense; the message says which of the two.

    `ending` says how the process ended, if it did.
    """

    def __init__(self, message: str, ending: Ending | None = None) -> None:
        super().__init__(message)
        self.ending = ending or Ending()


class ChildProcess:
    """The process. What it prints is added to the file `output`."""

    def __init__(self, request: Request, wall: Wall, limits: Limits, output: Path) -> None:
        parts = [part for found in request.facts["packages"].values() for part in found]
        visible = Visible(request.facts, stage().worker, parts, stage().site(parts))
        self._pipes = PipePair(limits.answer)
        line = walls.command(wall, visible, *self._pipes.child_ends)
        with output.open("ab") as printed:
            self._process = subprocess.Popen(
                line,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                pass_fds=self._pipes.child_ends,
                env=walls.environment(),
                cwd="/",
                start_new_session=True,
            )
        self._pipes.handed_over()
        self._setup = {
            # Of a clock that all processes share: the child knows when our patience ends.
            "started": time.monotonic(),
            "limits": asdict(limits) | {"processes": limits.processes + threads_of_this_user()},
            "wall": walls.put_up_by_child(wall, visible, self._process.pid),
            "site": walls.site_of(wall, visible) if parts else "",
            **request.opening(),
        }

    def handshake(self, seconds: float) -> dict[str, Any]:
        """Tell the child what to open, and hear what it found. TimeoutError, Crash."""
        return self.ask(self._setup, seconds)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request and wait for its answer. TimeoutError, Crash."""
        deadline = time.monotonic() + seconds
        if self._pipes.has_unread:
            raise Crash("it answered what it had not been asked")
        try:
            self._pipes.send(json.dumps(request, allow_nan=False).encode(), deadline)
            return parse(self._pipes.receive(deadline))
        except Closed:
            ending = self._ending()
            raise Crash(str(ending), ending) from None
        except TooLong:
            raise Crash(f"its answer is longer than {self._pipes.longest >> 20} MiB") from None
        except ProtocolError as problem:
            raise Crash(f"its answer is no transcript: {problem}") from None

    def close(self) -> None:
        """End the process and everything that it started, and take back what it held."""
        self._pipes.close()
        try:
            # Its own session: what it started goes with it. It has nothing left to say.
            os.killpg(self._process.pid, SIGKILL)
        except (ProcessLookupError, PermissionError):
            self._process.kill()
        self._process.wait()

    def _ending(self) -> Ending:
        """Return how the process ended, after it closed its pipe."""
        try:
            code = self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            return Ending()
        # bubblewrap tells of the signal that ended its child as a shell does: 128 plus its number.
        number = -code if code < 0 else code - 128
        try:
            return Ending(signal=Signals(number))
        except ValueError:
            return Ending(exit_code=code)
