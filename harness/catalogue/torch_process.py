"""Torch in a process of its own, which several processes ask.

- `TorchProcess`: the process, as the one that starts it sees it. `torch_oracle` is the other side.
- `Line`: a connection to it, on which questions are sent ahead of their answers.

It ends together with the process that started it. A question goes there as JSON, because a program is written
and read in a third of the time that pickle takes. An answer is pickled.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pickle
import select
import socket
import sys
from collections import deque
from multiprocessing.connection import Connection, Pipe

from ..processes import forked
from ..program.serialize import to_json
from ..program.transcript import Transcript
from .case import Instance
from .reference_cache import ReferenceCache

# The most answers that are under way on one line: other lines have their turn, and little memory is needed.
_AHEAD = 32
# The most bytes of questions that are sent ahead; a pair of sockets takes more than this.
_BYTES = 64 << 10
_ENDING = 2.0  # seconds in which it writes to the cache


class TorchProcess:
    """The process of torch. It imports torch at its first question, or now if `at_once`.

    Raises OSError when there can be no more process.
    """

    def __init__(self, cache: ReferenceCache | None, at_once: bool) -> None:
        # Neither can be reached by another process: they have no name.
        self._control, theirs = socket.socketpair()
        self._writes = cache is not None
        try:
            self._process = forked(_serve, theirs, cache, at_once)
        except OSError:
            self._control.close()
            raise
        finally:
            theirs.close()

    def line(self) -> Line:
        """Return a connection of its own, for this process or for a fork of it."""
        ours, theirs = Pipe()
        with theirs, contextlib.suppress(OSError):  # a line to a process that has ended says so
            socket.send_fds(self._control, [b"."], [theirs.fileno()])
        return Line(ours)

    def close(self) -> None:
        """End the process when it has written to the cache. Call this in the process that started it."""
        # While torch is imported, this signal ends the process at once, and later when it has written.
        self._process.terminate()
        self._control.close()
        if self._writes:
            self._process.join(_ENDING)
        self._process.kill()
        self._process.join()


class Line:
    """A connection to the process of torch. Questions are told apart by their digests.

    When the process has ended, there are no answers on the line any more.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._to_send: deque[tuple[str, bytes]] = deque()
        self._sent: deque[tuple[str, int]] = deque()  # with their lengths
        self._awaited: set[str] = set()
        self._answers: dict[str, bytes] = {}

    def expects(self, digest: str) -> bool:
        """True when the question was sent ahead, and its answer was not taken yet."""
        return digest in self._awaited

    def expect(self, instance: Instance) -> None:
        """Send the question ahead, as soon as there is room for it. This never waits."""
        self._awaited.add(instance.digest)
        self._to_send.append((instance.digest, _question(instance)))
        self._exchange()

    def answer(self, instance: Instance) -> Transcript | None:
        """Return the answer when it is there; None when torch raised, or when its process has ended."""
        digest = instance.digest
        if digest not in self._awaited:
            self.expect(instance)
        while digest not in self._answers and self._exchange(wait=True):
            pass
        self._awaited.discard(digest)
        found = self._answers.pop(digest, b"")
        transcript: Transcript | None = pickle.loads(found) if found else None
        return transcript

    def close(self) -> None:
        """Close the connection in this process."""
        self._connection.close()
        self._to_send.clear()
        self._sent.clear()

    def _exchange(self, wait: bool = False) -> bool:
        """Send questions, and take the answers that are there. With `wait` take at least one.

        False when there is nothing to wait for.
        """
        try:
            self._send(wait)
            while self._sent and (wait or self._connection.poll()):
                self._answers[self._sent.popleft()[0]] = self._connection.recv_bytes()
                wait = False
                self._send(wait)
        except (OSError, EOFError):  # the process has ended, and what was sent to it has no answer
            self.close()
        return bool(self._sent or self._to_send)

    def _send(self, wait: bool) -> None:
        """Send what may be sent ahead. With `wait` send a question even if the process does not take it yet.

        It takes everything at last, even while nobody takes its answers.
        """
        while self._to_send and len(self._sent) < _AHEAD:
            digest, question = self._to_send[0]
            under_way = sum(length for _, length in self._sent)
            if under_way + len(question) > _BYTES and not (wait and not self._sent):
                return
            self._connection.send_bytes(question)
            self._sent.append((digest, len(question)))
            self._to_send.popleft()


def _question(instance: Instance) -> bytes:
    inputs = {name: array.to_json() for name, array in instance.inputs.items()}
    return json.dumps([instance.digest, to_json(instance.program), inputs]).encode()


def _serve(control: socket.socket, cache: ReferenceCache | None, at_once: bool) -> None:
    """The work of the fork."""
    # It must not keep open what it has inherited: the pipes of engines, the files of a report.
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) != control.fileno():
            with contextlib.suppress(OSError):  # that of the list itself is closed already
                os.close(int(name))
    gc.freeze()  # otherwise a search for cycles copies the pages that both processes share
    lines = [] if at_once else _lines_until_asked(control)
    # It takes long to import, and is not needed when all answers are in the cache.
    from .torch_oracle import serve

    serve(control, lines, cache, at_once)


def _lines_until_asked(control: socket.socket) -> list[socket.socket]:
    """Return the lines that have come when there is a question on one of them."""
    lines: list[socket.socket] = []
    while True:
        for ready in select.select([control, *lines], [], [])[0]:
            if ready is not control:
                if ready.recv(1, socket.MSG_PEEK):
                    return lines
                lines.remove(ready)
                continue
            _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not descriptors:
                sys.exit()
            lines.append(socket.socket(fileno=descriptors[0]))
