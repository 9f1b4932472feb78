"""Two runs are compared, case by case, in one pass over each.

- `compare`: gives the `Changes`.

Of the older run a short text for each case is kept, in the temporary database of the changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import NothingSelected, UsageError
from ...judge.outcome import FAILS_RUN, PASSED, Verdict
from ..rows import Row
from ..run_files import RunFiles
from .changes import Changes, Kind, Place
from .likeness import Likeness, differences

_PASSED, _FAILS = frozenset(map(str, PASSED)), frozenset(map(str, FAILS_RUN))
_TABLE = """CREATE TABLE old (
    engine, name, verdict, numbers, digest, dtype, seed, torch, level, steps, at, seen,
    PRIMARY KEY (engine, name)
) WITHOUT ROWID"""
_KEY = "WHERE engine = ? AND name = ?"
_ASKED = f"SELECT verdict, numbers, digest, dtype, seed, torch, at, seen FROM old {_KEY}"
_SEEN = f"UPDATE old SET seen = 1 {_KEY}"


def compare(old: RunFiles, new: RunFiles, pairs: Mapping[str, str] | None = None) -> Changes:
    """Compare two runs. Engines are the same when their names are; `pairs` adds names of `old` and `new`.

    Raises UsageError when a file cannot be read or a name of `pairs` is not in its run, and NothingSelected
    when no engine is in both runs.
    """
    comparison = _Comparison(old, new, dict(pairs or {}))
    try:
        comparison.read_old()
        comparison.read_new()
        comparison.check_engines()
        comparison.keep_removed()
    except BaseException:
        comparison.changes.database.close()
        raise
    return comparison.changes


class _Comparison:
    """The work on two runs; `changes` grows with it."""

    def __init__(self, old: RunFiles, new: RunFiles, pairs: dict[str, str]) -> None:
        self.changes = Changes(old, new)
        self._names = pairs
        self._bounds = (old.facts.get("tolerances", {}), new.facts.get("tolerances", {}))
        self._tables = self.changes.database
        self._tables.execute(_TABLE)
        self._old: dict[str, str] = {}
        self._new: dict[str, str] = {}

    def read_old(self) -> None:
        """Keep a short text for each case of the older run."""
        for rows in self.changes.old.cases():
            first = rows[0].values
            engine = self._names.get(first["engine"], first["engine"])
            if engine == first["engine"] and engine in self._names.values():
                continue  # another engine of this run is compared with the engine of this name
            self._old[first["engine"]] = first["engine_version"]
            kept = (*Likeness.of(rows), first["level"], first["steps"], rows[0].at, 0)
            values = (engine, first["case"], *kept)
            done = self._tables.execute(f"INSERT OR IGNORE INTO old VALUES ({_marks(12)})", values)
            self.changes.twice += not done.rowcount

    def read_new(self) -> None:
        """Compare each case of the newer run with that of the older one."""
        for rows in self.changes.new.cases():
            first = rows[0].values
            engine, case = first["engine"], first["case"]
            self._new[engine] = first["engine_version"]
            found = self._tables.execute(_ASKED, (engine, case)).fetchone()
            place = Place(Kind.ADDED, engine, case, first["level"], None, rows[0].at)
            if found is None:
                self.changes.add(place, first["steps"])
                continue
            *likeness, at, seen = found
            if seen:
                self.changes.twice += 1
                continue
            self._tables.execute(_SEEN, (engine, case))
            self._keep(place._replace(old_at=at), Likeness(*likeness), rows)

    def _keep(self, place: Place, old: Likeness, rows: Sequence[Row]) -> None:
        new = Likeness.of(rows)
        worse = old.verdict in _PASSED and new.verdict in _FAILS
        why = "; ".join(differences(old, new, self._bounds))
        kind = Kind.NOT_COMPARABLE if why else _kind(old, new)
        if kind is None:
            self.changes.unchanged[place.engine] += 1
        else:
            found = place._replace(kind=kind, why=why, worse=worse)
            self.changes.add(found, rows[0].values["steps"])

    def check_engines(self) -> None:
        """Name the engines of both runs. UsageError and NothingSelected as `compare` says."""
        changes = self.changes
        for name, run, held in (
            *((name, changes.old, self._old) for name in self._names),
            *((name, changes.new, self._new) for name in self._names.values()),
        ):
            if name not in held:
                raise UsageError(f"{run.shown} has no engine {name!r}; it has {_list(held)}")
        for name, version in self._old.items():
            now = self._names.get(name, name)
            changes.engines[now] = version, self._new.get(now, "")
            if now != name:
                changes.was[now] = name
        both = [name for name in changes.engines if name in self._new]
        for name, version in self._new.items():
            changes.engines.setdefault(name, ("", version))
        stopped = not changes.new.complete and any(map(self._expected, changes.engines))
        if not both and not self._left_out() and not stopped:
            raise NothingSelected(
                f"no engine is in both runs: {changes.old.shown} has {_list(self._old)}, and "
                f"{changes.new.shown} has {_list(self._new)}; --engines OLD=NEW compares two names"
            )

    def _left_out(self) -> set[str]:
        """The engines that the newer run was asked for, and that could not be used."""
        named = {each["name"] for each in self.changes.new.facts.get("left_out", [])}
        return named & self.changes.engines.keys()

    def keep_removed(self) -> None:
        """Keep the cases that the newer run does not have.

        One that passed is no longer passing when the newer run should have it: when this run was interrupted,
        or could not use the engine. Otherwise it was not asked for, or left the catalogue.
        """
        changes, left_out = self.changes, self._left_out()
        asked = "SELECT engine, name, verdict, level, steps, at FROM old WHERE NOT seen"
        for engine, case, verdict, level, steps, at in self._tables.execute(asked):
            stopped = engine in left_out or (not changes.new.complete and self._expected(engine))
            lost = stopped and verdict in _PASSED
            kind = Kind.LOST if lost else Kind.REMOVED
            why = "the engine was left out" if engine in left_out else "not reached"
            changes.add(Place(kind, engine, case, level, at, None, why if lost else ""), steps)
        self._tables.execute("DROP TABLE old")

    def _expected(self, engine: str) -> bool:
        """True when the newer run should have outcomes of this engine."""
        asked = {each["name"] for each in self.changes.new.facts.get("engines", [])}
        return engine in self._new or engine in asked


def _kind(old: Likeness, new: Likeness) -> Kind | None:
    """Return how a case has changed that can be compared; None when it has not."""
    failed, fails = old.verdict in _FAILS, new.verdict in _FAILS
    if fails:
        if not failed:
            return Kind.NEWLY_FAILING
        alike = (old.verdict, old.numbers) == (new.verdict, new.numbers)
        return None if alike else Kind.STILL_FAILING
    if (old.verdict in _PASSED) == (new.verdict in _PASSED):
        same = old.verdict == new.verdict or new.verdict in _PASSED
        return None if same else Kind.OTHERWISE
    if new.verdict in _PASSED:
        return Kind.NEWLY_PASSING
    return Kind.LOST if new.verdict == Verdict.UNSUPPORTED else Kind.OTHERWISE


def _marks(count: int) -> str:
    return ",".join("?" * count)


def _list(names: Mapping[str, Any]) -> str:
    return ", ".join(names) or "none"
