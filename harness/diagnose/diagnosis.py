"""The mistakes of an engine, named from what it answered.

- `diagnose`: the findings about one engine, best first.

A known mistake is a hypothesis. It is held against the evidence: each reading that it predicts wrong is
compared with the engine's answer. The mistake that explains most is taken first, and what it explains is
taken away before the rest is looked at. The next one is then tried together with those before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..catalogue.collection import catalogue
from ..catalogue.reference import Reference
from ..engine.contract import Engine
from ..judge.outcome import Outcome
from .evidence import Evidence, Place
from .finding import Confidence, Finding
from .holding import Held
from .mistake import Mistake
from .prediction import Hypothesis, Predictions
from .search import Search
from .words import paragraph

_MOST_FINDINGS = 3
# An engine that fails no core case is right by some convention. One convention is then worth a finding only
# where it explains this share of all that differs from torch.
_ALONE = 0.9


def diagnose(
    outcomes: Iterable[Outcome],
    engine: Engine | None,
    reference: Reference,
    known: Predictions | None = None,
) -> list[Finding]:
    """Return the mistakes of one engine, best first.

    `outcomes` are all outcomes of one run of the engine. `engine` is asked again where they do not decide;
    with None they must suffice. `known` has the predictions of the known mistakes, for several engines of
    one run; without it they are made for the cases of the catalogue.
    """
    evidence = Evidence.of(outcomes)
    if not evidence.failed:
        return []
    known = known or Predictions(catalogue(), reference)
    arrays = evidence.arrays if engine is None else engine.info.arrays
    search = Search(evidence, known, arrays)
    found = _Found(evidence, known, search)
    found.explain()
    return found.findings()


@dataclass
class _Found:
    """The hypotheses so far: one for each built-in engine, with all mistakes that were found there."""

    evidence: Evidence
    known: Predictions
    search: Search

    def __post_init__(self) -> None:
        self.hypotheses: list[Hypothesis] = []
        self.held: list[Held] = []
        self.count = 0

    def explain(self) -> None:
        """Find one mistake after the other, until nothing is left to explain."""
        convention = not self.evidence.core(self.evidence.failed)
        rest = self.evidence
        while self.count < _MOST_FINDINGS and (
            rest.core(rest.failed) or (convention and not self.count)
        ):
            best = self.search.best(rest, self.hypotheses)
            if best is None or not self._acceptable(best, convention):
                return
            self._take(self.search.composed(best.hypothesis, self.evidence))
            rest = self.evidence.without(self._explained())

    def findings(self) -> list[Finding]:
        """Return a finding for each mistake, those that explain most first."""
        made = [
            self._finding(mistake, held)
            for held in self.held
            for mistake in held.hypothesis.mistakes
        ]
        return sorted(made, key=lambda each: -each.explained)

    def _acceptable(self, best: Held, convention: bool) -> bool:
        if convention:
            share = len(best.hits) / len(self.evidence.failed)
            return best.confidence is Confidence.CONFIRMED and share >= _ALONE
        if self.count:
            return best.confidence is Confidence.CONFIRMED
        return best.score > 0

    def _take(self, hypothesis: Hypothesis) -> None:
        self.hypotheses = [h for h in self.hypotheses if h.engine != hypothesis.engine]
        self.hypotheses.append(hypothesis)
        self.held = [self.search.held(each, self.evidence) for each in self.hypotheses]
        self.count += 1

    def _explained(self) -> frozenset[Place]:
        return frozenset().union(*(held.hits for held in self.held))

    def _finding(self, mistake: Mistake, held: Held) -> Finding:
        share = self._part(mistake, held)
        finding = Finding(
            op=mistake.op,
            operand=mistake.operand,
            kind=mistake.kind,
            confidence=share.confidence,
            sentence="",
            explained=len(share.hits),
            failing=self.evidence.failing,
            cases=tuple(sorted({case for case, _ in share.hits})),
            mistake=mistake.name,
        )
        return replace(finding, sentence=paragraph(finding, mistake.belief))

    def _part(self, mistake: Mistake, held: Held) -> Held:
        """Return what concerns one of several mistakes: the readings that it makes wrong alone."""
        if len(held.hypothesis.mistakes) == 1:
            return held
        alone = Hypothesis((mistake,), held.hypothesis.composition)
        return held.within(self.search.claimed(alone))
