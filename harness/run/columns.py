"""The columns of the engines of a run.

- `distinct`: the engines without those that are named twice. `unique_columns`: a heading for each.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..text import words
from .engine_name import EngineName


def distinct(engines: Sequence[EngineName]) -> list[EngineName]:
    """Return the engines in order, without those that name the same path and class again."""
    found: dict[tuple[str, str], EngineName] = {}
    for name in engines:
        # A link is not resolved: it may be the work of another student than the file to which it leads.
        path = name.path and os.path.abspath(name.path)
        found.setdefault((path, name.wanted) if path else (name.text, ""), name)
    return list(found.values())


def unique_columns(engines: Sequence[EngineName]) -> dict[EngineName, str]:
    """Return a heading for each engine.

    All files are named in one way: if two would have the same heading, each gets as many of its folders as
    all need to differ. A class is named where a file is asked for with several. All engines that were asked
    for count: a heading does not depend on whether another engine can be loaded.
    """
    places = Counter(name.path.absolute() for name in engines if name.path)
    deepest = max((len(place.parts) for place in places), default=1)
    for depth in range(deepest + 1):
        columns = {name: _heading(name, depth, places) for name in engines}
        if not _of_one_column(columns):
            return columns
    columns = {name: words(name.text) for name in engines}
    for number, name in enumerate(_of_one_column(columns), start=1):
        columns[name] = f"{columns[name]} ({number})"
    return columns


def _heading(name: EngineName, depth: int, places: Counter[Path]) -> str:
    """The heading of an engine, with `depth` of the folders that were typed when it is a path."""
    if name.path is None:
        return name.shown
    folders = name.path.parent.parts[-depth:] if depth else ()
    several = places[name.path.absolute()] > 1
    wanted = f":{name.wanted}" if several and name.wanted else ""
    return words("/".join([*folders, name.shown + wanted]).replace("//", "/"))


def _of_one_column(columns: Mapping[EngineName, str]) -> list[EngineName]:
    counts = Counter(columns.values())
    return [name for name, column in columns.items() if counts[column] > 1]
