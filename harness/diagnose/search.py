"""The search among the known mistakes for those that explain the evidence about one engine.

- `Search`: finds the best hypothesis, and how the engine composes its ops.

Everything small comes first: a hypothesis is tried on the smallest failing cases, and only the best are held
against more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from ..catalogue.case import Instance
from .composition import reaches, usual
from .evidence import Evidence, Place
from .holding import Held, hold
from .mistake import Mistake, known_mistakes
from .prediction import Hypothesis, Predictions
from .suspicion import suspicion

# In the first trial so many wrong predictions with no right one, so many in all, or so many cases are enough.
_PATIENCE = 5
_ENOUGH = 12
_LOOKED_AT = 30
# So many of the best are then tried on a few cases that pass, and may be wrong in so many readings.
_SURVIVORS = 40
_GLANCED = 25
_BEARABLE = 2
# So many hypotheses are held against more cases, and so many of these against cases that pass.
_FINALISTS = 6
_WINNERS = 3
# The numbers of cases for these: failing ones, and passing ones.
_FAILING = 60
_PASSING = 150
# An unusual way to compose an op counts as this share of the hits.
_UNUSUAL = 0.05
# So many failing and passing cases decide between two ways to compose an op.
_DECIDING = 8


class Search:
    """The cases of one engine, the smallest first, and the mistakes that it may have.

    `suspicion` says how suspect each op is. `failing` are the cases that fail, the fewest steps first.
    """

    def __init__(self, evidence: Evidence, known: Predictions, arrays: bool) -> None:
        self._known = known
        cases = {case for case, _ in evidence.failed}
        instances = known.instances(evidence)
        self.failing = [one for one in instances if one.case.id in cases]
        self._passing = [one for one in instances if one.case.id not in cases]
        self.suspicion = suspicion(instances, evidence)
        ran = {case for case, _ in (*evidence.failed, *evidence.passed)}
        has = frozenset[str]().union(*(o.program.ops for o in instances if o.case.id in ran))
        self._mistakes = [
            each
            for each in known_mistakes()
            # A mistake in an op that the engine does not have is none of its mistakes.
            if (each.engine == "scalar" or arrays)
            and (not each.ops or not has.isdisjoint(each.ops))
        ]

    def best(self, evidence: Evidence, before: Sequence[Hypothesis]) -> Held | None:
        """Return the hypothesis that explains most of the evidence, None when none explains anything.

        Its mistake is tried together with those that were found `before` in the same built-in engine. While
        readings of mathematics are to be explained, those of conventions do not count, which are many and
        would hide the mistake.
        """
        core = evidence.core(evidence.failed)
        if core:
            evidence = evidence.without(evidence.failed.keys() - core)
        cases = {case for case, _ in evidence.failed}
        failing = [one for one in self.failing if one.case.id in cases]
        tried = [
            self._first_look(hypothesis, failing, evidence)
            for hypothesis in self._hypotheses(before)
        ]
        survivors = sorted((one for one in tried if one.hits), key=self._tried, reverse=True)
        finalists = [
            self._held(self._composed(one.hypothesis, evidence), evidence, failing[:_FAILING], ())
            for one in self._uncontradicted(survivors[:_SURVIVORS], evidence)[:_FINALISTS]
        ]
        finalists.sort(key=lambda one: self._rank(one, evidence), reverse=True)
        winners = [
            self._held(one.hypothesis, evidence, failing, self._checked(one.hypothesis))
            for one in finalists[:_WINNERS]
        ]
        return max(winners, key=lambda one: self._rank(one, evidence), default=None)

    def held(self, hypothesis: Hypothesis, evidence: Evidence) -> Held:
        """Hold a hypothesis against all failing cases, and against many of those that pass."""
        return self._held(hypothesis, evidence, self.failing, self._checked(hypothesis))

    def smallest(
        self, cases: Collection[str], op: str = "", without: Collection[str] = ()
    ) -> Instance | None:
        """Return the smallest of these cases that fails; None for none.

        One that has the op comes before the others, and then one of mathematics. It has no op of `without`.
        """
        failing = [
            one
            for one in self.failing
            if one.case.id in cases and one.program.ops.isdisjoint(without)
        ]
        failing = [one for one in failing if op in one.program.ops] or failing
        return min(failing, key=lambda one: one.case.level != "core", default=None)

    def claimed(self, hypothesis: Hypothesis) -> frozenset[Place]:
        """Return the readings of all failing cases, and of many that pass, that the hypothesis claims."""
        return frozenset(
            (one.case.id, label)
            for one in (*self.failing, *self._checked(hypothesis))
            if hypothesis.concerns(one)
            for label in self._known.claims(hypothesis, one)
        )

    def _hypotheses(self, before: Sequence[Hypothesis]) -> Iterable[Hypothesis]:
        known = {each.engine: each for each in before}
        for mistake in self._mistakes:
            found = known.get(mistake.engine)
            if found is None:
                yield Hypothesis((mistake,))
            elif mistake not in found.mistakes:
                yield Hypothesis((*found.mistakes, mistake), found.composition)

    def _first_look(
        self, hypothesis: Hypothesis, failing: Sequence[Instance], evidence: Evidence
    ) -> Held:
        concerned = islice(filter(hypothesis.concerns, failing), _LOOKED_AT)
        return hold(
            hypothesis, concerned, evidence, self._known, patience=_PATIENCE, enough=_ENOUGH
        )

    def _composed(self, hypothesis: Hypothesis, evidence: Evidence) -> Hypothesis:
        """Return the hypothesis in the composition that explains most."""
        for mistake in hypothesis.mistakes:
            for op, way in reaches(mistake.op):
                if not hypothesis.composition.can_add(op, way):
                    continue
                other = Hypothesis(hypothesis.mistakes, hypothesis.composition.with_way(op, way))
                deciding = [
                    *[one for one in self.failing if op in one.program.ops][:_DECIDING],
                    *[one for one in self._passing if op in one.program.ops][:_DECIDING],
                ]
                own, its = (
                    hold(each, deciding, evidence, self._known).score
                    for each in (hypothesis, other)
                )
                if its > own:
                    hypothesis = other
        return hypothesis

    def _uncontradicted(self, survivors: Sequence[Held], evidence: Evidence) -> Sequence[Held]:
        """Return those that some small passing cases do not contradict; all when none is left.

        Where an engine fails few cases, many hypotheses predict these, and are wrong elsewhere.
        """
        left = [
            one
            for one in survivors
            if len(
                hold(
                    one.hypothesis,
                    self._checked(one.hypothesis)[:_GLANCED],
                    evidence,
                    self._known,
                    bearable=_BEARABLE,
                ).contradictions
            )
            <= _BEARABLE
        ]
        return left or survivors

    def _held(
        self,
        hypothesis: Hypothesis,
        evidence: Evidence,
        failing: Sequence[Instance],
        passing: Sequence[Instance],
    ) -> Held:
        return hold(hypothesis, [*failing, *passing], evidence, self._known)

    def _checked(self, hypothesis: Hypothesis) -> list[Instance]:
        """Return passing cases that could contradict the hypothesis: those that are most likely to, first."""
        concerned = [one for one in self._passing if hypothesis.concerns(one)]
        mistake = hypothesis.mistakes[-1]
        concerned.sort(key=lambda one: not mistake.fits(one.case))
        return concerned[:_PASSING]

    @staticmethod
    def _tried(held: Held) -> tuple[float, int]:
        """How a hypothesis ranks after the first trial: by the share of what it predicts rightly.

        Few predictions that came true say less than many, of which one did not.
        """
        return len(held.hits) / (len(held.hits) + held.wrong + 1), len(held.hits)

    def _rank(self, held: Held, evidence: Evidence) -> tuple[float, ...]:
        """What decides between two hypotheses: core readings, all readings, and then how likely each is.

        An unusual composition has to explain clearly more than a usual one.
        """
        mistake = held.hypothesis.mistakes[-1]
        core = held.within(evidence.core((*held.hits, *held.misses, *held.contradictions)))
        unusual = usual(held.hypothesis.composition)
        return (
            core.score - _UNUSUAL * unusual * len(core.hits),
            held.score,
            mistake.level == "core",
            -unusual,
            self.suspicion.get(mistake.op, 0.0),
            _specific(mistake),
        )


def _specific(mistake: Mistake) -> bool:
    return bool(mistake.op)
