"""The mistakes of an engine, named from what it answered.

- `diagnose`: the findings about one engine, best first.

A known mistake is a hypothesis. It is held against the evidence: each reading that it predicts wrong is
compared with the engine's answer. The mistake that explains most is taken first, and what it explains is
taken away before the rest is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..catalogue.case import Instance
from ..catalogue.collection import catalogue
from ..catalogue.reference import Reference
from ..engine.contract import Engine
from ..judge.outcome import Outcome
from .evidence import Evidence
from .finding import Confidence, Finding
from .holding import Held, hold
from .mistake import known_mistakes
from .prediction import Hypothesis, Predictions

# So many wrong predictions without a right one end the trial of a hypothesis.
_PATIENCE = 5
# So many of the best hypotheses are held against everything.
_FINALISTS = 5


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
    instances = known.instances(evidence)
    arrays = evidence.arrays if engine is None else engine.info.arrays
    best = _best(evidence, instances, known, arrays)
    if best is None or best.confidence is Confidence.NONE:
        return []
    return [_finding(best, evidence)]


def _best(
    evidence: Evidence, instances: Sequence[Instance], known: Predictions, arrays: bool
) -> Held | None:
    """Return the hypothesis that explains most."""
    cases = {case for case, _ in evidence.failed}
    failing = [instance for instance in instances if instance.case.id in cases]
    held = [
        hold(Hypothesis((mistake,)), failing, evidence, known, _PATIENCE)
        for mistake in known_mistakes()
        if mistake.engine == "scalar" or arrays
    ]
    survivors = sorted((one for one in held if one.hits), key=lambda one: -one.score)
    finalists = [hold(one.hypothesis, instances, evidence, known) for one in survivors[:_FINALISTS]]
    return max(finalists, key=lambda one: one.score, default=None)


def _finding(held: Held, evidence: Evidence) -> Finding:
    (mistake,) = held.hypothesis.mistakes
    return Finding(
        op=mistake.op,
        operand=mistake.operand,
        kind=mistake.kind,
        confidence=held.confidence,
        sentence=mistake.belief,
        explained=len(held.hits),
        failing=evidence.failing,
        cases=tuple(sorted({case for case, _ in held.hits})),
        mistake=mistake.name,
    )
