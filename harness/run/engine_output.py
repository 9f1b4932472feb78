"""The folder `output/` of a report: what untrusted engines printed, and the tracebacks of their exceptions.

- `keep_output`: one file for each engine that printed.
- `Tracebacks`: one file for each engine that raised, written as the cases run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ..report.results_file import writing

_MOST = 1 << 20  # characters of one file of tracebacks


def keep_output(folder: Path, printed: Mapping[str, str]) -> None:
    """Write what untrusted engines printed; `printed` has the text by the heading of the engine.

    Raises UsageError when a file cannot be written.
    """
    for engine, text in printed.items():
        if text:
            path = _new_file(folder, engine, "")
            with writing(path):
                path.write_text(text, encoding="utf-8")


class Tracebacks:
    """The tracebacks of a run, in `folder`. Of one engine at most 1 MiB is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: dict[str, Path] = {}
        self._left: dict[str, int] = {}
        self._first: dict[tuple[str, str], str] = {}

    def keep(self, engine: str, case: str, traceback: str) -> None:
        """Append the traceback of a case. A traceback that came before is named by its first case.

        Raises UsageError when the file cannot be written.
        """
        first = self._first.get((engine, traceback), case)
        entry = f"{case}: as {first}\n" if first != case else f"{case}: {traceback}\n"
        left = self._left.get(engine, _MOST)
        if not left:
            return
        if engine not in self._paths:
            self._paths[engine] = _new_file(self._folder, engine, " tracebacks")
        if len(entry) > left:
            entry, left = "the file is full: further tracebacks are not kept\n", 0
        self._left[engine] = max(0, left - len(entry))
        self._first[engine, traceback] = first
        with writing(self._paths[engine]), self._paths[engine].open("a", encoding="utf-8") as file:
            file.write(entry)


def _new_file(folder: Path, engine: str, ending: str) -> Path:
    """Return a path under `output/` that does not exist yet. UsageError when the folder cannot be made."""
    with writing(folder):
        (folder / "output").mkdir(exist_ok=True)
    plain = re.sub(r"[^\w.() -]", "_", engine)
    # A file system limits the bytes of a name. The cut names of two engines may be the same.
    name = plain.encode()[:100].decode("utf-8", "ignore")
    path, number = folder / "output" / f"{name}{ending}.txt", 1
    while path.exists():
        number += 1
        path = folder / "output" / f"{name} {number}{ending}.txt"
    return path
