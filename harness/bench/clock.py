"""The clock of `gradconform bench`: the fastest of several rounds, which is what a busy machine spares.

- `fastest`: seconds per call.
- `Timing`: a case on an engine, its phases in seconds.
- `timed`: a case on an engine, when the engine runs it.
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
# A round is at least so long, in seconds, that the clock's resolution does not matter.
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
        """Seconds of each phase alone; none is negative, however the clock trembled."""
        ends = [0.0, *(self.until[phase] for phase in PHASES)]
        return {
            phase: max(end - begin, 0.0)
            for phase, begin, end in zip(PHASES, ends, ends[1:], strict=False)
        }


def fastest(call: Callable[[], object], budget: float) -> float:
    """Seconds of one call: the fastest of a few rounds, within about `budget` seconds."""
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
    """The case on the engine; None when the engine stops in it. `budget` is seconds per phase."""
    programs = cut(instance)
    if quietly(engine, programs[PHASES[-1]]).stop is not None:
        return None
    until = {
        phase: fastest(lambda asked=asked: quietly(engine, asked), budget)  # type: ignore[misc]
        for phase, asked in programs.items()
    }
    case = instance.case
    return Timing(engine.info.name, case.id, group_of(case), size_of(case), until)
