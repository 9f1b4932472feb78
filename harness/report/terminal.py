"""The terminal: the table, the failures, and the progress of a run.

- `console`: an output of rich for untrusted text.
- `print_summary`, `print_failures`: the table and the failures, on stdout.
- `progress`, `Progress`: how far a run is, on stderr: a bar on a terminal, else one line for each engine.

rich honours `NO_COLOR`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from .busy import busy, just_said
from .files import Report
from .score import TOTALS, Score, Shown, headline, score_text

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

# A person scrolls through so many rows.
MOST_ENGINES = 100
_HEAD = "passed/ran of all that apply"


def console(stderr: bool = False) -> Console:
    """Return a console that prints untrusted text as it is: brackets are not markup.

    When the output is a file, a line has 120 columns and not 80, so that a table is rarely folded.
    """
    found = Console(stderr=stderr, highlight=False, markup=False, soft_wrap=False)
    if found.is_terminal:
        return found
    return Console(stderr=stderr, highlight=False, markup=False, width=120)


def print_summary(scores: Sequence[Score], title: str = "") -> None:
    """Print the summary `scores`: one row for each family and one column for each engine.

    When that is too wide for the console, there is one row for each engine; of more than `MOST_ENGINES`
    only those with the lowest scores. `title` is printed above.
    """
    out = console()
    shown = Shown(scores, MOST_ENGINES)
    for line in filter(None, (title, shown.sentence)):
        out.print(line, soft_wrap=True)
    if not shown.more:
        table = _by_family(shown.rows)
        natural = out.measure(table, options=out.options.update(max_width=100_000)).maximum
        if natural <= out.width:
            out.print(table)
            return
    out.print(_by_engine(shown.rows))


def _by_family(scores: Sequence[Score]) -> Table:
    """The rows of `TOTALS` are below the families; an engine that was left out has no column."""
    families = sorted({row.family for row in scores} - {*TOTALS})
    engines = list(dict.fromkeys(row.engine for row in scores if row.family not in TOTALS))
    shown = Table()
    shown.add_column(_HEAD)
    for engine in engines:
        shown.add_column(Text(engine), justify="right", no_wrap=True)
    cells = _cells(scores)
    for name in [*families, *TOTALS]:
        if name == TOTALS[0]:
            shown.add_section()
        row = [cells.get((engine, name)) for engine in engines]
        if any(cell is not None for cell in row):
            shown.add_row(name, *map(_cell, row))
    return shown


def _by_engine(scores: Sequence[Score]) -> Table:
    """The rows of `TOTALS` alone, or "left out"."""
    shown = Table()
    shown.add_column(_HEAD, overflow="fold")
    for name in TOTALS:
        shown.add_column(name, justify="right", overflow="fold")
    cells = _cells(scores)
    for engine in dict.fromkeys(row.engine for row in scores):
        row = [cells.get((engine, name)) for name in TOTALS]
        # An engine that was left out has only the row `all`.
        texts = [Text("left out", style="red")] if None in row else map(_cell, row)
        shown.add_row(Text(engine), *texts)
    return shown


def _cells(scores: Sequence[Score]) -> dict[tuple[str, str], Score]:
    return {(row.engine, row.family): row for row in scores}


def _cell(row: Score | None) -> Text:
    if row is None:
        return Text("—", style="dim")
    good = "yellow" if row.xfailed else "green" if row.passed else "dim"
    text = headline(row) if row.family in TOTALS else score_text(row)
    return Text(text, style="red" if row.bad else good)


def print_failures(report: Report) -> None:
    """Print the failures, in the order of `report.failures`, at most five for each family.

    They are those of the engines that `print_summary` shows.
    """
    out = console()
    shown = Shown(report.scores, MOST_ENGINES)
    failures = report.found.failures
    for group in failures.groups(report.folder, shown.engines):
        for row in group.shown:
            out.print(
                Text.assemble(
                    (f"{row['verdict']} ", "red"),
                    (f"{group.engine} {row['case']} ", "bold"),
                    row["message"],
                ),
                soft_wrap=True,
            )
        if group.more:
            out.print(Text(f"... and {group.more} more in {group.engine} {group.family}"))
    if more := len(failures.engines - shown.engines):
        out.print(Text(f"... and those of {more} more engines, in results.csv"))


class Progress:
    """Gets the events of a run. This class is for a quiet run: it prints only which engines are left out."""

    def __init__(self, out: Console) -> None:
        self.out = out

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
        self.out.print(line, soft_wrap=True)
        just_said()


@contextmanager
def progress(engines: int, cases: int, quiet: bool) -> Iterator[Progress]:
    """Give a `Progress`: a bar on a terminal, else one line for each engine at its end; `quiet`: neither."""
    out = console(stderr=True)
    if quiet:
        yield Progress(out)
    elif out.is_terminal:
        from rich import progress as bars

        columns = (*bars.Progress.get_default_columns(), bars.MofNCompleteColumn())
        shown = bars.Progress(*columns, console=out, transient=True, refresh_per_second=5)
        with shown as bar, busy(""):  # the bar says it
            yield _Bar(bar, engines, cases)
    else:
        lines = _Lines(out, cases)
        with busy(lines.now):
            yield lines


class _Bar(Progress):
    """A bar. It moves at most ten times in a second, because one move takes as long as a short case."""

    def __init__(self, bar: RichProgress, engines: int, cases: int) -> None:
        super().__init__(bar.console)
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

    def _move(self, description: str) -> None:
        self.bar.update(self.task, completed=self.count, description=escape(description))
        self.moved = time.monotonic()


class _Lines(Progress):
    """One line for each engine when all of its cases are finished; `now` says what is being done."""

    def __init__(self, out: Console, cases: int) -> None:
        super().__init__(out)
        self.cases = cases
        self.counts: dict[str, dict[str, int]] = {}
        self.engine, self.loading = "the engines", True

    def now(self) -> str:
        if self.loading:
            return f"loading {self.engine}"
        return f"{self.engine}: {sum(self.counts[self.engine].values())} of {self.cases} cases"

    def opening(self, engine: str) -> None:
        self.engine, self.loading = engine, True

    def found(self, line: str) -> None:
        self._say(line)

    def noticed(self, line: str) -> None:
        """Print nothing: `found` has printed it."""

    def finished(self, engine: str, verdict: str) -> None:
        self.engine, self.loading = engine, False
        counts = self.counts.setdefault(engine, {})
        counts[verdict] = counts.get(verdict, 0) + 1
        if sum(counts.values()) == self.cases:
            words = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
            self._say(f"{engine}: {self.cases} cases: {words}")
