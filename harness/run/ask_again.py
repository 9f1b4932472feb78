"""What failed is asked again in fresh processes, and so is a sample of what passed.

- `ask_again`: for all results of one engine. `harness.run.second_opinion` holds what came of it.

1. What failed and the sample are asked in one fresh process, up to three times each, in another order of
   the cases, of hashes and of addresses. A few that fail again are then asked alone in a fresh process.
2. A case whose second answer differs from the first is asked alone in several fresh processes. Where it
   always passes alone, the programs before it are searched for the one after which it fails. If there is
   one, the case fails `after-others`; if not, or if it fails in some of these processes, it is `unstable`.
3. What fails again in the same way is a failure.

One case decides in step 2, or up to three when the first always passes alone and fails after no program.
The others that differ get the same verdict. A run without a failure costs one process and at most 240
programs more, a run with failures three processes and 240 programs, and an engine whose answers differ some
30 processes.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..catalogue.case import Case
from ..catalogue.reference import Reference
from ..engine.contract import Engine
from ..errors import EngineError
from ..judge.outcome import DOUBTFUL, PASSED, Verdict
from ..judge.repetition import after_others, unstable
from .fresh_process import USUAL, FreshProcesses, OutOfTime, smallest_pair
from .runner import Result
from .second_opinion import SecondOpinion, listed

# For one engine. The numbers below bound the time; this is for engines that are very slow.
_SECONDS = 60.0
# Of so many cases that passed, all are asked again, and a sample of more. Fewer are not worth a process.
_FEWEST_PASSED, _MOST_PASSED = 10, 120
# Every case is asked this often in one process: addresses are others each time.
_ROUNDS, _MOST_ASKED = 3, 240
# Of those that fail again, the ones that are asked alone: more, when one of the first passes.
_ALONE, _MOST_ALONE = 2, 12
_ORDERS = 3
# The process came to its end, and the next program ran in a fresh one.
_ENDS = frozenset({Verdict.TIMEOUT, Verdict.CRASH})


@dataclass(frozen=True, eq=False)
class _Differing:
    """A case whose two answers differ, and the programs that ran before it where it failed."""

    first: Result
    second: Result
    before: Sequence[Case]

    @property
    def failing(self) -> Result:
        """The result that is a failure."""
        return self.first if _fails(self.first) else self.second

    @property
    def passing(self) -> Result:
        """The result that is a pass."""
        return self.second if _fails(self.first) else self.first


def ask_again(
    engine: Engine,
    results: Sequence[Result],
    reference: Reference,
    *,
    seed: int,
    dtype: str,
    expected: Collection[str] = (),
    thorough: bool = True,
) -> SecondOpinion | None:
    """Ask again what is doubtful among the results of one engine, which are in the order in which they ran.

    `expected` are the ids of cases that are expected to fail; they are asked again where they passed. None
    when nothing is doubtful, and when the engine runs in this process. With `thorough` False
    step 1 asks once in one process, and what differs is unstable without step 2.
    """
    # The orders are drawn from the seed, so that the same command asks in the same way.
    orders = [(seed * 8 + number) % 2**32 for number in range(1, _ORDERS + 1)]
    failed = [each for each in results if _fails(each)]
    passed = [each for each in results if each.verdict in PASSED]
    sure = [each for each in passed if each.case.id not in expected]
    draw = random.Random(seed)
    sample = draw.sample(sure, min(len(sure), _MOST_PASSED)) if len(sure) >= _FEWEST_PASSED else []
    sample += [each for each in passed if each.case.id in expected]
    if not failed and not sample:
        return None
    fresh = FreshProcesses(engine, reference, seed=seed, dtype=dtype, seconds=_SECONDS)
    opinion = SecondOpinion(orders, failed=len(failed))
    try:
        if not fresh.possible(orders[0]):
            return None
        draw.shuffle(failed)
        _Asking(fresh, opinion, results).ask(failed, sample, thorough=thorough)
    except EngineError as problem:
        opinion.problem = f"what failed could not be asked again: {problem}"
    finally:
        fresh.close()
    return opinion


class _Asking:
    """The steps of `ask_again`, which fill in `opinion`."""

    def __init__(
        self, fresh: FreshProcesses, opinion: SecondOpinion, results: Sequence[Result]
    ) -> None:
        self._fresh, self._opinion = fresh, opinion
        self._differing: list[_Differing] = []
        self._cases = [each.case for each in results]
        # For each case: where its process began, and its own place.
        self._places: dict[str, tuple[int, int]] = {}
        begin = 0
        for place, each in enumerate(results):
            self._places[each.case.id] = begin, place
            begin = place + 1 if each.verdict in _ENDS else begin

    def ask(self, failed: Sequence[Result], sample: Sequence[Result], *, thorough: bool) -> None:
        """Ask, examine what differs, and revise it. EngineError when the engine cannot be started again."""
        try:
            # The first one is alone in its fresh process, so that it need not be asked alone once more.
            rounds = _ROUNDS if thorough else 1
            again = self._in_one_process([*failed[:1], *sample, *failed[1:]], rounds)
            if thorough:
                self._alone([each for each in again if each is not failed[0]])
            if thorough:
                self._revise()
            else:
                self._take_as_unstable()
        except OutOfTime:
            count = len(self._differing)
            self._opinion.problem = (
                f"there was not enough time to ask again; {count} answers differ"
            )

    def _in_one_process(self, doubtful: list[Result], rounds: int) -> list[Result]:
        """Ask all so often in one process of another order. Return those that fail each time."""
        again: dict[str, Result] = {}
        differing: set[str] = set()
        before: list[Case] = []
        asked = list(itertools.islice(doubtful * rounds, _MOST_ASKED))
        # A case that differs stays in the later rounds, because the process takes its questions ahead.
        answers = self._fresh.several([each.case for each in asked], self._opinion.orders[0])
        for number, (first, second) in enumerate(zip(asked, answers, strict=True)):
            case = first.case
            if number < len(doubtful):
                self._count(first)
            if case.id in differing:
                pass
            elif self._differs(first, second, before):
                differing.add(case.id)
                again.pop(case.id, None)
            elif _fails(first):
                again[case.id] = first
            if second.verdict in _ENDS:
                before.clear()
            else:
                before.append(case)
        return list(again.values())

    def _alone(self, again: Sequence[Result]) -> None:
        """Ask a few cases, each alone; more of them when one of the few passes."""
        found = len(self._differing)
        for number, first in enumerate(_spread(again)[:_MOST_ALONE]):
            if number >= _ALONE and len(self._differing) == found:
                return
            self._differs(first, self._fresh.alone(first.case, self._opinion.orders[1]), ())

    def _count(self, first: Result) -> None:
        self._opinion.failures += _fails(first)
        self._opinion.passes += not _fails(first)

    def _differs(self, first: Result, second: Result, before: Sequence[Case]) -> bool:
        one_failed = _fails(first) != _fails(second)
        if not one_failed or {first.verdict, second.verdict}.isdisjoint(PASSED):
            return False
        ran = self._before(first) if _fails(first) else list(before)
        self._differing.append(_Differing(first, second, ran))
        return True

    def _before(self, result: Result) -> list[Case]:
        """Return the cases that ran before this one in its process."""
        begin, place = self._places[result.case.id]
        return self._cases[begin:place]

    def _take_as_unstable(self) -> None:
        for each in self._differing:
            self._opinion.revised += self._judged(each, 0, 0)

    def _revise(self) -> None:
        if not self._differing:
            return
        # The search for a pair is shortest where few programs ran before.
        ordered = sorted(self._differing, key=lambda each: len(each.before))
        examined = dict.fromkeys([ordered[0], ordered[-1], ordered[len(ordered) // 2]])
        counts = dict.fromkeys(ordered, (0, 0))
        for each in examined:
            failed, _ = counts[each] = self._failures_alone(each)
            if failed or self._pair_found(each):
                break
        for each in ordered:
            self._opinion.revised += self._judged(each, *counts[each])

    def _failures_alone(self, each: _Differing) -> tuple[int, int]:
        """Return how often the case fails alone, and in how many processes it was asked."""
        failed = asked = 0
        for order in (USUAL, *self._opinion.orders):
            failed += _fails(self._fresh.alone(each.first.case, order))
            asked += 1
            if 0 < failed < asked:
                break
        return failed, asked

    def _pair_found(self, each: _Differing) -> bool:
        case = each.first.case
        programs = smallest_pair(self._fresh, each.before, case)
        self._opinion.pair = [one.id for one in (*programs, case)] if programs else []
        return bool(programs)

    def _judged(self, each: _Differing, failed: int, asked: int) -> list[Result]:
        pair = self._opinion.pair
        if pair:
            self._opinion.after_others += 1
            if not _fails(each.first):
                return []  # It passed in its turn; only the finding about the engine counts it.
            named = listed(pair[:-1]) if pair[-1] == each.first.case.id else "other programs"
            return [replace(each.first, outcomes=after_others(each.first.outcomes, named))]
        self._opinion.unstable += 1
        # The two answers that differ count too.
        found = unstable(each.failing.outcomes, each.passing.outcomes, failed + 1, asked + 2)
        return [replace(each.first, outcomes=found)]


def _fails(result: Result) -> bool:
    return result.verdict in DOUBTFUL


def _spread(results: Sequence[Result]) -> list[Result]:
    """Return the results with the first of each family and reason in front."""
    kinds = {(each.case.family, each.outcomes[-1].reason): each for each in reversed(results)}
    first = list(kinds.values())
    chosen = set(map(id, first))
    return [*first, *(each for each in results if id(each) not in chosen)]
