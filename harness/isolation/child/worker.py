"""The main program of the child: it opens one engine and runs one program after the other on it.

The first line on the pipe is the parent's part of the handshake: what to load, and which walls the process
puts up around itself. The answer is the child's part: what was found. Every further line is a program with
its inputs; the answer to each is a transcript.

The untrusted code that is loaded can change everything in this process. Therefore the parent checks all
that comes from here, and never sends an expected value.
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

from ...engine import garbage
from ...engine.contract import Engine
from ...engine.exceptions import raised
from ...errors import GradconformError, Misnamed
from ...places import told
from ...processes import die_with_parent
from ...program.arrays import Array
from ...program.serialize import from_json
from ...program.transcript import Transcript
from ...submission.loading.time_budget import TimeBudget, sleep_in_slices
from ..limits import Limits, address_space, impose, stack
from ..wire import encode
from .open_engine import open_engine

_OTHER_STACKS = 8 << 20
_LOADING_RECURSION = 20_000
# Made once: making one takes longer than writing a short line.
_json = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


class Output:
    """Standard output of untrusted code: kept up to `limit` bytes, then dropped in silence."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, limit: int) -> None:
        self._left = limit

    def write(self, text: str) -> int:
        """Write the part of the text that still fits, and return the length of the whole text."""
        data = str(text).encode("utf-8", "replace")[: self._left]
        self._left -= len(data)
        if data:
            os.write(1, data)
        return len(text)

    def flush(self) -> None:
        """Do nothing, because every text is written at once."""

    def isatty(self) -> bool:
        """Return False."""
        return False

    def fileno(self) -> int:
        """Return the descriptor of standard output."""
        return 1


def main(requests: int, answers: int, parent: int) -> None:
    """Answer until the pipe is closed, then end the process without running exit handlers of untrusted code.

    `requests` and `answers` are the descriptors of the pipes, `parent` is the process id of the parent. Never
    returns. An error before the first answer (ValueError, ImportError, OSError, FilterError) ends the
    process, which the parent notices.
    """
    pipe = os.fdopen(requests, "rb", buffering=1 << 16)
    setup = json.loads(pipe.readline())
    limits = Limits(**setup["limits"])
    sys.path += [setup["site"]] if setup["site"] else []
    for name in setup["preload"]:
        importlib.import_module(name)
    _fix_random_numbers(setup["order"])
    mapped = address_space() + stack()
    _put_up_walls(setup["wall"], parent)
    sys.stdin = open(os.devnull)  # noqa: SIM115 - for as long as the process lives
    sys.stdout = sys.stderr = Output(limits.output)
    time.sleep = sleep_in_slices
    gc.enable()
    threading.stack_size(stack())
    serving = threading.Thread(target=_serve, args=(pipe, answers, setup, limits, mapped))
    serving.start()
    serving.join()
    os._exit(0)


def _put_up_walls(wall: dict[str, Any], parent: int) -> None:
    """Put up the walls that a process puts up around itself; bubblewrap's namespaces stand already."""
    from . import landlock, no_programs, privileges, seccomp

    privileges.give_up_superuser(wall["user_number"], reads_private=wall["reads_private"])
    if wall["dies_with_parent"]:
        die_with_parent(parent)
    if wall["landlock"] is not None:
        landlock.restrict(**wall["landlock"])
    if wall["seccomp"]:
        seccomp.install()
        no_programs.pretend()
    if not wall["semaphores"]:
        no_programs.without_semaphores()


def _serve(
    pipe: IO[bytes], answers: int, setup: dict[str, Any], limits: Limits, mapped: int
) -> None:
    threading.stack_size(_OTHER_STACKS)
    budget = TimeBudget(limits.load, setup["started"], setup["endless"])
    impose(limits, mapped)
    # Low, because a submission that is loaded has an endless recursion more often than a deep graph.
    sys.setrecursionlimit(_LOADING_RECURSION)
    engine = None
    _reorder(setup["order"])
    try:
        engine, handshake = open_engine(setup, budget)
        handshake["unended"] = budget.unended
    except GradconformError as problem:
        offer = getattr(problem, "offer", "")
        misnamed = isinstance(problem, Misnamed)
        handshake = {"error": str(problem), "misnamed": misnamed, "offer": offer}
    except BaseException as problem:
        handshake = {"error": f"it cannot be loaded: {told(problem)}", "offer": ""}
    _write(answers, _line(handshake))
    if engine is None:
        return
    # Loaded code stays for ever, so the garbage collector need not examine it again.
    gc.collect()
    gc.freeze()
    _reorder(setup["order"])  # once more, because loading has filled the holes
    with garbage.rarely_looked_for():
        for line in pipe:
            request = json.loads(line)
            sys.setrecursionlimit(request.get("recursion") or limits.recursion)
            answer = _answer(engine, request)
            garbage.free()  # before the answer is sent: otherwise the time would count for the next case
            _write(answers, answer)


def _fix_random_numbers(order: int) -> None:
    """Let an engine draw the same numbers in each process of one order, so that its answers can be repeated.

    In a process of another order it draws others, so that answers that hang on them are noticed.
    """
    for name in ("random", "numpy.random"):
        if name in sys.modules:
            sys.modules[name].seed(order)


def _reorder(order: int) -> None:
    if order:
        from .addresses import scatter

        scatter(order)


def _answer(engine: Engine, request: dict[str, Any]) -> bytes:
    """Return the line that answers a request. Nothing that the engine does or gives is raised here."""
    try:
        program = from_json(request["program"], unchecked=True)
        inputs = {name: Array.from_json(array) for name, array in request["inputs"]}
        return _line({"id": request["id"], **encode(engine.run(program, inputs))})
    except BaseException as problem:  # for example sys.exit() in an op, or no memory for the answer
        stop = raised(0, problem)
        return _line({"id": request["id"], **encode(Transcript((), stop))})


def _line(document: dict[str, Any]) -> bytes:
    return _json.encode(document).encode() + b"\n"


def _write(answers: int, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(answers, rest) :]
