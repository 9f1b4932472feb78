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

from harness.engine.contract import Engine, named
from harness.errors import EngineError, NoSuchEngine, UsageError
from harness.isolation.options import Isolation
from harness.lower import LoweredEngine, lowered_name
from harness.run.engine_name import EngineName
from harness.run.registry import load
from harness.text import words


@dataclass
class Roster:
    """`names` maps what was asked for to the name of its column, in order.

    `engines` has those that were opened so far, `refused` the reason why one does not take part.
    `neighbours` are the files beside which another one was asked for.
    """

    names: dict[EngineName, str] = field(default_factory=dict)
    how: Isolation = field(default_factory=Isolation)
    lower: bool = False
    neighbours: frozenset[EngineName] = frozenset()
    engines: dict[EngineName, Engine] = field(default_factory=dict)
    refused: dict[EngineName, str] = field(default_factory=dict)

    @property
    def builtin(self) -> bool:
        """Whether all engines are gradconform's own."""
        return all(asked.builtin for asked in self.names)

    @property
    def taking_part(self) -> list[EngineName]:
        """What was asked for and is not left out, as far as that is known."""
        return [asked for asked in self.names if asked not in self.refused]

    def open(self, asked: EngineName) -> Engine | None:
        """The engine; None, with the reason in `refused`, when it cannot be used.

        UsageError for an option that is wrong for any engine.
        """
        if asked not in self.engines and asked not in self.refused:
            # One student's file must not import another's.
            how = replace(self.how, alone=True) if asked in self.neighbours else self.how
            try:
                engine = load(asked, how)
            except EngineError as problem:
                self.refused[asked] = str(problem)
            else:
                self.engines[asked] = self._named(asked, engine)
        return self.engines.get(asked)

    def _named(self, asked: EngineName, engine: Engine) -> Engine:
        named_by_itself = engine.info.name != asked.shown
        found = LoweredEngine(engine) if self.lower else engine
        if named_by_itself and found.info.name not in self.names.values():
            self.names[asked] = found.info.name
        return named(found, self.names[asked])

    def in_turn(self) -> Iterator[Engine]:
        """Each engine that can be used, opened when it is asked for: no child waits for another."""
        for asked in self.names:
            engine = self.open(asked)
            if engine is not None:
                yield engine

    def said_of(self, asked: EngineName) -> list[str]:
        """Lines about what is not gradconform's own: what was found, or why it is left out.

        The wall is named where it is not that of an engine before.
        """
        if asked in self.refused:
            return [f"left out {words(asked.text)}: {self.refused[asked]}"]
        info = self.engines[asked].info
        before = {
            engine.info.wall
            for other, engine in takewhile(lambda each: each[0] != asked, self.engines.items())
        }
        lines = [f"{info.name}: {info.found}"] if info.found else []
        lines += [f"  {note}" for note in info.notes]
        return lines + ([f"walls: {info.wall}"] if info.wall and info.wall not in before else [])


def assemble(engines: Sequence[EngineName], how: Isolation, lower: bool = False) -> Roster:
    """Name every engine, and note which do not exist; a file that is named twice is one engine.

    The first that is not gradconform's own is opened, so that a wrong option is said before anything
    runs. UsageError for that, for several strangers without a wall, and when nothing that was asked for
    exists.
    """
    names = _told_apart(_distinct(engines))
    if lower:
        names = {asked: lowered_name(name) for asked, name in names.items()}
    roster = Roster(names, how, lower, _neighbours(names))
    for asked in names:
        try:
            asked.check(how)
        except NoSuchEngine as problem:
            roster.refused[asked] = str(problem)
    if len(roster.refused) == len(names):
        raise NoSuchEngine("; ".join(roster.refused.values()))
    strangers = [asked for asked in roster.taking_part if not asked.builtin]
    _check_walls(strangers, how)
    if strangers:
        # Its process waits for those before it, which are gradconform's own and soon done.
        roster.open(strangers[0])
    return roster


def _distinct(engines: Sequence[EngineName]) -> list[EngineName]:
    found: dict[tuple[str, str], EngineName] = {}
    for asked in engines:
        # A link is another student's than what it leads to, as far as anybody knows.
        path = asked.path and os.path.abspath(asked.path)
        found.setdefault((path, asked.wanted) if path else (asked.text, ""), asked)
    return list(found.values())


def _told_apart(engines: Sequence[EngineName]) -> dict[EngineName, str]:
    """Two files of one name get as much of their paths as tells them apart, else a number.

    All that were asked for count, so that nobody's name depends on whose file can be loaded.
    """
    names = {asked: asked.shown for asked in engines}
    for asked in _of_one_name(names):
        folder = asked.path.parent.name if asked.path else ""
        names[asked] = words(f"{folder}/{names[asked]}" if folder else asked.text)
    for asked in _of_one_name(names):
        names[asked] = words(asked.text)
    for number, asked in enumerate(_of_one_name(names), start=1):
        names[asked] = f"{names[asked]} ({number})"
    return names


def _of_one_name(names: Mapping[EngineName, str]) -> list[EngineName]:
    counts = Counter(names.values())
    return [asked for asked, name in names.items() if counts[name] > 1]


def _neighbours(engines: Iterable[EngineName]) -> frozenset[EngineName]:
    """The files in whose folder lies another file or folder that was asked for."""
    places = {asked: asked.path for asked in engines if asked.path and exists(asked.path)}
    folders = {asked: realpath(path.parent) for asked, path in places.items()}
    # One file may be asked for twice, with two classes; it is no neighbour of its own.
    distinct = {(folders[asked], path.absolute()) for asked, path in places.items()}
    counts = Counter(folder for folder, _ in distinct)
    return frozenset(
        asked for asked, path in places.items() if counts[folders[asked]] > 1 and isfile(path)
    )


def _check_walls(strangers: Sequence[EngineName], how: Isolation) -> None:
    if len(strangers) < 2 or how.unisolated or how.wall == "none":
        return
    from harness.isolation.parent import walls

    if walls.chosen(how.wall) is walls.Wall.RLIMITS:
        raise UsageError(
            f"{len(strangers)} engines would run NOT ISOLATED, behind resource limits only: neither "
            "bubblewrap nor Landlock works here; install bubblewrap, or say --allow-unisolated"
        )
