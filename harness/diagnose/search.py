"""The cases of one engine, and the mistakes that it may have.

- `Search`: the smallest case that fails, and a hypothesis held against the cases. `trial` finds the best one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from ..catalogue.case import Instance
from .composition import uses
from .evidence import Evidence, Place
from .holding import Held, hold
from .hypothesis import Hypothesis
from .mistake import known_mistakes
from .prediction import Predictions
from .suspicion import suspicion

# The number of passing cases that a hypothesis is held against.
_PASSING = 150
# So many failing and passing cases decide between two ways to compose an op.
_DECIDING = 8


class Search:
    """The cases of one engine, the smallest first, and the mistakes that it may have.

    `suspicion` says how suspect each op is. `failing` are the cases that fail, and `passing` the others, the
    fewest steps first. `mistakes` are the known ones in ops that the engine has.
    """

    def __init__(self, evidence: Evidence, known: Predictions, arrays: bool) -> None:
        self.known = known
        cases = {case for case, _ in evidence.failed}
        instances = known.instances(evidence)
        self.failing = [one for one in instances if one.case.id in cases]
        self.passing = [one for one in instances if one.case.id not in cases]
        self._deciding: dict[str, tuple[list[Instance], list[Instance]]] = {}
        self.suspicion = suspicion(instances, evidence)
        ran = {case for case, _ in (*evidence.failed, *evidence.passed)}
        has = frozenset[str]().union(*(o.program.ops for o in instances if o.case.id in ran))
        self.mistakes = [
            each
            for each in known_mistakes()
            # A mistake in an op that the engine does not have is none of its mistakes.
            if (each.engine == "scalar" or arrays)
            and (not each.ops or not has.isdisjoint(each.ops))
        ]

    def deciding(self, op: str) -> tuple[list[Instance], list[Instance]]:
        """Return a few failing cases that have the op, and a few passing ones."""
        if op not in self._deciding:
            failing = (one for one in self.failing if uses(op, one.program))
            passing = (one for one in self.passing if uses(op, one.program))
            self._deciding[op] = list(islice(failing, _DECIDING)), list(islice(passing, _DECIDING))
        return self._deciding[op]

    def held(self, hypothesis: Hypothesis, evidence: Evidence) -> Held:
        """Hold a hypothesis against all failing cases, and against many of those that pass."""
        return hold(hypothesis, [*self.failing, *self.checked(hypothesis)], evidence, self.known)

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
            for one in (*self.failing, *self.checked(hypothesis))
            if hypothesis.concerns(one)
            for label in self.known.claims(hypothesis, one)
        )

    def checked(self, hypothesis: Hypothesis, most: int = _PASSING) -> Iterator[Instance]:
        """Yield passing cases that could contradict the hypothesis: those that are most likely to, first."""
        fits = hypothesis.mistakes[-1].fits
        likely = (one for one in self.passing if fits(one.case) and hypothesis.concerns(one))
        found = list(islice(likely, most))
        yield from found
        others = (o for o in self.passing if not fits(o.case) and hypothesis.concerns(o))
        yield from islice(others, most - len(found))
