"""What a person sees in the terminal: the table, the failures, and progress.

Data goes to stdout; progress goes to stderr, as a bar on a terminal and as one line per engine
elsewhere. rich honours `NO_COLOR`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pandas as pd
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


def console(stderr: bool = False) -> Console:
    """A console that does not fold a table at 80 columns when its output is a file."""
    found = Console(stderr=stderr, highlight=False, soft_wrap=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=120)


def print_summary(counts: pd.DataFrame) -> None:
    """One row per family, one column per engine, and the headline rows below."""
    from harness.report.markdown import score
    from harness.report.table import TOTALS

    engines = list(dict.fromkeys(counts["engine"]))
    shown = Table()
    shown.add_column("passed/ran of all")
    for engine in engines:
        shown.add_column(Text(str(engine)), justify="right", no_wrap=True)
    families = [name for name in dict.fromkeys(counts["family"]) if name not in TOTALS]
    cells = {(row["engine"], row["family"]): row for _, row in counts.iterrows()}
    for name in [*sorted(families), *TOTALS]:
        if name == TOTALS[0]:
            shown.add_section()
        row = [cells.get((engine, name)) for engine in engines]
        if any(cell is not None for cell in row):
            shown.add_row(name, *(_cell(cell, score, name in TOTALS) for cell in row))
    console().print(shown)


def _cell(row: Any, score: Any, total: bool) -> Text:
    if row is None:
        return Text("—", style="dim")
    text = score(row)
    if total and row["ran"]:
        text += f"  {row['pass_rate']:.1%}"
    bad = row["failed"] + row["errored"]
    good = "yellow" if row["xfailed"] else "green" if row["passed"] else "dim"
    return Text(text, style="red" if bad else good)


def print_failures(table: pd.DataFrame) -> None:
    """The failures, worst first, five at most per engine and family."""
    from harness.report.failures import groups

    out = console()
    for group in groups(table):
        for row in group.shown.itertuples():
            out.print(
                Text.assemble(
                    (f"{row.verdict} ", "red"),
                    (f"{group.engine} {row.case} ", "bold"),
                    f"{row.message}",
                ),
                soft_wrap=True,
            )
        if group.more:
            out.print(Text(f"... and {group.more} more in {group.engine} {group.family}"))


class Progress(Protocol):
    """Told of every case that is finished."""

    def __call__(self, engine: str, verdict: str) -> None:
        """Take note of one case on one engine."""


@contextmanager
def progress(engines: Iterable[str], cases: int, quiet: bool) -> Iterator[Progress]:
    """A bar on a terminal; elsewhere one line per engine when it is done; nothing when quiet."""
    out = console(stderr=True)
    total = len(list(engines)) * cases
    if quiet:
        yield lambda engine, verdict: None
    elif out.is_terminal:
        from rich import progress as bars

        columns = (*bars.Progress.get_default_columns(), bars.MofNCompleteColumn())
        with bars.Progress(*columns, console=out, transient=True, refresh_per_second=5) as bar:
            yield _Bar(bar, bar.add_task("running", total=total))
    else:
        yield _Lines(out, cases)


class _Bar:
    """A bar that moves a few times in a second: moving it takes as long as a short case."""

    def __init__(self, bar: RichProgress, task: TaskID) -> None:
        self.bar, self.task = bar, task
        self.count, self.moved = 0, 0.0

    def __call__(self, engine: str, verdict: str) -> None:
        self.count += 1
        now = time.monotonic()
        if now - self.moved > 0.1:
            self.bar.update(self.task, completed=self.count, description=engine)
            self.moved = now


class _Lines:
    """One line per engine."""

    def __init__(self, out: Console, cases: int) -> None:
        self.out, self.cases = out, cases
        self.counts: dict[str, dict[str, int]] = {}

    def __call__(self, engine: str, verdict: str) -> None:
        counts = self.counts.setdefault(engine, {})
        counts[verdict] = counts.get(verdict, 0) + 1
        if sum(counts.values()) == self.cases:
            words = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
            self.out.print(Text(f"{engine}: {self.cases} cases: {words}"))
