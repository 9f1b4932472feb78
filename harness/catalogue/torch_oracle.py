"""Torch's side of `torch_process`: a fork in which torch is asked for other processes.

It remembers its answers by digest, so that torch computes each of them once, and writes them to the cache.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import pickle
import signal
import socket
import struct
from typing import Any

from ..engine import builtin
from ..errors import EngineError
from ..program.arrays import Array
from ..program.serialize import from_json
from ..program.transcript import Transcript
from .reference_cache import ReferenceCache
from .torch_here import answer

NO_ANSWER = b""  # the process that asked asks torch itself, and meets the same exception
_REMEMBERED = 64 << 20  # bytes of answers
_SAVED_AFTER = 0.5  # seconds until an answer is written to the cache, together with others


def serve(
    control: socket.socket,
    lines: list[socket.socket],
    cache: ReferenceCache | None,
    at_once: bool,
) -> None:
    """Answer on these lines, and on those that come through the control socket.

    This ends when the control socket is closed, or SIGTERM comes. With `at_once` torch is imported before the
    first question.
    """
    oracle = _Oracle(cache)
    if at_once:
        with contextlib.suppress(EngineError):  # the process that asks meets it
            oracle.torch.imported  # noqa: B018 - torch is imported here
    asyncio.run(oracle.answer_all(control, lines))
    oracle.save()


class _Oracle:
    """Torch, and what it has answered."""

    def __init__(self, cache: ReferenceCache | None) -> None:
        self.torch = builtin.ReferenceEngine()
        self._cache = cache
        self._remembered: dict[str, bytes] = {}
        self._size = 0
        self._unsaved: dict[str, Transcript] = {}

    async def answer_all(self, control: socket.socket, lines: list[socket.socket]) -> None:
        """Answer on these lines and on those that come through the control socket, until all has to end."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        tasks = {loop.create_task(self._converse(line)) for line in lines}

        def hear() -> None:
            _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not descriptors:
                loop.remove_reader(control)
                ended.set()
            for descriptor in descriptors:
                tasks.add(loop.create_task(self._converse(socket.socket(fileno=descriptor))))

        loop.add_reader(control, hear)
        loop.add_signal_handler(signal.SIGTERM, ended.set)
        await ended.wait()

    async def _converse(self, line: socket.socket) -> None:
        """Answer on one line, in the format of `multiprocessing.connection`: a length, and so many bytes."""
        reader, writer = await asyncio.open_connection(sock=line)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):  # the other end is closed
            while True:
                (length,) = struct.unpack("!i", await reader.readexactly(4))
                found = self._answer(*json.loads(await reader.readexactly(length)))
                writer.write(struct.pack("!i", len(found)) + found)
        writer.close()

    def _answer(self, digest: str, steps: list[Any], inputs: dict[str, Any]) -> bytes:
        found = self._remembered.get(digest)
        if found is None:
            try:
                transcript = self._ask(steps, inputs)
            except Exception:
                return NO_ANSWER
            found = self._remembered[digest] = pickle.dumps(transcript, pickle.HIGHEST_PROTOCOL)
            self._size += len(found)
            while self._size > _REMEMBERED:
                self._size -= len(self._remembered.pop(next(iter(self._remembered))))
            self._keep(digest, transcript)
        return found

    def _ask(self, steps: list[Any], inputs: dict[str, Any]) -> Transcript:
        arrays = {name: Array.from_json(array) for name, array in inputs.items()}
        return answer(self.torch.imported, from_json(steps, unchecked=True), arrays)

    def _keep(self, digest: str, transcript: Transcript) -> None:
        if self._cache is None:
            return
        if not self._unsaved:
            asyncio.get_running_loop().call_later(_SAVED_AFTER, self.save)
        self._unsaved[digest] = transcript

    def save(self) -> None:
        """Write what torch has answered to the cache."""
        if self._cache is not None and self._unsaved:
            self._cache.keep(self._unsaved)
            self._unsaved.clear()
