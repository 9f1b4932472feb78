"""How an engine composes its ops.

- `Composition`: the way that is chosen for some ops.
- `reaches`: the ways through which an op is used by others. `composed_of`: the ops that use it usually.
- `usual`: how usual a composition is. `uses`: tells whether a program has an op, also a reflected one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from ..program import Apply, Program, Ref
from .expansions import AUGMENTED, EXPANSIONS, OF_ITS_OWN, REFLECTED, parts


@dataclass(frozen=True)
class Composition:
    """The ops that an engine composes from others, each with its way."""

    ways: frozenset[tuple[str, str]] = frozenset()

    def with_way(self, op: str, way: str) -> Composition:
        """Return the composition in which `op` is composed in this way and in no other."""
        return Composition(self.without(op).ways | {(op, way)})

    def can_add(self, op: str, way: str) -> bool:
        """True when `op`, composed in this way, would not be made of itself."""
        plain = {name for name, reflected in REFLECTED.items() if reflected == op}
        # A reflected form may be made of the plain one.
        return op not in self.used(parts(op, way) - plain)

    def without(self, op: str) -> Composition:
        """Return the composition in which `op` is an op of its own."""
        return Composition(frozenset(pair for pair in self.ways if pair[0] != op))

    def within(self, ops: frozenset[str]) -> Composition:
        """Return the part of the composition that matters for a program with these ops."""
        return self._for(ops)[0] if self.ways else self

    def used(self, ops: frozenset[str]) -> frozenset[str]:
        """Return the ops that are applied, directly or in the composition of others."""
        return self._for(ops)[1]

    @functools.cache  # noqa: B019 - there are few compositions, and a set of ops recurs often
    def _for(self, ops: frozenset[str]) -> tuple[Composition, frozenset[str]]:
        ways = dict(self.ways)
        new = {AUGMENTED.get(op, op) for op in ops}
        new |= {REFLECTED[op] for op in new if op in REFLECTED}
        every = ops | new
        found: set[tuple[str, str]] = set()
        while chosen := {(op, ways[op]) for op in new if op in ways} - found:
            found |= chosen
            new = set().union(*(parts(op, way) for op, way in chosen))
            new |= {REFLECTED[op] for op in new if op in REFLECTED}
            every |= new
        return Composition(frozenset(found)), every


OWN = Composition()


@functools.cache
def reaches(op: str) -> tuple[tuple[str, str], ...]:
    """The ways, as (composed op, way), by which `op` is a part of other ops, directly or through others.

    The ways of its reflected form come first: in some engines a number on the left is not wrong.
    """
    reflected = REFLECTED.get(op, "")
    found = dict.fromkeys((reflected, way) for way in EXPANSIONS.get(reflected, ()))
    sought = [op]
    while sought:
        part = sought.pop(0)
        for composed, ways in EXPANSIONS.items():
            for way in ways:
                if part in parts(composed, way) and composed != op and (composed, way) not in found:
                    found[composed, way] = None
                    sought.append(composed)
    return tuple(found)


def composed_of(op: str) -> frozenset[str]:
    """Return the ops that engines usually compose of this one, augmented operators among them."""
    usually = {
        composed: parts(composed, next(iter(ways)))
        for composed, ways in EXPANSIONS.items()
        if composed not in OF_ITS_OWN
    }
    made = {op}
    while more := {each for each, of in usually.items() if not made.isdisjoint(of)} - made:
        made |= more
    return frozenset((made | {name for name, of in AUGMENTED.items() if of in made}) - {op})


def usual(composition: Composition) -> int:
    """How far a composition is from the usual one: 0 for it, and for an engine that composes nothing."""
    return sum(list(EXPANSIONS[op]).index(way) for op, way in composition.ways)


def uses(op: str, program: Program) -> bool:
    """True when the program has the op, which may be one of `REFLECTED`."""
    if op in program.ops:
        return True
    return any(
        isinstance(step, Apply) and REFLECTED.get(step.op) == op and is_reflected(step)
        for step in program.steps
    )


def is_reflected(step: Apply) -> bool:
    """True when the left operand is a number, and the right one a value."""
    left, right = step.operands[0], step.operands[-1]
    return type(left) in (int, float) and isinstance(right, Ref)
