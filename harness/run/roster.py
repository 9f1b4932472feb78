"""The engines of a run: each has its column before any engine is loaded. It is opened at its turn.

- `assemble`: from what was asked for to a `Roster`.
- `Roster`: opens the engines, and knows which are left out and why.
- `Entry`: an engine that takes part. `check_walls`: several untrusted engines need a sandbox.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import exists, isfile, realpath

from ..engine.contract import Engine, EngineInfo, named
from ..errors import (
    EngineError,
    MachineError,
    Misnamed,
    NoSuchEngine,
    UsageError,
)
from ..isolation.limits import Limits
from ..isolation.options import Isolation
from ..submission.files import Submission
from ..text import FRAME, words
from .columns import distinct, unique_columns
from .engine_name import EngineName
from .expected_failures import NONE, Xfails
from .registry import load, read_path


@dataclass(frozen=True)
class Entry:
    """An engine that takes part in a run: the name by which it was asked for, and its expected failures.

    In the process that writes the report `opened` is None, because the engine was opened in another one.
    """

    name: EngineName
    info: EngineInfo
    xfails: Xfails
    opened: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The engine, in the process that has opened it."""
        assert self.opened is not None, "only the process that opened an engine uses it"
        return self.opened

    @property
    def column(self) -> str:
        """The heading of the engine's column in every report."""
        return self.info.name


class Roster:
    """The engines that were asked for, in order.

    `columns` has the heading of each engine's column, as far as it is known before the engine is opened. With
    `keep_columns` no adapter gives itself another one.
    """

    def __init__(
        self,
        columns: Mapping[EngineName, str],
        how: Isolation,
        lower: bool = False,
        xfails: Mapping[EngineName, Xfails] | None = None,
        *,
        keep_columns: bool = False,
    ) -> None:
        self._columns, self._how, self._lower, self._xfails = columns, how, lower, xfails or {}
        self._keep_columns = keep_columns
        self._with_neighbours = _with_neighbours(columns)
        self._entries: dict[EngineName, Entry] = {}
        self._first_behind: dict[str, EngineName] = {}  # by wall
        self._handed_in: dict[EngineName, Submission] = {}
        self._refusals: dict[EngineName, EngineError | NoSuchEngine] = {}
        for name in columns:
            try:
                name.check(how)
            except NoSuchEngine as problem:
                self._refusals[name] = problem

    @property
    def names(self) -> Sequence[EngineName]:
        """The names of all engines that were asked for."""
        return list(self._columns)

    @property
    def entries(self) -> Mapping[EngineName, Entry]:
        """The engines that were opened so far."""
        return self._entries

    @property
    def refused(self) -> Mapping[EngineName, str]:
        """The reason why an engine is left out, for each engine that is known to be left out."""
        return {name: str(problem) for name, problem in self._refusals.items()}

    @property
    def taking_part(self) -> list[EngineName]:
        """The names of the engines that are not left out, as far as that is known."""
        return [name for name in self._columns if name not in self._refusals]

    @property
    def misnamed(self) -> frozenset[EngineName]:
        """The engines that are left out because there is no file, module or class of their name."""
        wrong = (NoSuchEngine, Misnamed)
        return frozenset(name for name, why in self._refusals.items() if isinstance(why, wrong))

    def check(self) -> None:
        """Raise NoSuchEngine when all engines are left out because nothing has their names."""
        if len(self.misnamed) == len(self._columns):
            raise NoSuchEngine("; ".join(self.refused.values()))

    @property
    def not_run_by_machine(self) -> frozenset[EngineName]:
        """The engines that are left out because this machine could not run any engine at their turn."""
        found = self._refusals.items()
        return frozenset(name for name, why in found if isinstance(why, MachineError))

    @property
    def limits(self) -> Limits:
        """The limits of the engines that are not gradconform's own."""
        return self._how.limits

    def column(self, name: EngineName) -> str:
        """Return the heading of an engine's column."""
        entry = self._entries.get(name)
        return entry.column if entry else self._columns[name]

    def problem(self, name: EngineName) -> EngineError | NoSuchEngine:
        """Return why an engine is left out."""
        return self._refusals[name]

    def leave_out(self, name: EngineName, problem: EngineError | NoSuchEngine) -> None:
        """Note that an engine cannot be used, as another process has found."""
        self._refusals[name] = problem

    def take_part(self, name: EngineName, info: EngineInfo, opened: Engine | None = None) -> None:
        """Note that an engine was opened, here or in another process."""
        if opened is not None or name not in self._entries:
            self._entries[name] = Entry(name, info, self._xfails.get(name, NONE), opened)
        self._first_behind.setdefault(info.wall, name)

    def open(self, name: EngineName) -> Entry | None:
        """Return the engine, opened; None, with the reason in `refused`, when it cannot be used.

        Raises UsageError for an option that is wrong for any engine.
        """
        known = self._entries.get(name)
        if (known is None or known.opened is None) and name not in self._refusals:
            try:
                engine = load(name, self._isolation(name), self._handed_in.get(name))
            except EngineError as problem:
                self._refusals[name] = problem
            else:
                engine = self._named(name, engine)
                self.take_part(name, engine.info, engine)
        return self._entries.get(name)

    def read(self, name: EngineName) -> Submission | None:
        """Return the files of an engine that is a path; None for an engine that is installed.

        Raises EngineError and UsageError as `harness.run.registry.read_path`.
        """
        return None if name.path is None else read_path(name, name.path, self._isolation(name))

    def hand_in(self, name: EngineName, submission: Submission) -> None:
        """Have the engine opened from these files: its path is one of another machine."""
        self._handed_in[name] = submission

    def _isolation(self, name: EngineName) -> Isolation:
        # One student's file must not import the file of another student.
        return replace(self._how, alone=True) if name in self._with_neighbours else self._how

    def _named(self, name: EngineName, engine: Engine) -> Engine:
        """Return the engine, lowered if asked for, under the heading of its column.

        The name that an adapter gives itself is the heading, unless another engine has it.
        """
        names_itself = engine.info.name != name.shown and not self._keep_columns
        if self._lower:
            from ..lower import LoweredEngine  # it imports NumPy

            engine = LoweredEngine(engine)
        if names_itself and engine.info.name not in map(self.column, self._columns):
            return engine
        return named(engine, self._columns[name])

    def in_turn(self) -> Iterator[Entry]:
        """Yield each engine that can be used, opened when it is asked for: no child waits for another."""
        for name in self._columns:
            entry = self.open(name)
            if entry is not None:
                yield entry

    def said_of(self, name: EngineName) -> list[str]:
        """Return lines about an engine that is not gradconform's own: what was found, or why it is left out.

        The wall is named when no engine before had the same wall.
        """
        if name in self._refusals:
            return [f"left out {words(name.text)}: {self._refusals[name]}"]
        info = self._entries[name].info
        lines = [f"{info.name} {FRAME} {info.found}"] if info.found else []
        lines += [f"  {FRAME} {note}" for note in info.notes]
        if info.wall and self._first_behind[info.wall] == name:
            lines.append(f"sandbox: {info.wall}")
        return lines


