"""What a notebook has by itself and a module has not: `display`, `get_ipython` and their like."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from harness.submission.loading.absent_packages import Silent


class Shell(Silent):
    """What `get_ipython()` gives: silent, but for the magic that runs another file."""

    def __init__(self, run: Callable[[str], None]) -> None:
        self._run = run

    def run_line_magic(self, name: str, line: str, *rest: Any, **options: Any) -> Any:
        """Run a file for `%run`; any other magic does nothing."""
        return self._run(line) if name == "run" else None

    def magic(self, line: str) -> Any:
        """The same, as it was called before IPython 1."""
        name, _, rest = line.lstrip("%").partition(" ")
        return self.run_line_magic(name, rest)


def names(run: Callable[[str], None]) -> dict[str, Any]:
    """The names, for a module's namespace; `run` is given what stands behind `%run`."""
    shell = Shell(run)
    # Python's own come from `site`, which a child does without.
    python = {"exit": sys.exit, "quit": sys.exit, "help": Silent()}
    return {"get_ipython": lambda: shell, "display": Silent(), **python}
