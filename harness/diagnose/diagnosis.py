"""The mistakes of an engine, named from what it answered.

- `diagnose`: the findings about one engine, best first.

A known mistake is a hypothesis. It is held against the evidence: each reading that it predicts wrong is
compared with the engine's answer. The mistake that explains most is taken first, and what it explains is
taken away before the rest is looked at. The next one is then tried together with those before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..catalogue.collection import catalogue
from ..catalogue.reference import Reference
from ..engine.contract import Engine
from ..judge.outcome import Outcome
from .composition import composed_of
from .contradiction import contradicted, is_its_own
from .evidence import Evidence
from .explanation import MOST_FINDINGS, Explanation
from .finding import Confidence, Finding, Kind
from .fitted_mistake import mistake_of
from .in_full import in_full
from .mistake import Mistake
from .prediction import Predictions
from .probes import Measurements
from .reuse import by_reuse
from .search import Search
from .unknown import in_words, unknown
from .words import paragraph

# Known mistakes leave this share of the failing core readings unexplained where there is another mistake.
_LEFT = 0.1


def diagnose(
    outcomes: Iterable[Outcome],
    engine: Engine | None,
    reference: Reference,
    known: Predictions | None = None,
    *,
    shows: bool = True,
) -> list[Finding]:
    """Return the mistakes of one engine, best first.

    `outcomes` are all outcomes of one run of the engine. `engine` is asked again where they do not decide;
    with None they must suffice. `known` has the predictions of the known mistakes, for several engines of
    one run; without it they are made for the cases of the catalogue. With `shows` False no finding has a
    program or a place in the code: then it holds for each engine with these outcomes. It takes less time, and
    the engine is asked only where confirmed mistakes leave more than a tenth unexplained.
    """
    evidence = Evidence.of(outcomes)
    if not evidence.failed:
        return []
    known = known or Predictions(catalogue(), reference)
    arrays = evidence.arrays if engine is None else engine.info.arrays
    search = Search(evidence, known, arrays)
    explanation = Explanation(evidence, search)
    alone = [] if shows and engine is not None else list(explanation.findings())
    if engine is None or _explain_enough([finding for *_, finding in alone]):
        return [
            replace(finding, sentence=paragraph(finding, _belief(mistake)))
            for mistake, _, finding in alone
        ]
    return _Asked(explanation, search, Measurements(engine, reference, shows=shows)).findings()


def _explain_enough(findings: Sequence[Finding]) -> bool:
    sure = [each for each in findings if each.confidence is Confidence.CONFIRMED]
    return bool(sure) and sum(each.explained for each in sure) >= (1 - _LEFT) * sure[0].failing


def _belief(mistake: Mistake) -> str:
    """The belief that outcomes alone support. An op raises an error for many reasons."""
    return "" if mistake.kind is Kind.NO_RESULT else mistake.belief


class _Asked:
    """The findings about an engine that can be asked again."""

    def __init__(
        self, explanation: Explanation, search: Search, measurements: Measurements
    ) -> None:
        self._explanation, self._search = explanation, search
        self._measurements = measurements
        self._suspects: dict[str, float] = {}
        for mistake, among, _ in list(explanation.findings()):
            if contradicted(mistake, among, measurements):
                explanation.drop(mistake)
                self._suspects[mistake.op] = 1.0

    def findings(self) -> list[Finding]:
        """Return the known mistakes and those that were measured, the best first."""
        found = [
            in_full(finding, mistake, instance, self._measurements)
            for mistake, _, finding in self._explanation.findings()
            if (instance := self._search.smallest(finding.cases, finding.op)) is not None
        ]
        while len(found) < MOST_FINDINGS and (another := self._measured(found)) is not None:
            found.append(another)
            # What it explains is taken away before the rest is looked at.
            if not another.explained:
                break
        return sorted(found, key=lambda one: -one.explained)

    def _measured(self, told: Sequence[Finding]) -> Finding | None:
        """Return a finding about a mistake that is not known, where the others leave much unexplained.

        It is not about an op that is `told` already, nor about one that the engine composes of such an op:
        both are wrong by what was told. So is everything after a mistake of the machinery, whose op is "".
        """
        evidence, rest = self._explanation.evidence, self._explanation.rest
        left = rest.core(rest.failed)
        if len(left) <= _LEFT * len(evidence.core(evidence.failed)):
            return None
        ops = self._told(told)
        instance = self._search.smallest({case for case, _ in left}, without=ops)
        if instance is None:
            return None
        others = [one for one in self._search.failing if one.program.ops.isdisjoint(ops)]
        reuse = by_reuse(others, rest)
        if "" in ops and (reuse is None or any((f.op, f.kind) == ("", reuse.kind) for f in told)):
            return None
        suspicion = {**self._search.suspicion, **self._suspects}
        made, fit = unknown(instance, suspicion, evidence.failing, self._measurements, reuse, ops)
        if any((one.op, one.kind) == (made.op, made.kind) for one in told):
            return None
        if reuse is not None and made.kind is reuse.kind:
            self._explanation.leave_out(reuse.explained)
        mistake = fit and mistake_of(fit)
        counted = mistake and self._explanation.add(mistake)
        if counted and counted.confidence is not Confidence.NONE:
            made = replace(
                made,
                **{name: getattr(counted, name) for name in ("confidence", "explained", "cases")},
            )
        return in_words(made, fit, instance, self._measurements)

    def _told(self, told: Iterable[Finding]) -> frozenset[str]:
        """The ops that are wrong by what was told. One that is wrong in its own way is not among them."""
        ops = frozenset(finding.op for finding in told)
        follow = frozenset[str]().union(*map(composed_of, ops)) - ops
        hypotheses = self._explanation.hypotheses
        own = {op for op in follow if is_its_own(op, hypotheses, self._measurements)}
        return (ops | follow) - own
