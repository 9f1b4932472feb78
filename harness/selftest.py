"""Does the catalogue tell right from wrong? Engines with one known mistake each, and engines with none.

- `Mistake`: a known mistake, as `engines.faulty` declares them: what changes, in which engine, and why a
  person would write it.
- `known_mistakes`: all of them.
- `Selftest`: runs mistakes (`find`) and correct engines (`alarms`) over a catalogue.
- `described`, `document`: what was found, as a line for people and as one JSON object.

A mistake counts as caught by a case that the engine passes without it, so that nothing is credited to a
mistake that the engine itself, or torch's own choice, would have failed.
"""

from __future__ import annotations

import functools
import importlib
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from harness.catalogue.case import Case, Instance
from harness.catalogue.reference import Reference
from harness.engine import builtin, garbage
from harness.engine.eager import Engine
from harness.judge.outcome import PASSED, CaseRun, Outcome, Verdict, worst
from harness.judge.verdict import judge_case
from harness.program import Program
from harness.program.arrays import Array
from harness.program.transcript import Stop, Transcript

KINDS = ("core", "torch")
# The engines that are known to be correct: they belong to the project.
CORRECT = builtin.BUILTIN
DTYPE = "float64"
# Long chains say nothing about right and wrong, and take most of the time to trace.
LEFT_OUT = "stress"
# Nor is a mistake looked for in long trainings: what catches it should be small.
MOST_STEPS = 200


@dataclass(frozen=True)
class Mistake:
    """One mistake, made in a correct engine while it runs a program and undone afterwards.

    `belief` is a sentence: what a person takes to be true who writes it so. `engine` is the built-in
    engine that is changed, `change` gives the context in which it is. It is tried on cases that use
    one of `ops` and that are of a family, or carry a tag, in `among`; empty means all. A mistake of
    kind "torch" is mathematics by another convention, one of kind "core" is wrong in any.
    """

    name: str
    belief: str
    change: Callable[[], AbstractContextManager[None]]
    ops: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    engine: str = "scalar"
    theme: str = ""
    kind: str = "core"

    def fits(self, case: Case) -> bool:
        """Whether the mistake could show in the case."""
        return (not self.among or not {case.family, *case.tags}.isdisjoint(self.among)) and (
            not self.ops or not case.program.ops.isdisjoint(self.ops)
        )


def known_mistakes() -> list[Mistake]:
    """The mistakes of `engines.faulty`, theme by theme."""
    return list(importlib.import_module("engines.faulty").MISTAKES)


class Mistaken(Engine):
    """The engine with the mistake in it."""

    def __init__(self, mistake: Mistake, engine: Engine) -> None:
        self.name, self.version, self.dtypes = mistake.name, engine.version, engine.dtypes
        self._mistake, self._engine = mistake, engine

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Run every step while the change is in force."""
        with self._mistake.change():
            return self._engine.run(program, inputs)


@dataclass(frozen=True)
class Finding:
    """What the catalogue says of one mistake: how many cases it ran, which of them caught it.

    `caught` are the cases with the fewest steps first.
    """

    mistake: Mistake
    ran: int
    caught: Sequence[Case]

    @property
    def in_core(self) -> int:
        """How many of the cases that caught it are `core`."""
        return sum(case.level == "core" for case in self.caught)

    @property
    def smallest(self) -> Case | None:
        """The case of the fewest steps that caught it; a core case for a core mistake."""
        return next((c for c in self.caught if c.level == "core" or not self._needs_core), None)

    @property
    def sufficient(self) -> bool:
        """Whether a case caught it that had to: one of core, unless only a convention is broken."""
        return self.smallest is not None

    @property
    def _needs_core(self) -> bool:
        return self.mistake.kind == "core"


@dataclass(frozen=True)
class Alarm:
    """A core case that a correct engine does not pass: a mistake of the catalogue or the harness."""

    engine: str
    case: Case
    message: str


@dataclass(frozen=True)
class _Prepared:
    """A case with its inputs made and torch's answers known."""

    case: Case
    instance: Instance
    case_run: CaseRun