def assemble(
    engines: Sequence[EngineName],
    how: Isolation,
    lower: bool = False,
    xfails: Mapping[EngineName, Xfails] | None = None,
    *,
    elsewhere: bool = False,
) -> Roster:
    """Give every engine its column, and note which do not exist.

    A file that is named twice is one engine. With `elsewhere` other machines run the untrusted engines, and
    the walls of this one do not matter. Raises UsageError for several untrusted engines without a wall;
    NoSuchEngine when nothing that was asked for exists.
    """
    columns = unique_columns(distinct(engines))
    if lower:
        from ..lower import lowered_name

        columns = {name: lowered_name(column) for name, column in columns.items()}
    roster = Roster(columns, how, lower, xfails)
    untrusted = [name for name in roster.taking_part if not name.builtin]
    if not elsewhere:
        check_walls(untrusted, how)
    roster.check()
    return roster


def _with_neighbours(engines: Iterable[EngineName]) -> frozenset[EngineName]:
    """Return the files whose folder has another file or folder that was asked for."""
    places = {name: name.path for name in engines if name.path and exists(name.path)}
    folders = {name: realpath(path.parent) for name, path in places.items()}
    # One file may be asked for twice, with two classes; it is no neighbour of its own.
    distinct_places = {(folders[name], path.absolute()) for name, path in places.items()}
    counts = Counter(folder for folder, _ in distinct_places)
    return frozenset(
        name for name, path in places.items() if counts[folders[name]] > 1 and isfile(path)
    )


def check_walls(untrusted: Sequence[EngineName], how: Isolation) -> None:
    """Raise UsageError for several untrusted engines without a wall, unless that was permitted."""
    if len(untrusted) < 2 or how.unisolated or how.wall == "none":
        return
    from ..isolation.parent import walls

    if walls.chosen(how.wall) is walls.Wall.RLIMITS:
        raise UsageError(
            f"{len(untrusted)} engines would run NOT ISOLATED, behind resource limits only: neither "
            "bubblewrap nor Landlock works here; install bubblewrap, or say --allow-unisolated"
        )
