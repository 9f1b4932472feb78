"""The terminal: the table and the failures, on stdout.

- `console`: an output of rich for untrusted text.
- `print_summary`, `print_mistakes`, `print_failures`: the table, the mistakes and the failures.

rich honours `NO_COLOR`. It is imported with this file, so this file is imported when a table is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .files import Report
from .mistakes import printed
from .score import MOST_ON_TERMINAL, TOTALS, Score, Shown, by_engine, headline, score_text

_HEAD = "passed/ran of all that apply"


def console(stderr: bool = False) -> Console:
    """Return a console that prints untrusted text as it is: brackets are not markup, and colons no emoji.

    When the output is a file, a line has 120 columns and not 80, so that a table is rarely folded.
    """
    plain = partial(Console, stderr=stderr, highlight=False, markup=False, emoji=False)
    found = plain()
    return found if found.is_terminal else plain(width=120)


def print_summary(scores: Sequence[Score], title: str = "") -> None:
    """Print the summary `scores`: one row for each family and one column for each engine.

    When that is too wide for the console, there is one row for each engine; of more than `MOST_ON_TERMINAL`
    only those with the lowest scores. `title` is printed above.
    """
    out = console()
    shown = Shown(scores, MOST_ON_TERMINAL)
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
    cells = by_engine(scores)
    for name in [*families, *TOTALS]:
        if name == TOTALS[0]:
            shown.add_section()
        row = [cells[engine].get(name) for engine in engines]
        if any(cell is not None for cell in row):
            shown.add_row(name, *map(_cell, row))
    return shown


def _by_engine(scores: Sequence[Score]) -> Table:
    """The rows of `TOTALS` alone, or "left out"."""
    shown = Table()
    shown.add_column(_HEAD, overflow="fold")
    for name in TOTALS:
        shown.add_column(name, justify="right", overflow="fold")
    for engine, rows in by_engine(scores).items():
        row = [rows.get(name) for name in TOTALS]
        # An engine that was left out has only the row `all`.
        texts = [Text("left out", style="red")] if None in row else map(_cell, row)
        shown.add_row(Text(engine), *texts)
    return shown


def _cell(row: Score | None) -> Text:
    if row is None:
        return Text("—", style="dim")
    good = "yellow" if row.xfailed else "green" if row.passed else "dim"
    text = headline(row) if row.family in TOTALS else score_text(row)
    return Text(text, style="red" if row.bad else good)


def print_mistakes(report: Report) -> None:
    """Print the mistakes that were named, of the engines that `print_summary` shows."""
    out = console()
    shown = Shown(report.scores, MOST_ON_TERMINAL)
    for engine, findings in report.diagnosis.items():
        for number, finding in enumerate(findings if engine in shown.engines else (), 1):
            out.print(Text(f"{engine}: mistake {number}", style="bold red"))
            for part in printed(finding):
                out.print(Text(part), soft_wrap=True)


def print_failures(report: Report) -> None:
    """Print the failures, in the order of `report.failures`, at most five for each family.

    They are those of the engines that `print_summary` shows.
    """
    out = console()
    shown = Shown(report.scores, MOST_ON_TERMINAL)
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
