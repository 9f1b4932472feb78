"""From the name of an engine to the engine.

- `load`: one engine, in this process or in a child. `read_path`: the files of an engine that is a path.
- `listing`: engines for a list. An engine that cannot be loaded is listed with its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import readlink
from os.path import islink
from pathlib import Path

from ..engine import builtin
from ..engine.contract import Engine
from ..errors import EngineError, NoSuchEngine
from ..isolation.options import Isolation
from ..submission.collect import read
from ..submission.files import Submission
from ..text import words
from .engine_name import EngineName, Kind, entry_points, from_command_line


@dataclass(frozen=True)
class Listed:
    """An engine of a list: its name, its origin, and the engine or the reason why it is unusable."""

    name: str
    origin: str
    engine: Engine | None
    error: str = ""


def load(
    name: EngineName, how: Isolation | None = None, submission: Submission | None = None
) -> Engine:
    """Return the engine of that name: gradconform's own in this process, any other engine in a child.

    `submission` has the files of a path that `read_path` has read already, perhaps on another machine.
    Raises NoSuchEngine, with the nearest names, when it does not exist; UsageError for an option that does
    not fit; EngineError when it cannot be imported or made.
    """
    from ..isolation.parent import opener

    how = how or Isolation()
    if submission is None:
        name.check(how)
    if name.builtin or (name.kind is Kind.PACKAGED and how.wall == "none"):
        return builtin.load(name.text)
    if name.kind is Kind.PACKAGED:
        return opener.from_adapter(name.shown, builtin.place_of(name.text), how)
    if name.path is None:
        return opener.from_module(name.shown, name.module, name.wanted, how)
    handed_in = submission or read_path(name, name.path, how)
    given = words(str(name.path))
    return opener.from_submission(name.shown, handed_in, name.wanted, how, given)


def read_path(name: EngineName, path: Path, how: Isolation) -> Submission:
    """Return the files of the engine at `path`.

    Raises UsageError when there are none; EngineError for a link, and for files that cannot be used.
    """
    if how.wall != "none":
        _refuse_link(path, name.name)
    return read(path, how.alone)


def listing(texts: Sequence[str] = (), how: Isolation | None = None) -> Iterator[Listed]:
    """Yield the engines of these names; without names, all packaged engines and entry points.

    Raises NoSuchEngine when a single engine was asked for and does not exist; UsageError and EngineError
    as `from_command_line` does, and UsageError as `load` does.
    """
    for name in from_command_line(texts) or _known():
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
    """Raise EngineError for a link: its target may be the work of another person."""
    if islink(path):
        raise EngineError(
            f"{words(name)} is a link; name its target instead: {words(readlink(path))}"
        )


def _origin(name: EngineName) -> str:
    if name.kind is Kind.PACKAGED:
        return f"engines/{builtin.module_of(name.text)}"
    if name.kind is Kind.ENTRY_POINT:
        return f"entry point {entry_points()[name.text].value}"
    return words(name.text)
