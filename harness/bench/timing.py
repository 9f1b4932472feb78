"""The timing of `gradconform bench`: the fastest of several rounds, which other processes disturb least.

- `fastest`: the seconds of one call.
- `Timing`: the seconds of a case on an engine, phase by phase.
- `timed`: times a case on an engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.bench.phases import PHASES, cut, group_of, size_of
from harness.catalogue.case import Instance
from harness.catalogue.reference import quietly
from harness.engine.contract import Engine

_ROUNDS = 5
# A round lasts at least this many seconds, so that the resolution of the clock does not matter.
_SHORTEST = 0.002


@dataclass(frozen=True)
class Timing:
    """Seconds until the end of each phase (`build`, then `forward`, then `backward`)."""

    engine: str
    case: str
    group: str
    size: int
    until: Mapping[str, float]

    @property
    def seconds(self) -> dict[str, float]:
        """The seconds of each phase alone. A negative difference, which is noise, counts as 0."""
        ends = [0.0, *(self.until[phase] for phase in PHASES)]
        return {
            phase: max(end - begin, 0.0)
            for phase, begin, end in zip(PHASES, ends, ends[1:], strict=False)
        }


def fastest(call: Callable[[], object], budget: float) -> float:
    """The seconds of one call: the fastest of a few rounds, which take about `budget` seconds in all."""
    begin = time.perf_counter()
    call()
    once = max(time.perf_counter() - begin, 1e-9)
    calls = max(1, int(_SHORTEST / once))
    best, spent = once, 0.0
    for _ in range(_ROUNDS):
        begin = time.perf_counter()
        for _ in range(calls):
            call()
        round_ = time.perf_counter() - begin
        best, spent = min(best, round_ / calls), spent + round_
        if spent > budget:
            break
    return best


def timed(instance: Instance, engine: Engine, budget: float) -> Timing | None:
    """Time a case on an engine for about `budget` seconds a phase. None when the engine cannot run it.

    UsageError for a case that has no size or no single backward.
    """
    programs = cut(instance)
    if quietly(engine, programs[PHASES[-1]]).stop is not None:
        return None
    until = {
        phase: fastest(lambda asked=asked: quietly(engine, asked), budget)  # type: ignore[misc] # of a default in a lambda
        for phase, asked in programs.items()
    }
    case = instance.case
    return Timing(engine.info.name, case.id, group_of(case), size_of(case), until)
