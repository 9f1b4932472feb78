"""The known mistakes that together explain what an engine answered.

- `Explanation`: finds one mistake after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from .evidence import Evidence, Place
from .finding import Confidence, Finding
from .holding import Held
from .hypothesis import Hypothesis
from .mistake import Mistake
from .search import Search
from .trial import Trial

MOST_FINDINGS = 3
# An engine that fails no core case is right by some convention. One convention is then worth a finding only
# where it explains this share of all that differs from torch.
_ALONE = 0.9
# A second mistake explains at least so many readings, and at least this share of those of mathematics.
_FEW = 2
_SMALL_SHARE = 0.02


class Explanation:
    """The mistakes so far. `rest` is the evidence that they do not explain.

    All mistakes that were found in one built-in engine are one hypothesis, because they act together.
    """

    def __init__(self, evidence: Evidence, search: Search) -> None:
        self.evidence, self.rest = evidence, evidence
        self._search = search
        self._held: list[Held] = []
        self._apart = frozenset[Place]()
        self._by_convention = not evidence.core(evidence.failed)
        while self._goes_on() and self._next():
            pass

    def findings(self) -> Iterator[tuple[Mistake, Hypothesis, Finding]]:
        """Yield each mistake, the hypothesis that it is in, and its finding; the best ones first.

        The finding has no sentence yet.
        """
        parts = [
            (mistake, self._part(mistake, held))
            for held in self._held
            for mistake in held.hypothesis.mistakes
        ]
        for mistake, part in sorted(parts, key=lambda pair: -len(pair[1].hits)):
            if part.confidence is not Confidence.NONE:
                yield mistake, part.hypothesis, self._finding(mistake, part)

    @property
    def hypotheses(self) -> list[Hypothesis]:
        """The mistakes so far, one hypothesis for each built-in engine."""
        return [held.hypothesis for held in self._held]

    def drop(self, mistake: Mistake) -> None:
        """Take a mistake back, because the engine does something else in its op."""
        kept = []
        for held in self._held:
            mistakes = tuple(one for one in held.hypothesis.mistakes if one != mistake)
            if mistakes == held.hypothesis.mistakes:
                kept.append(held)
            elif mistakes:
                less = Hypothesis(mistakes, held.hypothesis.composition)
                kept.append(self._search.held(less, self.evidence))
        self._held, self.rest = kept, self._rest(kept)

    def add(self, mistake: Mistake) -> Finding | None:
        """Take a mistake that was measured. Return its finding; None where it explains nothing more."""
        trial = Trial(self._search, self.rest, self._held)
        if not self._take(trial.beside(mistake)):
            return None
        for held in self._held:
            if mistake in held.hypothesis.mistakes:
                return self._finding(mistake, self._part(mistake, held))
        return None

    def leave_out(self, explained: Set[Place]) -> None:
        """Take readings away that another finding explains."""
        self._apart |= explained
        self.rest = self.rest.without(explained)

    @property
    def _count(self) -> int:
        return sum(len(held.hypothesis.mistakes) for held in self._held)

    def _goes_on(self) -> bool:
        if self._by_convention:
            return not self._held
        return self._count < MOST_FINDINGS and bool(self.rest.core(self.rest.failed))

    def _next(self) -> bool:
        """Find the next mistake. False when none explains enough of the rest."""
        best = Trial(self._search, self.rest, self._held).best()
        if best is None or not self._is_enough(best):
            return False
        return self._take(best.hypothesis)

    def _take(self, found: Hypothesis) -> bool:
        """Put a hypothesis in the place of that of its engine. False when it explains no more than that."""
        others = [held for held in self._held if held.hypothesis.engine != found.engine]
        held = [*others, self._search.held(found, self.evidence)]
        rest = self._rest(held)
        if len(rest.failed) >= len(self.rest.failed):
            return False
        self._held, self.rest = held, rest
        return True

    def _rest(self, held: Iterable[Held]) -> Evidence:
        explained = self._apart.union(*(one.hits | one.undecided for one in held))
        return self.evidence.without(explained)

    def _is_enough(self, best: Held) -> bool:
        if self._by_convention:
            share = len(best.hits) / len(self.evidence.failed)
            return best.confidence is Confidence.CONFIRMED and share >= _ALONE
        # A later mistake explains little, and little is explained by chance more easily.
        if not self._held:
            return best.score > 0
        least = max(_FEW, _SMALL_SHARE * len(self.evidence.core(self.evidence.failed)))
        return best.confidence is Confidence.CONFIRMED and len(best.hits) >= least

    def _part(self, mistake: Mistake, held: Held) -> Held:
        """Return what concerns one of several mistakes: the readings that it makes wrong alone."""
        if len(held.hypothesis.mistakes) == 1:
            return held
        alone = Hypothesis((mistake,), held.hypothesis.composition)
        return held.within(self._search.claimed(alone))

    def _finding(self, mistake: Mistake, part: Held) -> Finding:
        return Finding(
            op=mistake.op,
            operand=mistake.operand,
            kind=mistake.kind,
            confidence=part.confidence,
            sentence="",
            explained=len(part.hits),
            failing=self.evidence.failing,
            cases=tuple(sorted({case for case, _ in part.hits})),
            mistake=mistake.name,
        )
