"""A thread waits for the work of another process, while this thread does its own work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class BackgroundWork(Generic[T]):
    """A context in which `work` is done in a thread. The end of the context waits for the work.

    After an exception in the context, such as Ctrl-C, the end does not wait. It calls `give_up`, which must
    end the work. The thread does not keep the process alive.
    """

    def __init__(self, work: Callable[[], T], give_up: Callable[[], None]) -> None:
        self._work, self._give_up = work, give_up
        self._future: Future[T] = Future()
        self._thread = threading.Thread(target=self._do, daemon=True)

    def result(self) -> T:
        """Return what the work returned. Raises what the work raised."""
        return self._future.result()

    def __enter__(self) -> BackgroundWork[T]:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._give_up()
            return
        try:
            self._thread.join()
        except BaseException:  # Ctrl-C
            self._give_up()
            raise

    def _do(self) -> None:
        try:
            self._future.set_result(self._work())
        except BaseException as problem:
            self._future.set_exception(problem)
