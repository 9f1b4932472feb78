"""The name of an engine, as a person types it, and the one rule that decides what the name means.

- `EngineName.parse`: decides once between a path, an engine of gradconform, an entry point and a module.
- `EngineName.written_in`: the same for a name in a file, where a relative path begins at the file's folder.
- `from_command_line`: the names on a command line. A name is refused when it names an engine and a file or
  folder here has the same name.
- `entry_points`: the engines that installed packages announce.

No engine is imported and no submission is read to parse a name.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import metadata
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from os.path import exists, isdir, islink, lexists
from pathlib import Path

from ..engine.builtin import BUILTIN, packaged_names, place_of
from ..errors import EngineError, NoSuchEngine, UsageError
from ..isolation.options import Isolation
from ..submission.collect import in_archive, why_no_submission
from ..submission.files import ARCHIVE, CODE, suffix_of
from ..text import words

_GROUP = "gradconform.engines"


class Kind(Enum):
    """The meaning of a name."""

    PATH = "a file, a folder, or a place in a zip; it may be missing"
    PACKAGED = "an engine that comes with gradconform"
    ENTRY_POINT = "an engine that an installed package announces"
    MODULE = "an importable module; it may be missing"


@dataclass(frozen=True)
class EngineName:
    """The parsed name of an engine; `text` is what the person typed.

    `name` is the text before the colon. `wanted` is the class after the colon, or empty; for an entry point
    it is the class that the package announces. `shown` is the heading of the engine's column, unless two
    engines would have the same heading; it is harmless in a terminal. `path` is set for a path, `module`
    for an entry point and for a module.
    """

    text: str
    kind: Kind
    name: str
    shown: str
    wanted: str = ""
    path: Path | None = None
    module: str = ""

    @classmethod
    def parse(cls, text: str, folder: Path = Path()) -> EngineName:
        """Return the engine that `text` names. A relative path begins at `folder`.

        The first of these rules that fits decides:

        1. A text with a slash, or with the suffix of a submission, is a path, whether it exists or not.
        2. The exact name of a packaged engine or of an entry point is that engine.
        3. A folder, and a file with any suffix, is a path where it exists.
        4. Any other text is a module.

        Raises UsageError for an empty name, and EngineError when two entry points have one name.
        """
        name, wanted = _split(text, folder)
        if not name:
            raise UsageError(
                f"an engine's name or path was expected; {text!r} came, as from a variable that is not set"
            )
        path = folder / name
        if not _written_as_path(name):
            if text in packaged_names():
                return cls(text, Kind.PACKAGED, name=text, shown=text)
            point = entry_points().get(text)
            if point is not None:
                module, wanted = point.module, point.attr or ""
                return cls(text, Kind.ENTRY_POINT, text, words(text), wanted, module=module)
            if not _is_there(path):
                shown = words(name.partition(".")[0])
                return cls(text, Kind.MODULE, name, shown, wanted, module=name)
        shown = words(path.resolve().name if isdir(path) else path.stem)
        return cls(text, Kind.PATH, name, shown, wanted, path)

    @classmethod
    def written_in(cls, folder: Path, text: str) -> EngineName:
        """Return the engine that a file in `folder` names, with its path relative to the current folder.

        Raises UsageError and EngineError as `parse` does.
        """
        there = cls.parse(text, folder)
        if there.path is None:
            return there
        seen = os.path.relpath(there.path)
        seen = seen if _written_as_path(seen) else f"./{seen}"
        return cls.parse(seen + text.removeprefix(there.name))

    @property
    def builtin(self) -> bool:
        """True when the engine is gradconform's own."""
        return self.kind is Kind.PACKAGED and self.text in BUILTIN

    @property
    def home(self) -> Path | None:
        """The file or folder that holds the engine; None when there is none."""
        if self.kind is Kind.PACKAGED:
            return place_of(self.text)
        if self.path is not None:
            return self.path if exists(self.path) else None
        return _place_of_module(self.module)

    def check(self, how: Isolation) -> None:
        """Raise NoSuchEngine when no engine has this name, as far as that is known without reading it."""
        if self.path is not None:
            _check_path(self.path, words(self.name))
        elif self.kind is Kind.MODULE and not (how.python or how.paths or _top_of(self.module)):
            known = [*packaged_names(), *entry_points()]
            near = difflib.get_close_matches(self.text, known, n=3, cutoff=0.4) or known
            raise NoSuchEngine(
                f"there is no engine {self.text!r}; did you mean {' or '.join(near)}?"
            )


def from_command_line(texts: Sequence[str]) -> list[EngineName]:
    """Return the engines that a person typed.

    Raises UsageError when a name means an engine, and a file or folder here has the same name. Raises
    UsageError and EngineError as `EngineName.parse` does.
    """
    names = [EngineName.parse(text) for text in texts]
    for name in names:
        if name.kind in (Kind.PACKAGED, Kind.ENTRY_POINT) and lexists(name.text):
            raise UsageError(
                f"{name.text} is the name of an engine and of a file or folder here; say ./{name.text} "
                "for the file or folder, or run the engine in another folder"
            )
    return names


def entry_points() -> dict[str, metadata.EntryPoint]:
    """Return the entry points of installed packages, by name.

    Raises EngineError when two engines have one name.
    """
    found: dict[str, metadata.EntryPoint] = {}
    for point in metadata.entry_points(group=_GROUP):
        if point.name in packaged_names() or point.name in found:
            raise EngineError(f"two engines are named {point.name!r}: {point.value} is the second")
        found[point.name] = point
    return found


def _split(text: str, folder: Path) -> tuple[str, str]:
    """Return the name and the class after the colon. The name of a file may contain a colon itself."""
    name, colon, wanted = text.partition(":")
    return (text, "") if colon and lexists(folder / text) else (name, wanted)


def _written_as_path(name: str) -> bool:
    return "/" in name or suffix_of(Path(name)) in (*CODE, ARCHIVE)


def _is_there(path: Path) -> bool:
    return isdir(path) or bool(path.suffix and lexists(path))


def _check_path(path: Path, shown: str) -> None:
    if not lexists(path) and not in_archive(path):
        raise NoSuchEngine(f"there is no file or folder {shown}")
    if islink(path) and not exists(path):
        raise NoSuchEngine(f"{shown} is a broken link")
    why = why_no_submission(path)
    if why:
        raise NoSuchEngine(f"{shown}: {why}")


def _place_of_module(module: str) -> Path | None:
    """Return the file or folder of a module. Its package is not imported."""
    top, parts = _top_of(module), module.split(".")
    if top is None or not top.origin or not all(map(str.isidentifier, parts)):
        return None
    if len(parts) == 1:
        return Path(top.origin)
    place = Path(top.origin).parent.joinpath(*parts[1:])
    return place if place.is_dir() else next(place.parent.glob(f"{place.name}.py"), None)


def _top_of(module: str) -> ModuleSpec | None:
    """Return the module, or the package that contains it, when it can be imported."""
    top = module.partition(".")[0]
    # `find_spec` refuses some names, such as __main__, instead of finding nothing.
    return find_spec(top) if top.isidentifier() and top != "__main__" else None
