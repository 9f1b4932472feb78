"""The functions that a notebook has without importing them: `display`, `get_ipython` and so on.

- `names`: these functions, for a namespace. `Shell`: the result of `get_ipython()`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .absent_packages import Silent


class Shell(Silent):
    """The result of `get_ipython()`: a silent object, except for the magic `%run`."""

    def __init__(self, run: Callable[[str], None]) -> None:
        self._run = run

    def run_line_magic(self, name: str, line: str, *rest: Any, **options: Any) -> Any:
        """Run a file for `%run`, and raise what it raises; any other magic does nothing."""
        return self._run(line) if name == "run" else None

    def magic(self, line: str) -> Any:
        """Do the same, under the name that the method had before IPython 1."""
        name, _, rest = line.lstrip("%").partition(" ")
        return self.run_line_magic(name, rest)


def names(run: Callable[[str], None]) -> dict[str, Any]:
    """Return the functions by their names; `run` is called with the rest of a line behind `%run`."""
    shell = Shell(run)
    # Python defines these three in its module `site`, which a child does not import.
    python = {"exit": sys.exit, "quit": sys.exit, "help": Silent()}
    return {"get_ipython": lambda: shell, "display": Silent(), **python}
