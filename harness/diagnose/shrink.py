"""The smallest program that still fails on an engine.

- `smallest`: cuts an instance down. Each smaller one is run on the engine and judged as the first was.

The search has four stages. It cuts the program at the first wrong node, so that the op stands alone on
leaves of the same values. Where no op alone fails, it leaves out one step after the other, as Zeller and
Hildebrandt do (Simplifying and isolating failure-inducing input, 2002). Then it makes arrays smaller, and
numbers rounder.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ..catalogue.case import Instance
from ..catalogue.reference import Reference, question, quietly
from ..engine.contract import Engine
from ..judge.outcome import ERRORED, FAILED, CaseRun, Outcome
from ..judge.verdict import judge_case
from ..program import Apply, Backward, Program
from ..program.steps import READABLE
from ..program.transcript import Transcript
from .cutting import only, values_at
from .first_wrong import first_wrong
from .parts import BESIDE_AN_OP, ops_alone, with_less
from .rounder import as_numbers, is_smooth, rounder, rounder_cotangents, rounder_literals, smaller

_MOST_TRIES = 40
_FOR_NUMBERS = 10
_MOST_SECONDS = 2.0
_TOGETHER = 4  # questions that an engine in another process is asked at once
# A longer program is cut at the wrong node, but not step by step.
_MOST_STEPS = 80
# To cut a still longer one would take too long, because all of its values are read.
_MOST_READ = 2_000
_FEW = 2  # ops; so few are not cut further
_VISIBLE = 1e-2  # a relative difference that a person sees at once


def smallest(instance: Instance, engine: Engine, reference: Reference, op: str = "") -> Instance:
    """Return the smallest instance found that fails as `instance` does: in a value, a gradient or a stop.

    An engine may have several mistakes: `op` is tried alone before all other ops. The instance that comes
    back has one reading, where the failure is one of a reading. It is `instance` itself when the engine does
    not fail on it, or on nothing smaller. At most 40 programs are run, and none when the engine has taken
    two seconds. A run that does not end costs the whole limit of the engine, so the search ends with it.
    """
    return Search(engine, reference).smallest(instance, op)


class Search:
    """The search on one engine. `tries` counts the programs that were run."""

    def __init__(self, engine: Engine, reference: Reference) -> None:
        self._engine, self._reference = engine, reference
        self._known: dict[str, tuple[Outcome, ...]] = {}  # by digest: what fails as the first did
        self._seconds = _MOST_SECONDS  # that the engine has left
        self._wanted, self._from_a_leaf = "", False
        self.tries, self._most = 0, _MOST_TRIES - _FOR_NUMBERS

    def smallest(self, instance: Instance, op: str = "") -> Instance:
        """Return the smallest instance found (see `smallest`)."""
        ((self._wanted, failed),) = self._judged([instance])
        if not failed or len(instance.program) > _MOST_READ:
            return instance
        self._known[instance.digest] = failed
        self._from_a_leaf = _starts_at_a_leaf(instance)
        alone = self._ops_alone(instance)
        best = self._first(i for i in alone if op in i.program.ops <= {op, *BESIDE_AN_OP})
        best = best or self._first(alone)
        if best is None or best.program.applied > _FEW:
            best = self._reduced(self._with_one_reading(best or instance))
        # Rounder numbers count for the reader, so that some tries are left for them.
        self._most = _MOST_TRIES
        for found in (self._first(smaller(best)) for _ in range(4)):
            if found is None:
                break
            best = found
        best = self._rounded(best)
        final = self._with_one_reading(best)
        return final if self._first([final]) else best

    def _reduced(self, instance: Instance) -> Instance:
        """Leave out one step after the other, until no smaller instance fails."""
        if len(instance.program) > _MOST_STEPS:
            return instance
        while (found := self._first(self._smaller_programs(instance))) is not None:
            instance = self._with_one_reading(found)
        return instance

    def _rounded(self, instance: Instance) -> Instance:
        """Make numbers rounder. Of those that fail, one that shows the difference comes first."""
        core = instance.case.level == "core"
        for proposals in (self._with_round_cotangents, rounder, rounder_literals):
            failing = self._all_failing(list(proposals(instance)))
            # False comes before True, and the order is kept otherwise.
            failing.sort(key=lambda each: not self._is_visible(each))
            fitting = (i for i in failing if not core or is_smooth(i, self._reference))
            instance = next(fitting, instance)
        return instance

    def _with_round_cotangents(self, instance: Instance) -> Iterator[Instance]:
        return rounder_cotangents(instance, values_at(instance, self._reference))

    def _ops_alone(self, instance: Instance) -> list[Instance]:
        """Return each op to look at on leaves of the same values, those of the wrong node first."""
        wrong = first_wrong(instance, self._engine, self._reference)
        self.tries += 1
        values, first = values_at(instance, self._reference), wrong.steps if wrong else ()
        what = self._wanted.partition(" ")[0]
        found = sorted(ops_alone(instance, values, first, what), key=_length)
        if all(array.shape == () for array in instance.inputs.values()):
            return found
        # A program of numbers is easier to follow than one of arrays, if it fails too.
        return sorted(ops_alone(instance, as_numbers(values), first, what), key=_length) + found

    def _smaller_programs(self, instance: Instance) -> list[Instance]:
        """Return the instances that have one step less, or one step and all before it."""
        parts = with_less(instance, values_at(instance, self._reference))
        size = _size(instance)
        fewer = {part.digest: part for part in parts if _size(part) < size}
        # Nobody would start a backward at a leaf.
        usual = (i for i in fewer.values() if self._from_a_leaf or not _starts_at_a_leaf(i))
        return sorted(usual, key=_size)

    def _with_one_reading(self, instance: Instance) -> Instance:
        labels = instance.program.labels
        failed = {str(one.reading) for one in self._known.get(instance.digest, ())}
        places = [place for place, label in enumerate(labels) if label in failed]
        return only(instance, places[:1]) if places and len(labels) > 1 else instance

    def _first(self, instances: Iterable[Instance]) -> Instance | None:
        """Return the first of the instances that fails, or None."""
        waiting = iter(instances)
        at_once = _TOGETHER if self._engine.out_of_process else 1
        while together := list(islice(waiting, at_once)):
            failing = self._all_failing(together)
            if failing:
                return failing[0]
        return None

    def _all_failing(self, instances: Sequence[Instance]) -> list[Instance]:
        """Return those of the instances that fail as the first one did. No try is made after the end."""
        sensible = (i for i in instances if self._is_sensible(i))
        new = {i.digest: i for i in sensible if i.digest not in self._known}
        left = self._most - self.tries if self._seconds > 0 else 0
        asked = list(new.values())[: max(left, 0)]
        for instance, (kind, failed) in zip(asked, self._judged(asked), strict=True):
            self._known[instance.digest] = failed if kind == self._wanted else ()
        return [i for i in instances if self._known.get(i.digest)]

    def _is_sensible(self, instance: Instance) -> bool:
        """True when torch runs the program, or the case is about an error."""
        return "error" in instance.case.tags or self._reference(instance).stop is None

    def _judged(self, instances: Sequence[Instance]) -> list[tuple[str, tuple[Outcome, ...]]]:
        """Run the instances; return in which way each fails, and the outcomes that do."""
        self.tries += len(instances)
        found = []
        for instance, transcript in zip(instances, self._transcripts(instances), strict=True):
            if transcript.stop and transcript.stop.kind in _COSTLY:
                self._seconds = 0.0
            case = instance.case
            run = CaseRun(self._engine.info.name, case.family, case.level, case.id)
            outcomes = judge_case(instance, self._reference, transcript, run)
            found.append(_failure(instance.program, transcript, outcomes))
        return found

    def _transcripts(self, instances: Sequence[Instance]) -> list[Transcript]:
        since = time.monotonic()
        if self._engine.out_of_process:
            found = list(self._engine.run_all(map(question, instances)))
        else:
            found = [quietly(self._engine, instance) for instance in instances]
        self._seconds -= time.monotonic() - since
        return found

    def _is_visible(self, instance: Instance) -> bool:
        """True when a person sees the difference between the two numbers at once."""
        relative = [one.difference.max_rel for one in self._known[instance.digest]]
        return any(each is None or not each < _VISIBLE for each in relative)


_COSTLY = frozenset(str(verdict) for verdict in ERRORED)


def _failure(
    program: Program, transcript: Transcript, outcomes: Sequence[Outcome]
) -> tuple[str, tuple[Outcome, ...]]:
    """Return what fails, and the outcomes that do: a stop and its category, a value, a gradient or a flag.

    A wrong value comes before a wrong gradient, which may follow from it. "" when nothing fails.
    """
    whats = dict(zip(program.labels, (read.what for read in program.reads), strict=True))
    failed: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.verdict in FAILED:
            what = whats[one.reading] if isinstance(one.reading, str) else "stop"
            failed.setdefault(what, []).append(one)
    what = next((what for what in ("stop", *READABLE) if what in failed), "")
    category = transcript.stop.category if transcript.stop else ""
    return f"{what} {category}" if what == "stop" else what, tuple(failed.get(what, ()))


def _starts_at_a_leaf(instance: Instance) -> bool:
    leaves = set(instance.program.inputs.values())
    backwards = (step for step in instance.program.steps if isinstance(step, Backward))
    return any(step.root in leaves for step in backwards)


def _size(instance: Instance) -> tuple[int, int]:
    return instance.program.applied, len(instance.program)


def _length(instance: Instance) -> int:
    """Return the number of ops, without the sums that make a number of an array before a backward."""
    return sum(isinstance(step, Apply) and step.op != "sum" for step in instance.program.steps)
