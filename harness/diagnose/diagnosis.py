"""The mistakes of an engine, named from what it answered.

- `diagnose`: the findings about one engine, best first.

A known mistake is a hypothesis. It is held against the evidence: each reading that it predicts wrong is
compared with the engine's answer. The mistake that explains most is taken first, and what it explains is
taken away before the rest is looked at. The next one is then tried together with those before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from ..catalogue.collection import catalogue
from ..catalogue.reference import Reference
from ..engine.contract import Engine
from ..judge.outcome import Outcome
from .composition import composed_of
from .contradiction import contradicted
from .evidence import Evidence
from .explanation import MOST_FINDINGS, Explanation
from .finding import Finding
from .in_full import in_full
from .prediction import Predictions
from .probes import Measurements
from .reuse import by_reuse
from .search import Search
from .unknown import unknown
from .words import paragraph

# Known mistakes leave this share of the failing core readings unexplained where there is another mistake.
_LEFT = 0.1


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
    explanation = Explanation(evidence, search)
    measurements = None if engine is None else Measurements(engine, reference)
    findings = []
    for mistake, among, finding in explanation.findings():
        instance = search.smallest(finding.cases, finding.op)
        if measurements is None or instance is None:
            findings.append(replace(finding, sentence=paragraph(finding, mistake.belief)))
        elif contradicted(mistake, among, measurements):
            other = unknown(instance, {finding.op: 1.0}, evidence.failing, measurements)
            findings.append(replace(other, cases=finding.cases))
        else:
            findings.append(in_full(finding, mistake, instance, measurements))
    if measurements is not None and len(findings) < MOST_FINDINGS:
        told = {finding.op for finding in findings}
        findings += _unknown(explanation, search, measurements, told)
    return findings


def _unknown(
    explanation: Explanation,
    search: Search,
    measurements: Measurements,
    told: Collection[str],
) -> Iterator[Finding]:
    """Yield a finding about a mistake that is not known, where the known ones leave much unexplained.

    It is not about an op that is `told` already, nor about one that the engine may compose of such an op:
    both are wrong by what was told. So is everything after a mistake of the machinery, whose op is "".
    """
    evidence, rest = explanation.evidence, explanation.rest
    left = rest.core(rest.failed)
    if "" in told or len(left) <= _LEFT * len(evidence.core(evidence.failed)):
        return
    follow = frozenset(told).union(*map(composed_of, told))
    instance = search.smallest({case for case, _ in left}, without=follow)
    if instance is not None:
        reuse = by_reuse(search.failing, rest)
        yield unknown(instance, search.suspicion, evidence.failing, measurements, reuse, follow)
