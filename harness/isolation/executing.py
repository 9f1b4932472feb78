"""Running a stranger's sources in the child: statement by statement, each within its time."""

from __future__ import annotations
import __future__

import ast
import threading
import time
from collections.abc import Callable
from types import ModuleType

from harness.interpret import described
from harness.isolation.standins import NotHere


class TookTooLong(BaseException):
    """Raised in a cell, from outside, when its time is over. No handler of a stranger's names it."""


class Clock:
    """Ends work that takes longer than `seconds`, in the thread that made the clock.

    Its own thread is there from the start: under limits that a stranger's code is to feel, none may be
    to be had.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._worker = threading.get_ident()
        self._bell = threading.Condition()
        self._deadline: float | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    def run(self, work: Callable[[], None]) -> None:
        """Do the work; TookTooLong is raised in the midst of it when its time is over."""
        self._set(time.monotonic() + self.seconds)
        try:
            work()
        finally:
            self._set(None)

    def _set(self, deadline: float | None) -> None:
        with self._bell:
            self._deadline = deadline
            self._bell.notify()

    def _watch(self) -> None:
        with self._bell:
            while True:
                left = None if self._deadline is None else self._deadline - time.monotonic()
                if left is None or left > 0:
                    self._bell.wait(left)
                else:
                    self._deadline = None
                    self._interrupt()

    def _interrupt(self) -> None:
        import ctypes

        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(self._worker), ctypes.py_object(TookTooLong)
        )


class Runner:
    """Executes sources one statement after the other."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.notes: list[str] = []
        self.texts: dict[str, str] = {}

    def run_text(self, module: ModuleType, text: str, name: str, strict: bool = False) -> bool:
        """Run a file or a cell; whether it came to its end.

        What fails is noted and ends it, unless only something that is not here was used; with
        `strict` it is raised.
        """
        self.texts[name] = text
        try:
            tree = ast.parse(text, name)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
            if strict:
                raise
            line = getattr(problem, "lineno", None)
            self.notes.append(f"{name}{f', line {line}' if line else ''}: {described(problem)}")
            return False
        flags = _future_flags(tree)
        for statement in tree.body:
            single = ast.Module([statement], [])
            code = compile(single, name, "exec", flags=flags, dont_inherit=True)
            try:
                exec(code, vars(module))
            except NotHere as problem:
                note = f"{name}: {problem}"
                self.notes += [note] if note not in self.notes else []
            except Exception as problem:
                if strict:
                    raise
                self.notes.append(f"{name}, line {statement.lineno}: {described(problem)}")
                return False
        return True

    def guarded(self, module: ModuleType, text: str, name: str) -> bool:
        """The same within the time of one cell, and whatever is raised to leave Python."""
        done = False

        def work() -> None:
            nonlocal done
            done = self.run_text(module, text, name)

        try:
            self.clock.run(work)
        except TookTooLong:
            self.notes.append(f"{name} took longer than {self.clock.seconds:g} s")
        except BaseException as problem:  # sys.exit() at the end of a file is common
            self.notes.append(f"{name}: {described(problem)}")
        return done


def _future_flags(tree: ast.Module) -> int:
    names = [
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    ]
    known = [name for name in names if name in __future__.all_feature_names]
    return sum(getattr(__future__, name).compiler_flag for name in known)
