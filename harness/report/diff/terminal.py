"""The difference between two runs on a terminal: the regressions and counts, then the cases that fail newly.

- `print_changes`: prints both.
"""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from ..terminal import console
from .change import Change, details
from .changes import REGRESSIONS, Changes, Kind
from .words import headline, remarks, title, versions

_STYLES = {Kind.NEWLY_FAILING: "red", Kind.LOST: "red", Kind.NEWLY_PASSING: "green"}
_SHOWN = (*REGRESSIONS, Kind.STILL_FAILING, Kind.NEWLY_PASSING, Kind.OTHERWISE)
_MOST = {Kind.NEWLY_FAILING: 50, Kind.LOST: 20}
_MOST_OF_OTHERS, _MOST_ENGINES = 10, 40


def print_changes(changes: Changes) -> None:
    """Print the difference. Of many cases of a kind the first are shown, and how many more there are.

    Raises UsageError when a file of results cannot be read any more.
    """
    out = console()
    style = "red" if changes.regressions else "green"
    said = f"{title(changes)}: {headline(changes)}"
    out.print(Text(said, style=f"bold {style}"), soft_wrap=True)
    for remark in remarks(changes):
        out.print(remark, soft_wrap=True)
    if len(changes.engines) > 1 and changes.changed:
        out.print(_by_engine(changes))
    for kind in _SHOWN:
        most = _MOST.get(kind, _MOST_OF_OTHERS)
        for change in details(changes, kind, most):
            out.print(_line(change), soft_wrap=True)
        if (more := changes.count(kind) - most) > 0:
            out.print(f"... and {more} more {kind}; --json has all of them")


def _by_engine(changes: Changes) -> Table:
    """One row for each engine with a change, and one column for each kind that there is."""
    kinds = [kind for kind in Kind if changes.count(kind)]
    table = Table()
    table.add_column("engine", overflow="fold")
    for name in (*kinds, "unchanged"):
        table.add_column(name, justify="right")
    changed = [
        (engine, [changes.count(kind, engine) for kind in kinds]) for engine in changes.engines
    ]
    shown = [(engine, counts) for engine, counts in changed if any(counts)]
    for engine, counts in shown[:_MOST_ENGINES]:
        cells = [_cell(kind, count) for kind, count in zip(kinds, counts, strict=True)]
        table.add_row(Text(versions(changes, engine)), *cells, str(changes.unchanged[engine]))
    if more := len(shown[_MOST_ENGINES:]):
        table.add_row(f"and {more} more engines")
    return table


def _cell(kind: Kind, count: int) -> Text:
    return Text(str(count or "—"), style=_STYLES.get(kind, "") if count else "dim")


def _line(change: Change) -> Text:
    place = change.place
    return Text.assemble(
        (f"{place.kind} ", _STYLES.get(place.kind, "")),
        (f"{place.engine} {place.case} ", "bold"),
        f"{change.row['reading']} {change.told}",
    )
