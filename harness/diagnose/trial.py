"""The search among the known mistakes for the one that explains most of the evidence.

- `Trial`: finds it, and how the engine composes its ops.

Everything small comes first: a hypothesis is tried on the smallest failing cases, and only the best are held
against more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from ..catalogue.case import Instance
from .composition import OWN, reaches, usual
from .evidence import Evidence, Place
from .expansions import USUAL
from .finding import Confidence
from .holding import Held, hold
from .hypothesis import Hypothesis
from .mistake import Mistake
from .search import Search

# In the first trial so many wrong predictions with no right one, so many in all, or so many cases are enough.
_PATIENCE = 5
_ENOUGH = 12
_LOOKED_AT = 30
_LOOKED_AT_TOGETHER = 8
# So many of the best are then tried on a few cases that pass, and may be wrong in so many readings.
_SURVIVORS = 40
_GLANCED = 25
_BEARABLE = 2
# So many hypotheses are held against more cases, and so many of these against cases that pass.
_FINALISTS = 6
_WINNERS = 3
# The numbers of cases for these: failing ones, and passing ones.
_FAILING = 60
_PASSING = 80
# So few readings of mathematics alone would agree with many mistakes.
_TELLING = 3
# An unusual way to compose an op counts as this share of the hits.
_UNUSUAL = 0.05
# So many failing cases, and so many passing ones, decide first between two ways to compose an op.
_FIRST = 3


class Trial:
    """One search, for a mistake beside those that were found `before`.

    The mistake is tried together with those of the same built-in engine. While several readings of
    mathematics are to be explained, those of conventions do not count, which are many and would hide the
    mistake.
    """

    def __init__(self, search: Search, evidence: Evidence, before: Sequence[Held]) -> None:
        core = evidence.core(evidence.failed)
        if len(core) >= _TELLING:
            evidence = evidence.without(evidence.failed.keys() - core)
        self._search, self._known, self._evidence = search, search.known, evidence
        self._before = {held.hypothesis.engine: held for held in before}
        cases = {case for case, _ in evidence.failed}
        self._failing = [one for one in search.failing if one.case.id in cases]

    def best(self) -> Held | None:
        """Return the hypothesis that explains most of the evidence, None when none explains anything."""
        tried = (one for one in self._tried() if one.hits)
        survivors = sorted(tried, key=_share_of_hits, reverse=True)[:_SURVIVORS]
        finalists = [
            self._held(self._composed(one.hypothesis), self._failing[:_FAILING])
            for one in self._uncontradicted(survivors)[:_FINALISTS]
        ]
        finalists.sort(key=self._rank, reverse=True)
        winners = [
            self._held(each, [*self._failing, *self._search.checked(each, _PASSING)])
            for one in finalists[:_WINNERS]
            # A few cases decided how the ops are composed. All together may say that they are not.
            for each in dict.fromkeys((one.hypothesis, self._as_before(one.hypothesis)))
        ]
        sure = [one for one in winners if one.confidence is not Confidence.NONE]
        return max(sure or winners, key=self._rank, default=None)

    def _as_before(self, hypothesis: Hypothesis) -> Hypothesis:
        """Return the hypothesis in the composition of those before it, or in none."""
        before = self._before.get(hypothesis.engine)
        composition = before.hypothesis.composition if before else OWN
        return Hypothesis(hypothesis.mistakes, composition)

    def beside(self, mistake: Mistake) -> Hypothesis:
        """Return the hypothesis of this mistake, together with those before it, in the best composition."""
        before = self._before.get(mistake.engine)
        if before is None:
            return self._composed(Hypothesis((mistake,)))
        earlier = before.hypothesis
        return self._composed(Hypothesis((*earlier.mistakes, mistake), earlier.composition))

    def _tried(self) -> Iterator[Held]:
        """Yield each hypothesis with the count of a first look at it.

        Where mistakes were found before, the new one is looked at alone, in the cases where these predict
        nothing wrong: its predictions are known already, and those of all together are not.
        """
        clean = {
            engine: [o for o in self._failing if not self._known.claims(held.hypothesis, o)]
            for engine, held in self._before.items()
        }
        for mistake in self._search.mistakes:
            before = self._before.get(mistake.engine)
            if before is None:
                yield self._first_look(Hypothesis((mistake,)), self._failing)
            elif mistake not in before.hypothesis.mistakes:
                earlier = before.hypothesis
                alone = Hypothesis((mistake,))
                together = Hypothesis((*earlier.mistakes, mistake), earlier.composition)
                looked = [one for one in clean[mistake.engine] if alone.concerns(one)]
                if looked:
                    held = self._first_look(alone, looked)
                else:
                    both = filter(alone.concerns, self._failing)
                    held = self._first_look(together, islice(both, _LOOKED_AT_TOGETHER))
                yield replace(held, hypothesis=together)

    def _first_look(self, hypothesis: Hypothesis, failing: Iterable[Instance]) -> Held:
        concerned = islice(filter(hypothesis.concerns, failing), _LOOKED_AT)
        return hold(
            hypothesis, concerned, self._evidence, self._known, patience=_PATIENCE, enough=_ENOUGH
        )

    def _composed(self, hypothesis: Hypothesis) -> Hypothesis:
        """Return the hypothesis in the composition that explains most."""
        for mistake in hypothesis.mistakes:
            # A composition changes the graph that a backward walks, too.
            for op, way in reaches(mistake.op) if mistake.op else USUAL:
                if not hypothesis.composition.can_add(op, way):
                    continue
                other = Hypothesis(hypothesis.mistakes, hypothesis.composition.with_way(op, way))
                if self._is_better(other, hypothesis, op):
                    hypothesis = other
        return hypothesis

    def _is_better(self, other: Hypothesis, hypothesis: Hypothesis, op: str) -> bool:
        """True when the other composition of an op predicts more, and is not wrong more often.

        Most compositions predict no more of a few cases, and are not tried further.
        """
        failing, passing = self._search.deciding(op)
        few = [*failing[:_FIRST], *passing[:_FIRST]]
        for deciding in (few, [*failing, *passing]):
            own, its = (self._held(each, deciding) for each in (hypothesis, other))
            if its.score <= own.score or its.wrong > own.wrong:
                return False
        return True

    def _uncontradicted(self, survivors: Sequence[Held]) -> Sequence[Held]:
        """Return those that some small passing cases do not contradict; all when none is left.

        Where an engine fails few cases, many hypotheses predict these, and are wrong elsewhere.
        """
        left = [
            one
            for one in survivors
            if len(
                hold(
                    one.hypothesis,
                    self._search.checked(one.hypothesis, _GLANCED),
                    self._evidence,
                    self._known,
                    settled=self._settled(one.hypothesis),
                    bearable=_BEARABLE,
                ).contradictions
            )
            <= _BEARABLE
        ]
        return left or survivors

    def _held(self, hypothesis: Hypothesis, instances: Iterable[Instance]) -> Held:
        settled = self._settled(hypothesis)
        return hold(hypothesis, instances, self._evidence, self._known, settled=settled)

    def _settled(self, hypothesis: Hypothesis) -> frozenset[Place]:
        """The readings that those before predicted wrongly. It is not the new mistake that is wrong there."""
        before = self._before.get(hypothesis.engine)
        return frozenset() if before is None else before.misses | before.contradictions

    def _rank(self, held: Held) -> tuple[float, ...]:
        """What decides between two hypotheses: core readings, all readings, and then how likely each is.

        An unusual composition has to explain clearly more than a usual one.
        """
        mistake = held.hypothesis.mistakes[-1]
        counted = (*held.hits, *held.misses, *held.contradictions)
        core = held.within(self._evidence.core(counted))
        unusual = usual(held.hypothesis.composition)
        return (
            core.score - _UNUSUAL * unusual * len(core.hits),
            held.score,
            mistake.level == "core",
            -unusual,
            self._search.suspicion.get(mistake.op, 0.0),
            bool(mistake.op),  # a mistake in one op is more specific than one of the machinery
        )


def _share_of_hits(held: Held) -> tuple[float, int]:
    """How a hypothesis ranks after the first look: by the share of what it predicts rightly.

    Few predictions that came true say less than many, of which one did not.
    """
    return len(held.hits) / (len(held.hits) + held.wrong + 1), len(held.hits)
