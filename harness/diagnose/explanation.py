"""The known mistakes that together explain what an engine answered.

- `Explanation`: finds one mistake after the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from .evidence import Evidence
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
_SMALL_SHARE = 0.03


class Explanation:
    """The mistakes so far. `rest` is the evidence that they do not explain.

    All mistakes that were found in one built-in engine are one hypothesis, because they act together.
    """

    def __init__(self, evidence: Evidence, search: Search) -> None:
        self.evidence, self.rest = evidence, evidence
        self._search = search
        self._held: list[Held] = []
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
        found = best.hypothesis
        others = [held for held in self._held if held.hypothesis.engine != found.engine]
        held = [*others, self._search.held(found, self.evidence)]
        explained = frozenset[tuple[str, str]]().union(*(one.hits | one.undecided for one in held))
        rest = self.evidence.without(explained)
        if len(rest.failed) >= len(self.rest.failed):
            return False
        self._held, self.rest = held, rest
        return True

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
