"""The engines of a run: loaded, named apart, and those that could not be had, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.engine import Engine
from harness.errors import EngineError, UsageError
from harness.isolation.options import Isolation
from harness.isolation.wire import words
from harness.registry import BUILTIN, load


@dataclass(frozen=True)
class Roster:
    """`refused` maps what was asked for to the reason why it does not take part."""

    engines: list[Engine]
    refused: dict[str, str]

    def sentences(self) -> list[str]:
        """A line for each engine that is not gradconform's own: what was found, and behind which wall."""
        lines = []
        for engine in self.engines:
            if engine.found:
                lines.append(f"{engine.name}: {engine.found}")
                lines += [f"  {note}" for note in engine.notes]
        lines += [f"left out: {reason}" for reason in self.refused.values()]
        walls = sorted({engine.wall for engine in self.engines if engine.wall})
        return [*lines, *(f"walls: {wall}" for wall in walls)]


def assemble(specs: Sequence[str], how: Isolation, lower: bool = False) -> Roster:
    """Load every engine. One that cannot be used is left out, unless it is the only one.

    UsageError for a name that does not exist, and for several strangers without a wall; EngineError
    when no engine is left.
    """
    specs = list(dict.fromkeys(specs))
    _check_walls([spec for spec in specs if spec not in BUILTIN], how)
    engines: dict[str, Engine] = {}
    refused: dict[str, str] = {}
    for spec in specs:
        try:
            engines[spec] = load(spec, _kept_apart(spec, specs, how))
        except EngineError as problem:
            refused[spec] = str(problem)
    if not engines:
        raise EngineError("; ".join(refused.values()))
    _name_apart(engines)
    if len(engines) > 1:
        # A process that waits for its turn would take time from the others, if its author wished so.
        for engine in engines.values():
            engine.close()
    if lower:
        from harness.lower import LoweredEngine

        return Roster([LoweredEngine(engine) for engine in engines.values()], refused)
    return Roster(list(engines.values()), refused)


def _kept_apart(spec: str, specs: Sequence[str], how: Isolation) -> Isolation:
    """Of several files in one folder, none may import another, which is somebody else's work."""
    own, *others = (Path(each.partition(":")[0]) for each in (spec, *specs))
    beside = (other for other in others if other != own and other.parent == own.parent)
    return replace(how, alone=True) if own.is_file() and any(map(Path.is_file, beside)) else how


def _check_walls(strangers: Sequence[str], how: Isolation) -> None:
    if len(strangers) < 2 or how.unisolated or how.wall == "none":
        return
    from harness.isolation import walls

    if walls.chosen(how.wall) is walls.Wall.RLIMITS:
        raise UsageError(
            f"{len(strangers)} engines would run NOT ISOLATED, behind resource limits only: neither "
            "bubblewrap nor Landlock works here; install bubblewrap, or say --allow-unisolated"
        )


def _name_apart(engines: Mapping[str, Engine]) -> None:
    """Two files of one name get as much of their paths as tells them apart, else a number."""
    for spec, engine in _of_one_name(engines):
        folder = Path(spec.partition(":")[0]).parent.name
        engine.name = words(f"{folder}/{engine.name}" if folder else spec)
    if _of_one_name(engines):
        for spec, engine in engines.items():
            engine.name = words(spec)
    for number, (_, engine) in enumerate(_of_one_name(engines), start=1):
        engine.name = f"{engine.name} ({number})"


def _of_one_name(engines: Mapping[str, Engine]) -> list[tuple[str, Engine]]:
    counts = Counter(engine.name for engine in engines.values())
    return [(spec, engine) for spec, engine in engines.items() if counts[engine.name] > 1]