class Selftest:
    """A catalogue, ready to be run again and again: inputs and torch's answers are made once."""

    def __init__(self, cases: Iterable[Case], reference: Reference, seed: int = 0) -> None:
        self._reference = reference
        fitting = [case for case in cases if LEFT_OUT not in case.tags]
        self._prepared = [_prepare(case, reference, seed) for case in fitting]
        self._bare = functools.cache(builtin.load)
        self._passing = functools.cache(self._passed_without)

    def find(self, mistake: Mistake) -> Finding:
        """Run one mistake over every case that fits it and that the engine passes without it."""
        engine = Mistaken(mistake, self._bare(mistake.engine))
        fitting = [one for one in self._passing(mistake.engine) if mistake.fits(one[0].case)]
        caught = [p.case for p, right in fitting if self._differs(engine, p, right)]
        caught.sort(key=lambda case: len(case.program.steps))
        garbage.free()
        return Finding(mistake, len(fitting), caught)

    def alarms(self, engines: Iterable[Engine]) -> list[Alarm]:
        """The core cases that engines known to be correct fail. What they lack is no failure."""
        alarms = []
        for engine in engines:
            for prepared in self._prepared:
                if prepared.case.level == "core":
                    rows = self._rows(prepared, _answers(engine, prepared))
                    wrong = (row.message for row in rows if row.verdict not in _NO_FAILURE)
                    alarms += [Alarm(engine.name, prepared.case, message) for message in wrong]
        return alarms

    def _passed_without(self, name: str) -> list[tuple[_Prepared, Transcript]]:
        engine = self._bare(name)
        short = [p for p in self._prepared if len(p.case.program.steps) <= MOST_STEPS]
        answered = [(prepared, _answers(engine, prepared)) for prepared in short]
        return [(p, right) for p, right in answered if self._verdict(p, right) is Verdict.PASS]

    def _differs(self, engine: Engine, prepared: _Prepared, right: Transcript) -> bool:
        actual = _answers(engine, prepared)
        # What the engine answers without the mistake has passed; judging it again takes longer.
        return actual != right and self._verdict(prepared, actual) not in _NOT_CAUGHT

    def _verdict(self, prepared: _Prepared, actual: Transcript) -> Verdict:
        return worst(row.verdict for row in self._rows(prepared, actual))

    def _rows(self, prepared: _Prepared, actual: Transcript) -> list[Outcome]:
        return judge_case(prepared.instance, self._reference, actual, prepared.case_run)


# A legal choice of another subgradient passes, but it is told apart.
_NOT_CAUGHT = frozenset({Verdict.PASS, Verdict.UNSUPPORTED})
_NO_FAILURE = PASSED | {Verdict.UNSUPPORTED}


def _answers(engine: Engine, prepared: _Prepared) -> Transcript:
    instance = prepared.instance
    if instance.dtype not in engine.dtypes:
        return Transcript((), Stop("unsupported", 0, message=f"{instance.dtype} data"))
    # What NumPy warns of shows in its numbers.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return engine.run(instance.program, instance.inputs)


def _prepare(case: Case, reference: Reference, seed: int) -> _Prepared:
    instance = case.instance(seed, DTYPE)
    reference(instance)
    return _Prepared(case, instance, CaseRun("", case.family, case.level, case.id, DTYPE))


def described(finding: Finding) -> str:
    """One line: the mistake, how many cases caught it, and the smallest of them."""
    mistake, count = finding.mistake, len(finding.caught)
    found = f"caught by {count} of {finding.ran} cases, {finding.in_core} of them core"
    if finding.smallest is None:
        return f"{mistake.theme:<12}  {mistake.name:<30}  NOT CAUGHT: {found}. {mistake.belief}"
    return f"{mistake.theme:<12}  {mistake.name:<30}  {found}; smallest: {finding.smallest.id}"


def document(findings: Sequence[Finding], alarms: Sequence[Alarm]) -> dict[str, Any]:
    """What was found, for a machine."""
    return {
        "mistakes": [
            {
                "name": finding.mistake.name,
                "theme": finding.mistake.theme,
                "engine": finding.mistake.engine,
                "kind": finding.mistake.kind,
                "belief": finding.mistake.belief,
                "ran": finding.ran,
                "caught": len(finding.caught),
                "caught_in_core": finding.in_core,
                "smallest": finding.smallest.id if finding.smallest else None,
            }
            for finding in findings
        ],
        "not_caught": [f.mistake.name for f in findings if not f.sufficient],
        "false_alarms": [
            {"engine": alarm.engine, "case": alarm.case.id, "message": alarm.message}
            for alarm in alarms
        ],
    }
