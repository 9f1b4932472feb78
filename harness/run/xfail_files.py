"""Files of expected failures, and where they live.

- `read`: TOML, one `[[xfail]]` table each with `case`, `reason` and perhaps `link`; or plain text, one
  `id  # reason` a line, with a link at its end where there is one. A case is an id or a glob in which
  brackets are themselves, as in `harness.catalogue.collection.Catalogue.select`. A reason is never blank.
- `own_file`: the file that lives with an engine: `X.xfails.toml` beside `X.py` (or `X.ipynb`),
  `xfails.toml` in the folder where the engine is a package.
- `of_engines`: what is expected of each engine of a run; `files` and `sentences` say from where.

Whoever wrote an engine may have written such a file too: it is bounded, and its texts are harmless, see
`harness.text.words`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.run.engine_name import EngineName, Kind
from harness.run.expected_failures import NONE, Expected, Xfails
from harness.text import words

_KEYS = ("case", "reason", "link")
_REFERENCE = "torch"
_LARGEST = 1 << 20  # bytes
_REASON = 300  # characters


def read(path: Path) -> Xfails:
    """The expected failures of a file. UsageError, with file and line, for what is wrong in it."""
    text, shown = _text(path), words(str(path))
    parsed = _toml(shown, text) if path.suffix == ".toml" else _plain(text)
    entries = tuple(_harmless(entry) for entry in parsed)
    seen: dict[str, int] = {}
    for entry in entries:
        where = f"{shown}:{entry.line}"
        if not entry.case:
            raise UsageError(f"{where}: an entry names no case")
        if not entry.reason:
            raise UsageError(
                f"{where}: {entry.case} has no reason; write why it is expected to fail"
            )
        if entry.case in seen:
            raise UsageError(f"{where}: {entry.case} stands at line {seen[entry.case]} already")
        seen[entry.case] = entry.line
    return Xfails(path, entries)


def own_file(engine: EngineName) -> Path | None:
    """The file of expected failures that lives with an engine, or None; nothing is imported."""
    place = engine.home
    if place is None:
        return None
    if place.is_dir() or place.name == "__init__.py":
        found = (place if place.is_dir() else place.parent) / "xfails.toml"
    else:
        found = place.with_suffix(".xfails.toml")
    try:
        return found if found.is_file() else None
    except OSError:  # the name is longer than any file's
        return None


def of_engines(
    engines: Sequence[EngineName],
    given: Path | None,
    selected: Collection[str],
    *,
    lowered: bool = False,
    trusted: bool = False,
) -> list[Xfails]:
    """What is expected of each engine: the file given, else the one that lives with the engine.

    One that lives with an engine counts where the engine comes with gradconform, or is `trusted`, as
    under pytest: else whoever hands in work would say himself what may be wrong with it. Nothing is
    expected of torch, which is the reference. A lowered engine runs other programs, so that its own file
    says nothing of it. UsageError when a file is given for several engines, or names cases that do not exist.
    """
    others = [engine for engine in engines if engine.text != _REFERENCE]
    if given is not None and len(others) > 1:
        raise UsageError(
            f"a file of expected failures belongs to one engine besides torch; {len(others)} were named"
        )
    found = []
    for engine in engines:
        beside = None if given or lowered or engine.text == _REFERENCE else own_file(engine)
        path = beside if trusted or engine.kind is Kind.PACKAGED else None
        path = given if engine.text != _REFERENCE and given else path
        expected = read(path) if path else Xfails(unused=beside) if beside else NONE
        expected.check(selected)
        found.append(expected)
    return found


def files(expected: Mapping[str, Xfails]) -> dict[str, str]:
    """The file of each engine of which something is expected, by the engine's name."""
    return {name: words(str(found.path)) for name, found in expected.items() if found.path}


def sentences(expected: Mapping[str, Xfails]) -> Iterator[str]:
    """A line for each file that counts, and for each that lies beside an engine and does not."""
    for name, path in files(expected).items():
        yield f"{name}: what is expected to fail stands in {path}"
    for name, found in expected.items():
        if found.unused:
            path = words(str(found.unused))
            yield f"{name}: {path} lies there and is not used; --xfails-file {path} uses it"


def _text(path: Path) -> str:
    shown = words(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UsageError(f"{shown} is larger than {_LARGEST >> 20} MiB")
        return data.decode("utf-8")
    except OSError as problem:
        raise UsageError(f"{shown} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{shown} is not UTF-8") from None


def _harmless(entry: Expected) -> Expected:
    reason = words(entry.reason)[:_REASON]
    return Expected(words(entry.case), reason, words(entry.link), entry.line)


def _toml(shown: str, text: str) -> Iterator[Expected]:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UsageError(f"{shown} is not TOML: {words(str(problem))}") from None
    tables = document.pop("xfail", [])
    if document or not isinstance(tables, list):
        others = words(", ".join(document) or "another xfail")
        raise UsageError(f"{shown} holds [[xfail]] tables only; {others} came")
    heads = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if re.match(r"\s*\[\[\s*xfail\s*\]\]", line)
    ]
    # Tables may be written inline too; then their lines are not known.
    lines = heads if len(heads) == len(tables) else [1] * len(tables)
    for table, line in zip(tables, lines, strict=True):
        _check_keys(f"{shown}:{line}", table)
        case, reason, link = (table.get(key, "").strip() for key in _KEYS)
        yield Expected(case, reason, link, line)


def _check_keys(where: str, table: Any) -> None:
    if not isinstance(table, dict):
        raise UsageError(f"{where}: an entry is a table; {words(repr(table))} came")
    for key, value in table.items():
        if key not in _KEYS or not isinstance(value, str):
            came = words(f"{key} = {value!r}")
            raise UsageError(
                f"{where}: an entry has {', '.join(_KEYS)}, each a string; {came} came"
            )


def _plain(text: str) -> Iterator[Expected]:
    for number, line in enumerate(text.splitlines(), 1):
        case, _, reason = (part.strip() for part in line.partition("#"))
        if case:
            rest, _, last = reason.rpartition(" ")
            linked = last.startswith(("http://", "https://")) and rest
            yield Expected(case, rest if linked else reason, last if linked else "", number)
