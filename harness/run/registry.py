"""From the name of an engine to the engine.

- `load`: one engine, in this process or in a child.
- `listing`: engines as a list shows them. One that cannot be loaded is listed with its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import readlink
from os.path import islink
from pathlib import Path

from harness.engine import builtin
from harness.engine.contract import Engine
from harness.errors import EngineError, NoSuchEngine
from harness.isolation.options import Isolation
from harness.run.engine_name import EngineName, Kind, entry_points, typed
from harness.text import words


@dataclass(frozen=True)
class Listed:
    """A known engine: where it comes from, and the engine or the error that its import gave."""

    name: str
    origin: str
    engine: Engine | None
    error: str = ""


def load(name: EngineName, how: Isolation | None = None) -> Engine:
    """The engine of that name: gradconform's own in this process, any other one in a child.

    NoSuchEngine, with the nearest names, for one that does not exist; UsageError for an option that does
    not fit; EngineError for an engine that cannot be imported or made.
    """
    from harness.isolation.parent import opener

    how = how or Isolation()
    name.check(how)
    if name.builtin or (name.kind is Kind.PACKAGED and how.wall == "none"):
        return builtin.load(name.text)
    if name.kind is Kind.PACKAGED:
        return opener.from_adapter(name.shown, builtin.place_of(name.text), how)
    if name.path is None:
        return opener.from_module(name.shown, name.module, name.wanted, how)
    if how.wall != "none":
        _refuse_link(name.path, name.name)
    return opener.from_path(name.shown, name.path, name.wanted, how)


def listing(texts: Sequence[str] = (), how: Isolation | None = None) -> Iterator[Listed]:
    """The engines asked for, else every engine that has a name, whether it can be used or not.

    NoSuchEngine for one that does not exist, where no other is asked for; UsageError as from `typed` and
    `load`.
    """
    for name in typed(texts) or _known():
        shown, origin = words(name.text), _origin(name)
        try:
            yield Listed(shown, origin, load(name, how))
        except (EngineError, NoSuchEngine) as problem:
            if len(texts) == 1 and isinstance(problem, NoSuchEngine):
                raise
            yield Listed(shown, origin, None, str(problem))


def _known() -> list[EngineName]:
    return [EngineName.parse(text) for text in (*builtin.packaged_names(), *entry_points())]


def _refuse_link(path: Path, name: str) -> None:
    """Who handed in a link may not have written what it leads to."""
    if islink(path):
        raise EngineError(
            f"{words(name)} is a link; name what it leads to: {words(readlink(path))}"
        )


def _origin(name: EngineName) -> str:
    if name.kind is Kind.PACKAGED:
        return f"engines/{builtin.module_of(name.text)}"
    if name.kind is Kind.ENTRY_POINT:
        return f"entry point {entry_points()[name.text].value}"
    return words(name.text)
