"""Running untrusted sources in the child: statement by statement, each file and cell within its time.

- `StatementRunner`: runs them, and notes what fails.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import contextlib
import importlib
import inspect
from collections import deque
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ...places import file_and_cell, line_of, remember, source_line, told
from ...text import described
from ..magics import NO_PYTHON, as_python
from . import newer_syntax, statements
from .absent_parts import NotHere, is_placeholder, result
from .time_budget import TimeBudget

_MOST_NAMES = 4


@dataclass
class _Source:
    """The statements of a file or a cell that remain to be run, and the flags of its `__future__` imports.

    `classes` are the names of the classes at its top.
    """

    name: str
    flags: int
    pending: deque[ast.stmt]
    classes: list[str]

    def kept(self, module: ModuleType) -> str:
        """Return the end of a note on an error: the classes that the module has."""
        there = [name for name in self.classes if name in vars(module)]
        more = " ..." if there[_MOST_NAMES:] else ""
        return f"; still defined: {', '.join(there[:_MOST_NAMES])}{more}" if there else ""


class StatementRunner:
    """Executes sources one statement after the other.

    A statement that uses an absent package is skipped, and the names that it would have bound get
    placeholders. After a statement that fails, only definitions are run: a demonstration in the middle of a
    file must not hide the class below it. `notes` are sentences for the report; `texts` has the sources by
    the names under which they were compiled.
    """

    def __init__(self, budget: TimeBudget) -> None:
        self.budget = budget
        self.notes: list[str] = []
        self.texts: dict[str, str] = {}
        self._builtins = dict(vars(builtins))

    def run_text(self, module: ModuleType, text: str, name: str, strict: bool = False) -> None:
        """Run a file or a cell. An error becomes a note; with `strict` it is raised.

        SystemExit and other exceptions that are no `Exception` are always raised.
        """
        source = self._parsed(text, name, strict)
        if source is not None:
            self._run(module, source, strict)

    def guarded(self, module: ModuleType, text: str, name: str) -> bool:
        """Run a file or a cell within the time of one. Every error becomes a note, SystemExit too.

        False when no time was left and it was not run.
        """
        seconds = self.budget.for_one()
        if seconds <= 0:
            return False
        source: _Source | None = None

        def work() -> None:
            nonlocal source
            source = self._parsed(text, name, strict=False)
            if source is not None:
                self._run(module, source, strict=False)

        def define() -> None:
            if source is not None:
                self._define(module, source)

        def kept() -> str:
            return "" if source is None else source.kept(module)

        try:
            if not self.budget.run(work, seconds):
                noted = len(self.notes)
                self.budget.probe(define)
                self.note(f"{name} took longer than {seconds:.3g} s{kept()}", noted)
        except BaseException as problem:  # sys.exit() at the end of a file is common
            self.note(f"{name}: {told(problem)}{kept()}")
        return True

    def import_guarded(self, package: str) -> None:
        """Import a package within the time of one file. Every error becomes a note."""
        seconds = self.budget.for_one()
        try:
            if not self.budget.run(lambda: _import(package), seconds):
                self.note(f"{package} took longer than {seconds:.3g} s")
        except BaseException as problem:
            self.note(f"{package}: {told(problem)}")

    def not_run(self, what: str) -> None:
        """Add a note about the part for which no time was left. `what` ends in "was" or "were"."""
        self.note(f"{what} not run: loading took {self.budget.for_loading:.3g} s")

    def note_all(self, sentences: Iterable[str]) -> None:
        """Add several sentences to the notes."""
        for sentence in sentences:
            self.note(sentence)

    def note(self, words: str, place: int | None = None) -> None:
        """Add a sentence to the notes, at the end or at `place`, unless it is there already."""
        if words not in self.notes:
            self.notes.insert(len(self.notes) if place is None else place, words)

    def _parsed(self, text: str, name: str, strict: bool) -> _Source | None:
        self.keep(name, text)
        try:
            tree = self._tree(text, name)
        except NO_PYTHON as problem:
            if strict:
                raise
            line = getattr(problem, "lineno", None)
            if isinstance(problem, SyntaxError):
                # The note begins with the place; the text of the exception would name it again.
                problem.filename = problem.lineno = None
            source = source_line(name, line) if line else ""
            place = f"{name}, line {line}" if line else name
            self.note(
                f"{place}: {described(problem)}"
                + (f" (`{source}`)" if source else "")
                + newer_syntax.advice(problem, source)
            )
            return None
        flags = _future_flags(tree)
        if file_and_cell(name)[1] is not None:
            flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        classes = [each.name for each in tree.body if isinstance(each, ast.ClassDef)]
        return _Source(name, flags, deque(tree.body), list(dict.fromkeys(classes)))

    def _tree(self, text: str, name: str) -> ast.Module:
        with contextlib.suppress(SyntaxError):
            return ast.parse(text, name)
        text = as_python(text)
        self.keep(name, text)
        return ast.parse(text, name)

    def keep(self, name: str, text: str) -> None:
        """Keep the text of a source, for the places of its classes and for tracebacks."""
        self.texts[name] = text
        remember(name, text)

    def _run(self, module: ModuleType, source: _Source, strict: bool) -> None:
        while source.pending:
            statement = source.pending.popleft()
            try:
                self._execute(vars(module), statement, source)
                self._put_builtins_back(source, statement)
            except Exception as problem:
                noted = len(self.notes)
                self._define(module, source)
                if strict:
                    raise
                said = told(problem, line_of(source.name, statement.lineno))
                place = f"{source.name}, line {statement.lineno}"
                # It comes before the notes on what was run after it, because it may be their cause.
                self.note(f"{place}: {said}{source.kept(module)}", noted)

    def _put_builtins_back(self, source: _Source, statement: ast.stmt) -> None:
        """Undo an assignment such as `builtins.len = ...`: all Python code in the process rests on it."""
        now = vars(builtins)
        for name, value in self._builtins.items():
            if now.get(name) is not value:
                now[name] = value
                place = f"{source.name}, line {statement.lineno}"
                self.note(f"{place}: it replaces builtins.{name}, and the original was put back")

    def _define(self, module: ModuleType, source: _Source) -> None:
        """Run the definitions that are left. An error is not noted: most likely the first error caused it."""
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
                statement = statements.without_absent(
                    statement, lambda n: is_placeholder(names.get(n))
                )
                with contextlib.suppress(NotHere):
                    return _exec(statement, source, names)
            bound = {name: result(problem.part) for name in statements.names_bound(statement)}
            names |= bound if statements.replaces(statement) else {**bound, **names}


def _exec(statement: ast.stmt, source: _Source, names: dict[str, Any]) -> None:
    single = ast.Module([statement], [])
    code = compile(single, source.name, "exec", flags=source.flags, dont_inherit=True)
    if code.co_flags & inspect.CO_COROUTINE:
        _await(eval(code, names))
    else:
        exec(code, names)


def _await(waiting: Coroutine[Any, Any, Any]) -> None:
    """Run what awaits at the top of a cell, as IPython does. There is no event loop: the walls forbid one."""
    with contextlib.suppress(StopIteration):
        while True:
            waiting.send(None)


def _import(package: str) -> None:
    importlib.import_module(package)


def _future_flags(tree: ast.Module) -> int:
    names = [
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    ]
    known = [name for name in names if name in __future__.all_feature_names]
    return sum(getattr(__future__, name).compiler_flag for name in known)
