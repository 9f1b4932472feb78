"""The difference between two runs in sentences, which every view shows.

- `title`: how many regressions there are. `headline`: the counts, on one line.
- `remarks`: what a reader must know before the counts.
- `versions`: an engine with its versions.
"""

from __future__ import annotations

from collections.abc import Iterator

from .changes import Changes, Kind


def title(changes: Changes) -> str:
    """Return how many regressions there are, as "2 regressions" or "no regression"."""
    found = changes.regressions
    return f"{found or 'no'} regression{'s' if found > 1 else ''}"


def headline(changes: Changes) -> str:
    """Return how many cases changed, and in which way; kinds without a case are left out."""
    counts = {kind: changes.count(kind) for kind in Kind}
    said = [f"{count} {kind}" for kind, count in counts.items() if count]
    return "; ".join([*said, f"{changes.unchanged.total()} unchanged"])


def remarks(changes: Changes) -> Iterator[str]:
    """Yield sentences about versions, incomplete runs, what cannot be compared, and doubtful files.

    The versions of several engines are in the table of engines.
    """
    if len(changes.engines) == 1:
        (engine,) = changes.engines
        if len({*changes.engines[engine]}) > 1 or changes.was:
            yield versions(changes, engine)
    for run in (changes.old, changes.new):
        yield from run.remarks()
        if run.facts and not run.complete:
            yield f"{run.shown} was interrupted: some cases have no outcome"
    if worse := changes.worse(Kind.NOT_COMPARABLE):
        yield (
            f"{_cases(worse)} passed before and fails now, but cannot be compared"
            if worse == 1
            else f"{_cases(worse)} passed before and fail now, but cannot be compared"
        )
    for why, count in changes.reasons():
        yield f"not comparable: {_cases(count)} ({why})"
    if changes.twice:
        yield f"{_cases(changes.twice)} stand twice in a file: only the first outcome counts"


def _cases(count: int) -> str:
    return f"{count} case" + ("s" if count != 1 else "")


def versions(changes: Changes, engine: str) -> str:
    """Return the name of an engine and its version, and both where they differ between the runs."""
    before, now = changes.engines[engine]
    name = f"{changes.was[engine]} → {engine}" if engine in changes.was else engine
    if before == now:
        return f"{name} {now}".strip()
    return f"{name} ({before or 'not there'} → {now or 'not there'})"
