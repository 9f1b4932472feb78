"""Does the catalogue find mistakes? It runs on engines with one known mistake each, and on correct engines.

- `Selftest`: runs mistakes (`find`, `caught`) and correct engines (`alarms`) over a catalogue.
- `sentence`, `document`: the findings, as lines for people and as one JSON object.

A case catches a mistake when the engine passes the case without the mistake and not with it. So a case that
the correct engine fails, for example by another convention than torch's, does not count.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .catalogue.case import STRESS, Case, Instance
from .catalogue.reference import Reference
from .diagnose.mistake import Mistake, Mistaken
from .engine import builtin, garbage
from .engine.contract import Engine
from .judge.outcome import PASSED, CaseRun, Outcome, Verdict, worst
from .judge.verdict import judge_case
from .program.transcript import Transcript
from .run.runner import transcript_of

# The engines that are known to be correct.
CORRECT = builtin.BUILTIN
DTYPE = "float64"
# Longer programs are left out too, because a small case should catch each mistake.
MOST_STEPS = 200


@dataclass(frozen=True)
class Finding:
    """The number of cases that ran with a mistake, and those that caught it, the fewest steps first."""

    mistake: Mistake
    ran: int
    caught: Sequence[Case]

    @property
    def in_core(self) -> int:
        """The number of `core` cases that caught the mistake."""
        return sum(case.level == "core" for case in self.caught)

    @property
    def smallest(self) -> Case | None:
        """The case with the fewest steps that caught the mistake. Only core cases catch a core mistake."""
        return next((c for c in self.caught if c.level == "core" or not self._needs_core), None)

    @property
    def sufficient(self) -> bool:
        """True when a case caught the mistake. For a core mistake only core cases count."""
        return self.smallest is not None

    @property
    def _needs_core(self) -> bool:
        return self.mistake.level == "core"


@dataclass(frozen=True)
class Alarm:
    """A core case that a correct engine fails. The mistake is in the catalogue or in the harness."""

    engine: str
    case: Case
    message: str


@dataclass(frozen=True)
class _Prepared:
    """A case, its inputs and its torch answers."""

    case: Case
    instance: Instance
    case_run: CaseRun


class Selftest:
    """A catalogue whose inputs and torch answers are made once, for many runs."""

    def __init__(self, cases: Iterable[Case], reference: Reference, seed: int = 0) -> None:
        self._reference = reference
        fitting = [case for case in cases if STRESS not in case.tags]
        self._prepared = [_prepare(case, reference, seed) for case in fitting]
        self._bare = functools.cache(builtin.load)
        self._passing = functools.cache(self._passed_without)

    def find(self, mistake: Mistake) -> Finding:
        """Run one mistake on every case that it fits and that the engine passes without it."""
        fitting = self._fitting(mistake)
        caught = list(self._caught(mistake, fitting))
        garbage.free()
        return Finding(mistake, len(fitting), caught)

    def caught(self, mistake: Mistake, first: Collection[str] = ()) -> Iterator[Case]:
        """Yield the cases that catch the mistake, each as soon as it has run.

        Those with an id of `first` come first, and then those with the fewest steps.
        """
        fitting = self._fitting(mistake)
        fitting.sort(key=lambda one: one[0].case.id not in first)
        yield from self._caught(mistake, fitting)
        garbage.free()

    def _fitting(self, mistake: Mistake) -> list[tuple[_Prepared, Transcript]]:
        return [one for one in self._passing(mistake.engine) if mistake.fits(one[0].case)]

    def _caught(
        self, mistake: Mistake, fitting: Iterable[tuple[_Prepared, Transcript]]
    ) -> Iterator[Case]:
        engine = Mistaken(mistake, self._bare(mistake.engine))
        return (
            prepared.case for prepared, right in fitting if self._differs(engine, prepared, right)
        )

    def alarms(self, engines: Iterable[Engine]) -> list[Alarm]:
        """The core cases that correct engines fail. An op that an engine does not have is no failure."""
        alarms = []
        for engine in engines:
            for prepared in self._prepared:
                if prepared.case.level == "core":
                    rows = self._rows(prepared, transcript_of(engine, prepared.instance))
                    wrong = (row.message for row in rows if row.verdict not in _NO_FAILURE)
                    alarms += [Alarm(engine.info.name, prepared.case, message) for message in wrong]
        return alarms

    def _passed_without(self, name: str) -> list[tuple[_Prepared, Transcript]]:
        engine = self._bare(name)
        short = [p for p in self._prepared if len(p.case.program) <= MOST_STEPS]
        short.sort(key=lambda prepared: len(prepared.case.program))
        answered = [(prepared, transcript_of(engine, prepared.instance)) for prepared in short]
        return [(p, right) for p, right in answered if self._verdict(p, right) is Verdict.PASS]

    def _differs(self, engine: Engine, prepared: _Prepared, right: Transcript) -> bool:
        actual = transcript_of(engine, prepared.instance)
        # An answer that is the same without the mistake has passed already. It is not judged again, to save
        # time.
        return actual != right and self._verdict(prepared, actual) not in _NOT_CAUGHT

    def _verdict(self, prepared: _Prepared, actual: Transcript) -> Verdict:
        return worst(row.verdict for row in self._rows(prepared, actual))

    def _rows(self, prepared: _Prepared, actual: Transcript) -> list[Outcome]:
        return judge_case(prepared.instance, self._reference, actual, prepared.case_run)


# `pass-alt` counts as caught: it passes, but the report says that another subgradient was chosen.
_NOT_CAUGHT = frozenset({Verdict.PASS, Verdict.UNSUPPORTED})
_NO_FAILURE = PASSED | {Verdict.UNSUPPORTED}


def _prepare(case: Case, reference: Reference, seed: int) -> _Prepared:
    instance = case.instance(seed, DTYPE)
    reference(instance)
    return _Prepared(case, instance, CaseRun("", case.family, case.level, case.id, DTYPE))


def sentence(finding: Finding) -> str:
    """One line: the mistake, how many cases caught it, and the smallest of them."""
    mistake, count = finding.mistake, len(finding.caught)
    found = f"caught by {count} of {finding.ran} cases, {finding.in_core} of them core"
    if finding.smallest is None:
        return f"{mistake.theme:<12}  {mistake.name:<30}  NOT CAUGHT: {found}. {mistake.belief}"
    return f"{mistake.theme:<12}  {mistake.name:<30}  {found}; smallest: {finding.smallest.id}"


def document(findings: Sequence[Finding], alarms: Sequence[Alarm]) -> dict[str, Any]:
    """The findings as JSON values."""
    return {
        "mistakes": [
            {
                "name": finding.mistake.name,
                "theme": finding.mistake.theme,
                "engine": finding.mistake.engine,
                "kind": str(finding.mistake.kind),
                "level": finding.mistake.level,
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
