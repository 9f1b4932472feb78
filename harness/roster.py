"""The engines of a run: named apart before any is loaded, and opened when their turn comes.

- `assemble`: from what was asked for to a `Roster`.
- `Roster`: opens the engines, and knows which are left out and why.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from os.path import exists, isfile, realpath
from pathlib import Path

from harness.engine import Engine
from harness.errors import EngineError, NoSuchEngine, UsageError
from harness.isolation.options import Isolation
from harness.isolation.wire import words
from harness.lower import LoweredEngine, lowered_name
from harness.registry import BUILTIN, check, load, path_of, plain_name, split


@dataclass
class Roster:
    """`names` maps what was asked for to the name of its column, in order.

    `engines` has those that were opened so far, `refused` the reason why one does not take part.
    """

    names: dict[str, str] = field(default_factory=dict)
    how: Isolation = field(default_factory=Isolation)
    lower: bool = False
    engines: dict[str, Engine] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def builtin(self) -> bool:
        """Whether all engines are gradconform's own."""
        return {*self.names} <= {*BUILTIN}

    @property
    def taking_part(self) -> list[str]:
        """What was asked for and is not left out, as far as that is known."""
        return [spec for spec in self.names if spec not in self.refused]

    def open(self, spec: str) -> Engine | None:
        """The engine; None, with the reason in `refused`, when it cannot be used.

        UsageError for an option that is wrong for any engine.
        """
        if spec not in self.engines and spec not in self.refused:
            try:
                engine = load(spec, _kept_apart(spec, self.names, self.how))
            except EngineError as problem:
                self.refused[spec] = str(problem)
            else:
                self.engines[spec] = self._named(spec, engine)
        return self.engines.get(spec)

    def _named(self, spec: str, engine: Engine) -> Engine:
        named_by_itself = engine.name != plain_name(spec)
        found = LoweredEngine(engine) if self.lower else engine
        if named_by_itself and found.name not in self.names.values():
            self.names[spec] = found.name
        found.name = self.names[spec]
        return found

    def in_turn(self) -> Iterator[Engine]:
        """Each engine that can be used, opened when it is asked for: no child waits for another."""
        for spec in self.names:
            engine = self.open(spec)
            if engine is not None:
                yield engine

    def said_of(self, spec: str) -> list[str]:
        """Lines about what is not gradconform's own: what was found, or why it is left out.

        The wall is named where it is not that of an engine before.
        """
        if spec in self.refused:
            return [f"left out {words(spec)}: {self.refused[spec]}"]
        engine = self.engines[spec]
        before = {e.wall for e in takewhile(lambda e: e is not engine, self.engines.values())}
        lines = [f"{engine.name}: {engine.found}"] if engine.found else []
        lines += [f"  {note}" for note in engine.notes]
        return lines + (
            [f"walls: {engine.wall}"] if engine.wall and engine.wall not in before else []
        )


def assemble(specs: Sequence[str], how: Isolation, lower: bool = False) -> Roster:
    """Name every engine, and note which do not exist; a file that is named twice is one engine.

    The first that is not gradconform's own is opened, so that a wrong option is said before anything
    runs. UsageError for that, for several strangers without a wall, and when nothing that was asked for
    exists.
    """
    names = _told_apart(_distinct(specs))
    if lower:
        names = {spec: lowered_name(name) for spec, name in names.items()}
    roster = Roster(names, how, lower)
    for spec in names:
        try:
            check(spec, how)
        except NoSuchEngine as problem:
            roster.refused[spec] = str(problem)
    if len(roster.refused) == len(names):
        raise NoSuchEngine("; ".join(roster.refused.values()))
    strangers = [spec for spec in roster.taking_part if spec not in BUILTIN]
    _check_walls(strangers, how)
    if strangers:
        # Its process waits for those before it, which are gradconform's own and soon done.
        roster.open(strangers[0])
    return roster


def _distinct(specs: Sequence[str]) -> list[str]:
    found: dict[tuple[str, str], str] = {}
    for spec in specs:
        path, wanted = path_of(spec), split(spec)[1]
        # A link is another student's than what it leads to, as far as anybody knows.
        found.setdefault((os.path.abspath(path), wanted) if path else (spec, ""), spec)
    return list(found.values())


def _told_apart(specs: Sequence[str]) -> dict[str, str]:
    """Two files of one name get as much of their paths as tells them apart, else a number.

    All that were asked for count, so that nobody's name depends on whose file can be loaded.
    """
    names = {spec: plain_name(spec) for spec in specs}
    for spec in _of_one_name(names):
        folder = Path(split(spec)[0]).parent.name
        names[spec] = words(f"{folder}/{names[spec]}" if folder else spec)
    for spec in _of_one_name(names):
        names[spec] = words(spec)
    for number, spec in enumerate(_of_one_name(names), start=1):
        names[spec] = f"{names[spec]} ({number})"
    return names


def _of_one_name(names: Mapping[str, str]) -> list[str]:
    counts = Counter(names.values())
    return [spec for spec, name in names.items() if counts[name] > 1]


def _kept_apart(spec: str, specs: Iterable[str], how: Isolation) -> Isolation:
    """Of several in one folder, none may import another, which is somebody else's work."""
    own, *others = (Path(split(each)[0]).absolute() for each in (spec, *specs))
    beside = (each for each in others if each != own and _folder(each) == _folder(own))
    return replace(how, alone=True) if any(map(exists, beside)) and isfile(own) else how


def _folder(path: Path) -> Path:
    return Path(realpath(path.parent))


def _check_walls(strangers: Sequence[str], how: Isolation) -> None:
    if len(strangers) < 2 or how.unisolated or how.wall == "none":
        return
    from harness.isolation import walls

    if walls.chosen(how.wall) is walls.Wall.RLIMITS:
        raise UsageError(
            f"{len(strangers)} engines would run NOT ISOLATED, behind resource limits only: neither "
            "bubblewrap nor Landlock works here; install bubblewrap, or say --allow-unisolated"
        )
