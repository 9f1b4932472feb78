"""The line of a mistake in a TOML file."""

from __future__ import annotations

from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Item, Table

_MARK = "line-of-this-key-5e1b0c"


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    """Return the line, counted from 1, of the key or table at `path`, or else of the nearest one around it.

    A path is as in ("items", 2, "points").
    """
    # tomlkit writes what it has read as it was. So a mark that is put there stands in the line of the key.
    for length in range(len(path), 0, -1):
        document = tomlkit.parse(text)
        try:
            _mark(document, path[:length])
        except (KeyError, IndexError, TypeError, TOMLKitError):
            continue
        before, found, _ = tomlkit.dumps(document).partition(_MARK)
        if found:
            return before.count("\n") + 1
    return 1


def _mark(document: Any, path: tuple[str | int, ...]) -> None:
    around = document
    for part in path[:-1]:
        around = around[part]
    item = around[path[-1]]
    if isinstance(item, Table):
        item.trivia.comment = f"# {_MARK}"
    elif isinstance(item, Item) and isinstance(path[-1], str):
        around[path[-1]] = _MARK
    else:
        raise KeyError(path)
