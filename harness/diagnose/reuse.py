"""Mistakes of the backward itself, told by which programs fail: those that use a value several times.

- `by_reuse`: finds such a mistake. `Reuse`: the mistake.

A walk in a wrong order is harmless where each inner value is used once, and a sum that is wrong is harmless
where each value is. So the kind can be told for every engine, whatever numbers its walk gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from ..catalogue.case import Instance
from ..program import Apply, Backward, Input, Program, Read, Ref, refs_in
from .evidence import Evidence, Place
from .finding import Confidence, Finding, Kind

_PLAIN = (Input, Apply, Backward, Read)
# So many programs show a mistake and are no coincidence.
_FEWEST = 3


class _Used(Enum):
    """What a program uses several times: nothing, leaves alone, or results of ops."""

    ONCE = auto()
    LEAVES = auto()
    RESULTS = auto()


@dataclass(frozen=True)
class Reuse:
    """A mistake of the backward: WALK, or ACCUMULATION. `explained` are the readings that fail by it."""

    kind: Kind
    explained: frozenset[Place]

    def named(self, finding: Finding) -> Finding:
        """Return the finding as one about this mistake."""
        cases = tuple(sorted({case for case, _ in self.explained}))
        return replace(
            finding,
            kind=self.kind,
            confidence=Confidence.LIKELY,
            explained=len(self.explained),
            cases=cases,
        )


def by_reuse(instances: Iterable[Instance], evidence: Evidence) -> Reuse | None:
    """Return the mistake where all programs that fail use a value several times; else None.

    Only programs of mathematics with one backward count, and of these the `instances`. None when a value is
    wrong, not a gradient alone.
    """
    given = {one.case.id: one for one in instances}
    wrong = {place for place in evidence.core(evidence.failed) if place[0] in given}
    if any(not label.endswith(".grad") for _, label in wrong):
        return None
    used = {case: _used(given[case].program) for case, _ in wrong}
    failed = Counter(used.values())
    if failed[_Used.ONCE] or failed[_Used.RESULTS] < _FEWEST:
        return None
    explained = frozenset(place for place in wrong if used.get(place[0]) is not None)
    return Reuse(Kind.ACCUMULATION if failed[_Used.LEAVES] else Kind.WALK, explained)


def _used(program: Program) -> _Used | None:
    """What the program uses several times; None when it is not about one backward."""
    if not all(isinstance(step, _PLAIN) for step in program.steps):
        return None
    if sum(isinstance(step, Backward) for step in program.steps) != 1:
        return None
    results = set[Ref]()
    count: Counter[Ref] = Counter()
    for step, first in zip(program.steps, program.first_values, strict=True):
        if isinstance(step, Apply):
            count.update(refs_in(step))
            results |= {Ref(first.index + k) for k in range(step.results)}
    several = {ref for ref, times in count.items() if times > 1}
    if several & results:
        return _Used.RESULTS
    return _Used.LEAVES if several else _Used.ONCE
