"""The timing of `gradconform bench`: the median of several rounds, with its spread.

- `Spread`: a median and half of the interquartile range.
- `Timing`: the seconds of a case on an engine, phase by phase.
- `timed`: times a case on an engine.

One round times the programs of all phases, one directly after the other. So a slow moment of the machine
touches all of them, and not one phase alone.
"""

from __future__ import annotations

import itertools
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..catalogue.case import Instance
from ..catalogue.reference import quietly
from ..engine.contract import Engine
from .phases import PHASES, cut, group_of, size_of

_FEWEST_ROUNDS = 5
_MOST_ROUNDS = 50
# A round of a phase lasts at least this many seconds, so that the resolution of the clock does not matter.
_SHORTEST = 0.002


@dataclass(frozen=True)
class Spread:
    """Seconds: the median of several rounds, and half of the interquartile range as `deviation`."""

    median: float
    deviation: float

    @classmethod
    def of(cls, rounds: Sequence[float]) -> Spread:
        """The spread of at least two rounds."""
        low, median, high = statistics.quantiles(rounds, n=4, method="inclusive")
        return cls(median, (high - low) / 2)

    def minus(self, other: Spread) -> Spread:
        """The difference of two times that vary independently."""
        return Spread(self.median - other.median, math.hypot(self.deviation, other.deviation))


@dataclass(frozen=True)
class Timing:
    """Seconds until the end of each phase (`build`, then `forward`, then `backward`)."""

    engine: str
    case: str
    group: str
    size: int
    until: Mapping[str, Spread]

    @property
    def seconds(self) -> dict[str, Spread]:
        """The seconds of each phase alone, and of all together as `total`.

        A median that is not above its deviation says nothing but that the phase is too short for this clock.
        """
        alone = {"build": self.until["build"]}
        for before, phase in itertools.pairwise(PHASES):
            alone[phase] = self.until[phase].minus(self.until[before])
        return {**alone, "total": self.until[PHASES[-1]]}


def timed(instance: Instance, engine: Engine, budget: float) -> Timing | None:
    """Time a case on an engine for about `budget` seconds a phase. None when the engine cannot run it.

    UsageError for a case that has no size or no single backward.
    """
    programs = cut(instance)
    if quietly(engine, programs[PHASES[-1]]).stop is not None:
        return None
    calls = {phase: _repeated(engine, asked) for phase, asked in programs.items()}
    rounds: dict[str, list[float]] = {phase: [] for phase in PHASES}
    begin = time.perf_counter()
    for count in range(_MOST_ROUNDS):
        if count >= _FEWEST_ROUNDS and time.perf_counter() - begin > budget * len(PHASES):
            break
        for phase, seconds in rounds.items():
            seconds.append(calls[phase]())
    until = {phase: Spread.of(seconds) for phase, seconds in rounds.items()}
    case = instance.case
    return Timing(engine.info.name, case.id, group_of(case), size_of(case), until)


def _repeated(engine: Engine, asked: Instance) -> Callable[[], float]:
    """A function that gives the seconds of one run, as the mean of enough runs for the clock."""
    quietly(engine, asked)
    begin = time.perf_counter()
    quietly(engine, asked)
    times = max(1, math.ceil(_SHORTEST / max(time.perf_counter() - begin, 1e-9)))

    def one_round() -> float:
        begin = time.perf_counter()
        for _ in range(times):
            quietly(engine, asked)
        return (time.perf_counter() - begin) / times

    return one_round
