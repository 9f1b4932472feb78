"""How far a run is, on stderr: a bar on a terminal, else one line for each engine.

- `progress`, `Progress`: both, and neither in a quiet run.
- `say`: a line on stderr, for what is said beside them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .busy import busy, just_said

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress


def say(line: str) -> None:
    """Print a line on stderr."""
    print(line, file=sys.stderr, flush=True)
    just_said()


class Progress:
    """Gets the events of a run. This class is for a quiet run: it prints only which engines are left out."""

    def opening(self, engine: str) -> None:
        """An engine is about to be loaded, which may take some seconds."""

    def found(self, line: str) -> None:
        """An engine was loaded; `line` describes it."""

    def noticed(self, line: str) -> None:
        """Something was noticed when an engine was loaded. It is printed in a quiet run too."""
        self._say(line)

    def left_out(self, line: str) -> None:
        """An engine does not take part; `line` says why. It is printed in a quiet run too."""
        self._say(line)

    def finished(self, engine: str, verdict: str) -> None:
        """One case on one engine is finished."""

    def asking_again(self, engine: str) -> None:
        """All cases on the engine are finished, and what is doubtful is asked again."""

    def _say(self, line: str) -> None:
        say(line)


@contextmanager
def progress(engines: int, cases: int, quiet: bool) -> Iterator[Progress]:
    """Give a `Progress`: a bar on a terminal, else one line for each engine at its end; `quiet`: neither."""
    if quiet:
        yield Progress()
    elif sys.stderr.isatty():
        from rich import progress as bars

        from .terminal import console

        columns = (*bars.Progress.get_default_columns(), bars.MofNCompleteColumn())
        out = console(stderr=True)
        shown = bars.Progress(*columns, console=out, transient=True, refresh_per_second=5)
        with shown as bar, busy(""):  # the bar says it
            yield _Bar(bar, engines, cases)
    else:
        lines = _Lines(engines, cases)
        with busy(lines.now):
            yield lines


class _Bar(Progress):
    """A bar. It moves at most ten times in a second, because one move takes as long as a short case."""

    def __init__(self, bar: RichProgress, engines: int, cases: int) -> None:
        self.bar, self.cases = bar, cases
        self.task = bar.add_task("running", total=engines * cases)
        self.count, self.moved = 0, 0.0

    def opening(self, engine: str) -> None:
        self._move(f"loading {engine}")

    def found(self, line: str) -> None:
        self._say(line)

    def noticed(self, line: str) -> None:
        """Print nothing: `found` has printed it."""

    def left_out(self, line: str) -> None:
        self.count += self.cases
        self._say(line)

    def finished(self, engine: str, verdict: str) -> None:
        self.count += 1
        if time.monotonic() - self.moved > 0.1:
            self._move(engine)

    def asking_again(self, engine: str) -> None:
        self._move(f"asking {engine} again")

    def _say(self, line: str) -> None:
        self.bar.console.print(line, soft_wrap=True)
        just_said()

    def _move(self, description: str) -> None:
        from rich.markup import escape

        self.bar.update(self.task, completed=self.count, description=escape(description))
        self.moved = time.monotonic()


class _Lines(Progress):
    """One line for each engine when all of its cases are finished; `now` says what is being done."""

    def __init__(self, engines: int, cases: int) -> None:
        self.engines, self.cases = engines, cases
        self.counts: dict[str, dict[str, int]] = {}
        self.engine, self.loading, self.ended = "the engines", True, 0

    def now(self) -> str:
        if self.loading:
            return f"loading {self.engine}"
        count = sum(self.counts[self.engine].values())
        if count < self.cases:
            return f"{self.engine}: {count} of {self.cases} cases"
        # Another engine is at work, and has not answered for a while.
        return f"{self.ended} of {self.engines} engines are done"

    def opening(self, engine: str) -> None:
        self.engine, self.loading = engine, True

    def found(self, line: str) -> None:
        self._say(line)

    def noticed(self, line: str) -> None:
        """Print nothing: `found` has printed it."""

    def left_out(self, line: str) -> None:
        self.ended += 1
        self._say(line)

    def finished(self, engine: str, verdict: str) -> None:
        self.engine, self.loading = engine, False
        counts = self.counts.setdefault(engine, {})
        counts[verdict] = counts.get(verdict, 0) + 1
        if sum(counts.values()) == self.cases:
            self.ended += 1
            words = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
            self._say(f"{engine}: {self.cases} cases: {words}")
