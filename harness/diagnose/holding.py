"""A hypothesis held against the evidence: what it predicts rightly, and what it predicts wrongly.

- `Held`: the count. `hold`: makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from ..catalogue.case import Instance
from ..program.transcript import Stop
from .evidence import Answer, Evidence, Place, agree
from .finding import Confidence
from .hypothesis import Hypothesis
from .prediction import Predictions

# The share of the failing readings that a confirmed hypothesis claims and predicts.
_CONFIRMED = 0.9


@dataclass(frozen=True)
class Held:
    """The readings about which a hypothesis says something.

    `hits` failed with the number that it predicts, `misses` with another one. `contradictions` passed,
    although it predicts a wrong number. `undecided` ones failed with a number that depends on the order in
    which the engine walks, or with another exception than the predicted one.
    """

    hypothesis: Hypothesis
    hits: frozenset[Place]
    misses: frozenset[Place]
    contradictions: frozenset[Place]
    undecided: frozenset[Place] = frozenset()

    @property
    def confidence(self) -> Confidence:
        """How well the evidence supports the hypothesis."""
        right, wrong = len(self.hits), len(self.misses)
        if right and not self.contradictions and right >= _CONFIRMED * (right + wrong):
            return Confidence.CONFIRMED
        if right > 2 * (wrong + len(self.contradictions)):
            return Confidence.LIKELY
        return Confidence.NONE

    @property
    def wrong(self) -> int:
        """The number of predictions that did not come true."""
        return len(self.misses) + len(self.contradictions)

    @property
    def score(self) -> int:
        """How much more is predicted rightly than wrongly. A contradiction weighs more than a miss."""
        return len(self.hits) - len(self.misses) - 3 * len(self.contradictions)

    def within(self, places: Set[Place]) -> Held:
        """Return the part of the count that concerns these readings."""
        return Held(
            self.hypothesis,
            self.hits & places,
            self.misses & places,
            self.contradictions & places,
            self.undecided & places,
        )


def hold(
    hypothesis: Hypothesis,
    instances: Iterable[Instance],
    evidence: Evidence,
    known: Predictions,
    *,
    settled: Set[Place] = frozenset(),
    patience: int | None = None,
    enough: int | None = None,
    bearable: int | None = None,
) -> Held:
    """Count what the hypothesis predicts on these cases.

    A wrong prediction of a `settled` reading is not counted. With `patience` the hypothesis is given up after
    so many wrong predictions without a right one. With `enough` the count ends after so many predictions, and
    with `bearable` after more contradictions than that.
    """
    hits: set[Place] = set()
    misses: set[Place] = set()
    undecided: set[Place] = set()
    contradictions: set[Place] = set()
    for instance in instances:
        for label, claim in known.claims(hypothesis, instance).items():
            place = instance.case.id, label
            if place in evidence.failed:
                came = evidence.failed[place]
                if any(agree(answer, came) for answer in claim.answers):
                    hits.add(place)
                else:
                    decided = claim.sure and not _another_exception(claim.answers, came)
                    if place not in settled:
                        (misses if decided else undecided).add(place)
            elif claim.sure and place in evidence.passed and place not in settled:
                contradictions.add(place)
        wrong = len(misses) + len(contradictions)
        if patience is not None and not hits and wrong >= patience:
            break
        if bearable is not None and len(contradictions) > bearable:
            break
        if enough is not None and wrong + len(hits) >= enough:
            break
    counts = (hits, misses, contradictions, undecided)
    return Held(hypothesis, *map(frozenset, counts))


def _another_exception(predicted: Iterable[Answer], came: Answer) -> bool:
    """True when both raise at the same step. The right engines of two people raise different classes."""
    return isinstance(came, Stop) and any(
        isinstance(answer, Stop) and answer.step == came.step for answer in predicted
    )
