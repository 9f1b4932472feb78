"""The engines of a run: loaded, named apart, and those that could not be had, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.engine import Engine
from harness.errors import EngineError, UsageError
from harness.isolation.options import Isolation
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
    engines: list[Engine] = []
    refused: dict[str, str] = {}
    for spec in specs:
        try:
            engine = load(spec, how)
        except EngineError as problem:
            refused[spec] = str(problem)
            continue
        engines.append(engine)
    if not engines:
        raise EngineError("; ".join(refused.values()))
    _name_apart(engines, [spec for spec in specs if spec not in refused])
    if lower:
        from harness.lower import LoweredEngine

        engines = [LoweredEngine(engine) for engine in engines]
    return Roster(engines, refused)


def _check_walls(strangers: Sequence[str], how: Isolation) -> None:
    if len(strangers) < 2 or how.unisolated or how.wall == "none":
        return
    from harness.isolation import walls

    if walls.chosen(how.wall) is walls.Wall.RLIMITS:
        raise UsageError(
            f"{len(strangers)} engines would run NOT ISOLATED, behind resource limits only: neither "
            "bubblewrap nor Landlock works here; install bubblewrap, or say --allow-unisolated"
        )


def _name_apart(engines: Sequence[Engine], specs: Sequence[str]) -> None:
    """Two files of one name get as much of their paths as tells them apart."""
    shared = {name for name, count in Counter(e.name for e in engines).items() if count > 1}
    for engine, spec in zip(engines, specs, strict=True):
        if engine.name in shared:
            path = Path(spec.partition(":")[0])
            engine.name = f"{path.parent.name}/{engine.name}" if path.parent.name else spec
    if len({engine.name for engine in engines}) < len(engines):
        for engine, spec in zip(engines, specs, strict=True):
            engine.name = spec
