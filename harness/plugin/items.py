"""One test per case and engine: what pytest runs and reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.catalogue.case import Case
from harness.diagnose.failure import failure_text
from harness.diagnose.reproduce import Subject
from harness.engine.garbage import rarely_looked_for
from harness.judge.outcome import PASSED, Outcome, Verdict
from harness.plugin.options import NAME
from harness.plugin.run import MARK, Run
from harness.report.results_file import lines
from harness.run.runner import Result


class NotConforming(Exception):
    """The engine failed the case; the text tells it all."""


class HarnessMistake(Exception):
    """Gradconform, or the case, is wrong: never an expected failure."""


class Conformance(pytest.Collector):
    """The collector of every engine's cases. It belongs to the session and to no file."""

    run: Run

    @classmethod
    def under(cls, session: pytest.Session, run: Run) -> Conformance:
        """The collector below `session`."""
        found = cls.from_parent(session, name=NAME, nodeid=NAME)
        found.run = run
        return found

    def setup(self) -> None:
        """While these tests run, and no other one, Python looks for cycles as in a run of the command."""
        rarely = rarely_looked_for()
        rarely.__enter__()
        self.addfinalizer(lambda: rarely.__exit__(None, None, None))

    def collect(self) -> Iterator[pytest.Item]:
        """Engine by engine, each in the order of the catalogue."""
        for engine in self.run.names:
            for case in self.run.cases:
                if self.run.wanted(engine, case):
                    yield ConformanceItem.of(self, engine, case)
        if self.run.settings.benchmark:
            from harness.plugin.timings import benchmarks

            yield from benchmarks(self, self.run)


class ConformanceItem(pytest.Item):
    """One case on one engine."""

    run: Run
    engine: str
    case: Case
    result: Result | None = None

    @classmethod
    def of(cls, parent: Conformance, engine: str, case: Case) -> ConformanceItem:
        """The test of `case` on `engine`, with a marker for its family, its level and its tags."""
        name = f"{engine}-{case.id}"
        item = cls.from_parent(parent, name=name, nodeid=f"{NAME}::{name}")
        item.run, item.engine, item.case = parent.run, engine, case
        for mark in (MARK, case.family, case.level, *case.tags):
            item.add_marker(getattr(pytest.mark, mark))
        expected = parent.run.expected(engine).find(case.id)
        if expected is not None:
            item.add_marker(
                pytest.mark.xfail(reason=expected.why, strict=True, raises=NotConforming)
            )
        return item

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case is declared."""
        code = self.case.function.__code__
        return Path(code.co_filename), code.co_firstlineno - 1, self.name

    def runtest(self) -> None:
        """Run and judge the case, and say to pytest what came of it."""
        self.result = result = self.run.result(self.engine, self.case)
        self.user_properties += properties(result)
        verdict = result.verdict
        if verdict is Verdict.UNSUPPORTED:
            pytest.skip(_first_bad(result).message)
        if verdict is Verdict.HARNESS_ERROR:
            raise HarnessMistake(failure_text(result, self.run.reference, None))
        if verdict not in PASSED and verdict is not Verdict.XPASS:
            raise NotConforming(self._text(result))

    def _text(self, result: Result) -> str:
        if result.verdict is Verdict.XFAIL:
            return _first_bad(result).message
        spec = self.run.spec(self.engine)
        return failure_text(
            result,
            self.run.reference,
            Subject.of(spec, self.run.isolation),
            command=f"pytest --engine {spec} '{self.nodeid}'",
        )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The text alone: a traceback through the harness would say nothing of the engine."""
        if not isinstance(excinfo.value, NotConforming | HarnessMistake):
            return super().repr_failure(excinfo)
        shown = excinfo.getrepr(style="value")
        crash = shown.reprcrash
        if crash is not None and self.result is not None:
            crash.message = _first_bad(self.result).message
        return shown

    def complete(self, report: pytest.TestReport) -> None:
        """Hang the outcomes on the report of the call."""
        if self.result is None:
            return
        report.conformance = lines(self.result.outcomes)  # type: ignore[attr-defined]
        if report.skipped and not hasattr(report, "wasxfail"):
            path, line, _ = self.reportinfo()
            report.longrepr = (str(path), line + 1, _first_bad(self.result).message)
        if self.result.verdict is Verdict.XPASS:
            report.longrepr = f"[XPASS(strict)] {self.result.outcomes[0].message}"


def properties(result: Result) -> list[tuple[str, object]]:
    """What JUnit files carry of a result: the verdict, the reason, and the largest differences."""
    bad = _first_bad(result)
    found: list[tuple[str, object]] = [
        ("verdict", str(result.verdict)),
        ("reason", str(bad.reason)),
        ("level", bad.case_run.level),
        ("dtype", bad.case_run.dtype),
        ("digest", bad.case_run.digest),
    ]
    for name in ("max_abs", "max_rel", "max_ulp"):
        sizes = [size for o in result.outcomes if (size := getattr(o.difference, name)) is not None]
        if sizes:
            found.append((name, max(sizes)))
    if bad.message:
        found.append(("message", bad.message))
    return found


def _first_bad(result: Result) -> Outcome:
    """The first row with the verdict of the case."""
    return next(row for row in result.outcomes if row.verdict is result.verdict)
