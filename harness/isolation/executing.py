"""Running a stranger's sources in the child: statement by statement, each within its time."""

from __future__ import annotations
import __future__

import ast
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from harness.interpret import described
from harness.isolation import statements
from harness.isolation.inert import NotHere, is_inert, result
from harness.isolation.magics import NO_PYTHON, as_python


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


@dataclass
class _Source:
    """What is left to run of a file or a cell."""

    name: str
    flags: int
    pending: deque[ast.stmt]


class Runner:
    """Executes sources one statement after the other.

    What uses a package that is not here is skipped, and what it would have bound is inert. Where a
    statement fails, nothing that computes is run below it, but what is defined there is: a demonstration
    in the midst of a file does not take the class below it away.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.notes: list[str] = []
        self.texts: dict[str, str] = {}

    def run_text(self, module: ModuleType, text: str, name: str, strict: bool = False) -> bool:
        """Run a file or a cell; whether it came to its end.

        What fails is noted; with `strict` it is raised.
        """
        source = self._parsed(text, name, strict)
        return source is not None and self._run(module, source, strict)

    def guarded(self, module: ModuleType, text: str, name: str) -> bool:
        """The same within the time of one cell, and whatever is raised to leave Python."""
        source: _Source | None = None
        done = False

        def work() -> None:
            nonlocal source, done
            source = self._parsed(text, name, strict=False)
            done = source is not None and self._run(module, source, strict=False)

        def define() -> None:
            if source is not None:
                self._define(module, source)

        try:
            self.clock.run(work)
        except TookTooLong:
            self.note(f"{name} took longer than {self.clock.seconds:g} s")
            with contextlib.suppress(BaseException):
                self.clock.run(define)
        except BaseException as problem:  # sys.exit() at the end of a file is common
            self.note(f"{name}: {described(problem)}")
        return done

    def note(self, words: str) -> None:
        """Say something in the report, once."""
        if words not in self.notes:
            self.notes.append(words)

    def _parsed(self, text: str, name: str, strict: bool) -> _Source | None:
        self.texts[name] = text
        try:
            tree = self._tree(text, name)
        except NO_PYTHON as problem:
            if strict:
                raise
            line = getattr(problem, "lineno", None)
            self.note(f"{name}{f', line {line}' if line else ''}: {described(problem)}")
            return None
        return _Source(name, _future_flags(tree), deque(tree.body))

    def _tree(self, text: str, name: str) -> ast.Module:
        with contextlib.suppress(SyntaxError):
            return ast.parse(text, name)
        self.texts[name] = text = as_python(text)
        return ast.parse(text, name)

    def _run(self, module: ModuleType, source: _Source, strict: bool) -> bool:
        while source.pending:
            statement = source.pending.popleft()
            try:
                self._execute(vars(module), statement, source)
            except Exception as problem:
                if not strict:
                    self.note(f"{source.name}, line {statement.lineno}: {described(problem)}")
                self._define(module, source)
                if strict:
                    raise
                return False
        return True

    def _define(self, module: ModuleType, source: _Source) -> None:
        """Run what only defines. What fails there is most likely a consequence, and not told."""
        while source.pending:
            statement = source.pending.popleft()
            if statements.only_defines(statement):
                with contextlib.suppress(Exception):
                    self._execute(vars(module), statement, source)

    def _execute(self, names: dict[str, Any], statement: ast.stmt, source: _Source) -> None:
        try:
            _exec(statement, source, names)
        except NotHere as problem:
            self.note(f"{source.name}: {problem}")
            if isinstance(statement, statements.Definition):
                statement = statements.without_absent(statement, lambda n: is_inert(names.get(n)))
                with contextlib.suppress(NotHere):
                    return _exec(statement, source, names)
            bound = {name: result(problem.part) for name in statements.names_bound(statement)}
            names |= bound if statements.replaces(statement) else {**bound, **names}


def _exec(statement: ast.stmt, source: _Source, names: dict[str, Any]) -> None:
    single = ast.Module([statement], [])
    code = compile(single, source.name, "exec", flags=source.flags, dont_inherit=True)
    exec(code, names)


def _future_flags(tree: ast.Module) -> int:
    names = [
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    ]
    known = [name for name in names if name in __future__.all_feature_names]
    return sum(getattr(__future__, name).compiler_flag for name in known)
