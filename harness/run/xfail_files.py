"""Files of expected failures, and the places where they lie.

- `read`: a file as `Xfails`. In TOML each entry is a table `[[xfail]]` with `case`, `reason` and perhaps
  `link`. In plain text each entry is a line `id  # reason`, perhaps with a link at its end. A case is an
  id, or a glob in which brackets have no special meaning, as in
  `harness.catalogue.collection.Catalogue.select`. A reason is never blank.
- `own_file`: the file that lies beside an engine: `X.xfails.toml` beside `X.py` (or `X.ipynb`), or
  `xfails.toml` in the folder of an engine that is a package.
- `of_engines`: the expected failures of each engine of a run. `files` and `sentences` name their files.

The author of an untrusted engine may have written the file. So its size is bounded, and its texts are
made harmless (see `harness.text.words`).
"""

from __future__ import annotations

import re
import reprlib
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..catalogue.case_lists import text_of
from ..engine.builtin import REFERENCE
from ..errors import UsageError
from ..text import words
from .engine_name import EngineName, Kind
from .expected_failures import NONE, Xfail, Xfails

_KEYS = ("case", "reason", "link")
_REASON = 300  # characters
_DEEPEST = 8  # parts of a key; the keys of an entry have one
# The strings and comments of TOML, and what a key of several parts has between its dots.
_STRING = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|'''
    r"""'''.*?'''|'[^'\n]*'|#[^\n]*""",
    re.DOTALL,
)
_IN_A_KEY = re.compile(r"[\w\- \t]+")


def read(path: Path) -> Xfails:
    """Return the expected failures of a file. Raises UsageError, with file and line, for a mistake in it."""
    text, shown = text_of(path), words(str(path))
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
            raise UsageError(f"{where}: {entry.case} is in line {seen[entry.case]} already")
        seen[entry.case] = entry.line
    return Xfails(path, entries)


def own_file(engine: EngineName) -> Path | None:
    """Return the file of expected failures beside an engine, or None. Nothing is imported."""
    place = engine.home
    if place is None:
        return None
    if place.is_dir() or place.name == "__init__.py":
        found = (place if place.is_dir() else place.parent) / "xfails.toml"
    else:
        found = place.with_suffix(".xfails.toml")
    try:
        return found if found.is_file() else None
    except OSError:  # The name is longer than the system allows.
        return None


def of_engines(
    engines: Sequence[EngineName],
    given: Path | None,
    selected: Collection[str],
    *,
    lowered: bool = False,
    trusted: bool = False,
) -> list[Xfails]:
    """Return the expected failures of each engine: those in the file `given`, or else in its own file.

    The file beside an engine counts when the engine comes with gradconform, and when engines are `trusted`,
    as under pytest. In a run of untrusted engines it does not count: the author of a submission must not
    decide which failures are excused. torch is the reference, and has no expected failures. A lowered
    engine runs other programs, so that the file beside the engine does not count for it. `selected` are the
    ids of the cases of this run.

    Raises UsageError when a file is given for several engines, when a file names cases that do not exist,
    or when there is another mistake in it.
    """
    others = [engine for engine in engines if engine.text != REFERENCE]
    if given is not None and len(others) > 1:
        raise UsageError(
            f"a file of expected failures belongs to one engine besides torch; {len(others)} were named"
        )
    found = []
    for engine in engines:
        beside = None if given or lowered or engine.text == REFERENCE else own_file(engine)
        path = beside if trusted or engine.kind is Kind.PACKAGED else None
        path = given if engine.text != REFERENCE and given else path
        xfails = read(path) if path else Xfails(unused=beside) if beside else NONE
        xfails.check(selected)
        found.append(xfails)
    return found


def files(xfails: Mapping[str, Xfails]) -> dict[str, str]:
    """Return the file of expected failures of each engine that has one, by the name of the engine."""
    return {name: words(str(found.path)) for name, found in xfails.items() if found.path}


def sentences(xfails: Mapping[str, Xfails]) -> Iterator[str]:
    """Yield a line for each file that counts, and for each file beside an engine that does not count."""
    for name, path in files(xfails).items():
        yield f"{name}: the expected failures are those in {path}"
    for name, found in xfails.items():
        if found.unused:
            path = words(str(found.unused))
            yield f"{name}: {path} is not used; --xfails-file {path} would use it"


def _harmless(entry: Xfail) -> Xfail:
    reason = words(entry.reason)[:_REASON]
    return Xfail(words(entry.case), reason, words(entry.link), entry.line)


def _toml(shown: str, text: str) -> Iterator[Xfail]:
    _check_depth(shown, text)
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
    # Tables may be written inline, too. Then their lines are not known.
    lines = heads if len(heads) == len(tables) else [1] * len(tables)
    for table, line in zip(tables, lines, strict=True):
        _check_keys(f"{shown}:{line}", table)
        case, reason, link = (table.get(key, "").strip() for key in _KEYS)
        yield Xfail(case, reason, link, line)


def _check_depth(shown: str, text: str) -> None:
    """Refuse keys such as a.a.a.a, because the time of tomllib grows with the square of their length."""
    without = _STRING.sub(lambda found: "\n" * found[0].count("\n"), text)
    for number, line in enumerate(_IN_A_KEY.sub("", without).splitlines(), 1):
        if "." * _DEEPEST in line:
            raise UsageError(
                f"{shown}:{number}: a key has more than {_DEEPEST} parts; an entry has {', '.join(_KEYS)}"
            )


def _check_keys(where: str, table: Any) -> None:
    if not isinstance(table, dict):
        raise UsageError(f"{where}: an entry is a table; {words(reprlib.repr(table))} came")
    for key, value in table.items():
        if key not in _KEYS or not isinstance(value, str):
            came = words(f"{key} = {reprlib.repr(value)}")
            raise UsageError(
                f"{where}: an entry has {', '.join(_KEYS)}, each a string; {came} came"
            )


def _plain(text: str) -> Iterator[Xfail]:
    for number, line in enumerate(text.splitlines(), 1):
        case, _, reason = (part.strip() for part in line.partition("#"))
        if case:
            rest, _, last = reason.rpartition(" ")
            linked = last.startswith(("http://", "https://")) and rest
            yield Xfail(case, rest if linked else reason, last if linked else "", number)
