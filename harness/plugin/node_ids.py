"""The arguments of pytest that name tests of gradconform, such as `gradconform::scalar-ties/maximum`.

No file has this name, so pytest itself must not see these arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

import pytest

from ..catalogue.case import Case
from .options import NAME


class NodeIds:
    """The tests that were named. `named` is None when every test is wanted."""

    def __init__(self) -> None:
        self.named: list[str] | None = None

    def take(self, arguments: Sequence[str], folder: Path) -> list[str]:
        """Keep the ids of gradconform's tests and return the other arguments.

        `folder` is where pytest was called: a file or folder there with the name `gradconform` holds other
        tests.
        """
        others = []
        for argument in arguments:
            place, _, id = argument.partition("::")
            if PurePath(place).name != NAME or (folder / place).exists():
                others.append(argument)
            else:
                self.named = [*(self.named or []), id]
        if self.named is None and _only_tests_of_files(others):
            self.named = []
        return others

    def check(self, engines: Iterable[str], cases: Sequence[Case]) -> None:
        """Raise pytest.UsageError for an id that no test has."""
        if not self.named:
            return
        tests = [f"{engine}-{case.id}" for engine in engines for case in cases]
        for id in self.named:
            if not any(_names(id, test) for test in tests):
                raise pytest.UsageError(f"not found: {NAME}::{id}; see pytest --collect-only -q")

    def wants(self, engine: str, case: Case) -> bool:
        """True when the test of `case` on `engine` was named, or no test was."""
        if self.named is None:
            return True
        test = f"{engine}-{case.id}"
        return any(_names(id, test) for id in self.named)


def _names(id: str, test: str) -> bool:
    """An id without its brackets names every variant, and an empty id names every test."""
    return id in (test, test.partition("[")[0], "")


def _only_tests_of_files(arguments: Sequence[str]) -> bool:
    return bool(arguments) and all("::" in argument for argument in arguments)
