"""What the child runs: one engine, one program after the other, numbers out.

The first line on the pipe says what to load and behind which walls; the answer says what was found. Every
further line is a program with its inputs; the answer to each is a transcript.

This process is the stranger's: whatever is here can be changed by the code that it loads. Nothing of it
is believed by the parent, and nothing expected ever reaches it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import threading
import time
from typing import IO, Any

from harness.engine import garbage
from harness.engine.eager import Engine
from harness.engine.exceptions import category_of
from harness.errors import GradconformError
from harness.isolation.child.open_engine import opened
from harness.isolation.limits import Limits, address_space, impose
from harness.isolation.wire import encode
from harness.program.arrays import Array
from harness.program.serialize import from_json
from harness.program.transcript import Stop, Transcript
from harness.submission.loading.clock import Clock, sleep_in_slices
from harness.text import described

STACK = 1 << 30  # bytes; mapped, and used only as deep as a recursion goes
_OTHER_STACKS = 8 << 20
_LOADING_RECURSION = 20_000


class Output:
    """Standard output of a stranger: kept up to a size, then dropped in silence."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, limit: int) -> None:
        self._left = limit

    def write(self, text: str) -> int:
        """Write what still fits."""
        data = str(text).encode("utf-8", "replace")[: self._left]
        self._left -= len(data)
        if data:
            os.write(1, data)
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """It is none."""
        return False

    def fileno(self) -> int:
        """The descriptor behind it."""
        return 1


def main(requests: int, answers: int, parent: int) -> None:
    """Serve until the pipe is closed, then leave without running anything that was left behind."""
    pipe = os.fdopen(requests, "rb", buffering=1 << 16)
    setup = json.loads(pipe.readline())
    limits = Limits(**setup["limits"])
    sys.path += [setup["site"]] if setup["site"] else []
    for name in setup["preload"]:
        importlib.import_module(name)
    mapped = address_space() + STACK
    _put_up_walls(setup["wall"], parent)
    sys.stdin = open(os.devnull)  # noqa: SIM115 - for as long as the process lives
    sys.stdout = sys.stderr = Output(limits.output)
    time.sleep = sleep_in_slices
    threading.stack_size(STACK)
    serving = threading.Thread(target=_serve, args=(pipe, answers, setup, limits, mapped))
    serving.start()
    serving.join()
    os._exit(0)


def _put_up_walls(wall: dict[str, Any], parent: int) -> None:
    """The walls that a process puts up around itself; bubblewrap's namespaces stand already."""
    from harness.isolation.child import landlock, privileges, seccomp

    if wall["nobody"] is not None:
        privileges.become_nobody(wall["nobody"])
    if wall["dies"]:
        privileges.die_with_parent(parent)
    if wall["landlock"] is not None:
        landlock.restrict(**wall["landlock"])
    if wall["seccomp"]:
        seccomp.install()


def _serve(
    pipe: IO[bytes], answers: int, setup: dict[str, Any], limits: Limits, mapped: int
) -> None:
    threading.stack_size(_OTHER_STACKS)
    clock = Clock(limits.load, setup["started"])
    impose(limits, mapped)
    # While looking, a recursion that never ends is met more often than a deep graph.
    sys.setrecursionlimit(_LOADING_RECURSION)
    engine = None
    try:
        engine, greeting = opened(setup, clock)
    except GradconformError as problem:
        greeting = {"error": str(problem)}
    except BaseException as problem:
        greeting = {"error": f"it cannot be loaded: {described(problem)}"}
    _send(answers, greeting)
    if engine is None:
        return
    # What was loaded stays: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    with garbage.rarely_looked_for():
        for line in pipe:
            request = json.loads(line)
            sys.setrecursionlimit(request.get("recursion") or limits.recursion)
            answer = {"id": request["id"], **_answer(engine, request)}
            garbage.free()  # before it is sent, so that the next case does not pay for this one
            _send(answers, answer)


def _answer(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    try:
        program = from_json(request["program"], unchecked=True)
        inputs = {name: Array.from_json(array) for name, array in request["inputs"]}
        return encode(engine.run(program, inputs))
    except BaseException as problem:  # sys.exit() in an op, say, or no memory left for the answer
        return encode(Transcript((), Stop("raised", 0, category_of(problem), described(problem))))


def _send(answers: int, document: dict[str, Any]) -> None:
    rest = memoryview(json.dumps(document, allow_nan=False).encode() + b"\n")
    while rest:
        rest = rest[os.write(answers, rest) :]
