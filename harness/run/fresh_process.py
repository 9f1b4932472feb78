"""Cases in fresh processes of one engine: alone, after other programs, or with another order of hashes.

- `FreshProcesses`: asks, and counts the processes.
- `smallest_pair`: the programs after which a case fails that passes alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from time import monotonic

from ..catalogue.case import Case
from ..catalogue.reference import Reference
from ..engine.contract import Engine
from ..judge.outcome import DOUBTFUL
from .runner import Result, results_of, run_case, transcript_of

USUAL = 0  # the order of hashes and addresses in the process that ran all cases


class OutOfTime(Exception):
    """The seconds for fresh processes are used up."""


class FreshProcesses:
    """Processes of one engine, at most one for each order of hashes and addresses at a time.

    `seconds` are for all of them together. Every method raises OutOfTime after that, and EngineError when
    the engine cannot be started again. `dtype` is that of the inputs.
    """

    def __init__(
        self, engine: Engine, reference: Reference, *, seed: int, dtype: str, seconds: float
    ) -> None:
        self._engine, self._reference = engine, reference
        self._seed, self._dtype, self._end = seed, dtype, monotonic() + seconds
        self._opened: dict[int, Engine] = {}
        self._asked: set[int] = set()  # the orders whose process is not fresh any more

    def possible(self, order: int) -> bool:
        """Start the process of that order. False for an engine in this process, which cannot be started."""
        return self._process(order) is not None

    def next(self, case: Case, order: int) -> Result:
        """Ask the case in the process of that order, after all that it was asked before."""
        if monotonic() > self._end:
            raise OutOfTime
        engine = self._process(order)
        assert engine is not None, "callers look at `possible` first"
        self._asked.add(order)
        return run_case(case, engine, self._reference, self._seed, self._dtype)

    def several(self, cases: Iterable[Case], order: int) -> Iterator[Result]:
        """Ask the cases in the process of that order, and yield their results. It takes them ahead."""
        engine = self._process(order)
        assert engine is not None, "callers look at `possible` first"
        self._asked.add(order)
        with closing(results_of(cases, engine, self._reference, self._seed, self._dtype)) as asked:
            for result in asked:
                if monotonic() > self._end:
                    raise OutOfTime
                yield result

    def alone(self, case: Case, order: int) -> Result:
        """Ask the case in a fresh process."""
        return self.after([], case, order)

    def after(self, before: Sequence[Case], case: Case, order: int) -> Result:
        """Ask the case in a fresh process, after these other cases."""
        engine = self._process(order)
        assert engine is not None, "callers look at `possible` first"
        if order in self._asked:
            engine.close()
        self._asked.add(order)
        for each in before:
            if monotonic() > self._end:
                raise OutOfTime
            transcript_of(engine, each.instance(self._seed, self._dtype))
        return self.next(case, order)

    def close(self) -> None:
        """End all processes."""
        for engine in self._opened.values():
            engine.close()

    def _process(self, order: int) -> Engine | None:
        if order not in self._opened:
            found = self._engine.again(order)
            if found is None:
                return None
            self._opened[order] = found
        return self._opened[order]


def smallest_pair(fresh: FreshProcesses, before: Sequence[Case], case: Case) -> Sequence[Case]:
    """Return the fewest programs found after which the case fails: mostly one, none when it does not fail.

    `before` are the programs that ran before it in one process. First the last of them is tried alone. Else
    bisection finds the last program that must run, and it is tried alone. All of them are returned when only
    all of them have the effect twice. OutOfTime and EngineError as `FreshProcesses`.
    """

    def fails_after(programs: Sequence[Case]) -> bool:
        return fresh.after(programs, case, USUAL).verdict in DOUBTFUL

    found = _smallest(before, fails_after)
    # Once more, because an engine that is unstable may have failed for another reason.
    if found and fails_after(found):
        return found
    return before if found and fails_after(before) else []


def _smallest(
    before: Sequence[Case], fails_after: Callable[[Sequence[Case]], bool]
) -> Sequence[Case]:
    if not before or fails_after(before[-1:]):
        return before[-1:]
    if not fails_after(before):
        return []
    # The case fails after `before[first:]` and passes after `before[late:]`.
    first, late = 0, len(before) - 1
    while late - first > 1:
        middle = (first + late) // 2
        if fails_after(before[middle:]):
            first = middle
        else:
            late = middle
    return before[first : first + 1] if fails_after([before[first]]) else before[first:]
