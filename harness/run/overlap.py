"""Work that another process does, waited for in a thread while this one does its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Meanwhile(Generic[T]):
    """Begins `work` when it is entered, and waits for it when it is left; then it gives what came of it.

    When the block is left by an exception, as by Ctrl-C, `give_up` ends the work, and nothing is waited for.
    """

    def __init__(self, work: Callable[[], T], give_up: Callable[[], None]) -> None:
        self._work, self._give_up = work, give_up
        self._found: list[T] = []
        self._problem: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __call__(self) -> T:
        """The result. What the work raised is raised."""
        for problem in self._problem:
            raise problem
        return self._found[0]

    def __enter__(self) -> Meanwhile[T]:
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
        except BaseException:
            self._give_up()
            raise

    def _run(self) -> None:
        try:
            self._found.append(self._work())
        except BaseException as problem:
            self._problem.append(problem)
