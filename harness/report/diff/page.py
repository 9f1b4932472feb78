"""The difference between two runs as one HTML file.

- `page`: its text.
"""

from __future__ import annotations

from typing import Any

from ...judge.outcome import FAILS_RUN, PASSED
from ..html.assets import rendered
from .change import Change, details
from .changes import Changes, Kind
from .words import headline, remarks, title, versions

_MOST, _MOST_ENGINES = 500, 500  # cases of a kind, and engines, that a browser shows quickly


def page(changes: Changes) -> str:
    """Return the page. Of many cases of a kind the first are shown, and how many more there are.

    Raises UsageError when a file of results cannot be read any more.
    """
    kinds = [kind for kind in Kind if changes.count(kind)]
    return rendered(
        "diff.html",
        old=changes.old.shown,
        new=changes.new.shown,
        heading=title(changes).capitalize(),
        headline=headline(changes),
        remarks=list(remarks(changes)),
        kinds=list(map(str, kinds)),
        engines=[_engine(changes, name, kinds) for name in [*changes.engines][:_MOST_ENGINES]],
        sections=[_section(changes, kind) for kind in kinds],
    )


def _engine(changes: Changes, name: str, kinds: list[Kind]) -> dict[str, Any]:
    counts = [changes.count(kind, name) for kind in kinds]
    return {
        "name": versions(changes, name),
        "counts": counts,
        "unchanged": changes.unchanged[name],
    }


def _section(changes: Changes, kind: Kind) -> dict[str, Any]:
    count = changes.count(kind)
    rows = [_row(change) for change in details(changes, kind, _MOST)]
    return {"kind": str(kind), "count": count, "rows": rows, "more": count - len(rows)}


def _row(change: Change) -> dict[str, Any]:
    before, after = change.verdicts
    was, now, torch = change.numbers
    return {
        "engine": change.place.engine,
        "case": change.place.case,
        "reading": change.row["reading"],
        "states": [_state(before), _state(after)],
        "before": before,
        "after": after,
        "was": was,
        "now": now,
        "torch": torch,
        "said": change.said,
    }


def _state(verdict: str) -> str:
    """Return the class of the style, which colours the verdict."""
    return "pass" if verdict in PASSED else "fail" if verdict in FAILS_RUN else "skipped"
