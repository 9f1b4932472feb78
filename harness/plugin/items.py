"""One test for each engine and case, as pytest collects, runs and reports it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ..catalogue.case import Case
from ..diagnose.failure import failure_text
from ..diagnose.reproduce import Subject
from ..engine.garbage import rarely_looked_for
from ..judge.outcome import PASSED, Verdict, telling
from ..report.results_file import lines
from ..run.runner import Result
from .engines_under_test import EnginesUnderTest
from .markers import MARK
from .options import NAME


class NotConforming(Exception):
    """The engine failed the case. The text is the whole description of the failure."""


class HarnessMistake(Exception):
    """Gradconform or the case is wrong. This is never an expected failure."""


class Conformance(pytest.Collector):
    """The collector of the cases of all engines. Its parent is the session, because no file holds them."""

    tested: EnginesUnderTest

    @classmethod
    def under(cls, session: pytest.Session, tested: EnginesUnderTest) -> Conformance:
        """Make the collector below `session`."""
        found = cls.from_parent(session, name=NAME, nodeid=NAME)
        found.tested = tested
        return found

    def setup(self) -> None:
        """Make garbage collection rare while these tests run, as in a run of the command (see `garbage`)."""
        entered = ExitStack()
        entered.enter_context(rarely_looked_for())
        self.addfinalizer(entered.close)

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the tests engine by engine, each in the order of the catalogue."""
        for engine in self.tested.names:
            for case in self.tested.cases:
                if self.tested.node_ids.wants(engine, case):
                    yield ConformanceItem.of(self, engine, case)
        if self.tested.settings.benchmark:
            from .benchmarks import benchmarks

            yield from benchmarks(self, self.tested)


class ConformanceItem(pytest.Item):
    """One case on one engine."""

    tested: EnginesUnderTest
    engine: str
    case: Case
    result: Result | None = None

    @classmethod
    def of(cls, parent: Conformance, engine: str, case: Case) -> ConformanceItem:
        """Make the test of `case` on `engine`, with a marker for its family, its level and tags."""
        name = f"{engine}-{case.id}"
        item = cls.from_parent(parent, name=name, nodeid=f"{NAME}::{name}")
        item.tested, item.engine, item.case = parent.tested, engine, case
        for mark in (MARK, case.family, case.level, *case.tags):
            item.add_marker(getattr(pytest.mark, mark))
        xfail = parent.tested.xfails(engine).find(case.id)
        if xfail is not None:
            item.add_marker(pytest.mark.xfail(reason=xfail.why, strict=True, raises=NotConforming))
        return item

    def reportinfo(self) -> tuple[Path, int, str]:
        """The place where the case is declared: file, line counted from 0, and the name of the test."""
        code = self.case.function.__code__
        return Path(code.co_filename), code.co_firstlineno - 1, self.name

    def runtest(self) -> None:
        """Run and judge the case, and tell pytest the result.

        Raises NotConforming when the engine fails it, HarnessMistake when gradconform does, and pytest's own
        exception for a skipped test when the engine does not support it.
        """
        self.result = result = self.tested.result(self.engine, self.case)
        self.user_properties += properties(result)
        verdict = result.verdict
        if verdict is Verdict.UNSUPPORTED:
            pytest.skip(telling(result.outcomes).message)
        if verdict is Verdict.HARNESS_ERROR:
            raise HarnessMistake(failure_text(result, self.tested.reference, None))
        if verdict not in PASSED and verdict is not Verdict.XPASS:
            raise NotConforming(self._text(result))

    def _text(self, result: Result) -> str:
        if result.verdict is Verdict.XFAIL:
            return telling(result.outcomes).message
        spec = self.tested.spec(self.engine)
        return failure_text(
            result,
            self.tested.reference,
            Subject.of(spec, self.tested.isolation),
            command=f"pytest --engine {spec} '{self.nodeid}'",
        )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the text alone, because a traceback through the harness says nothing about the engine."""
        if not isinstance(excinfo.value, NotConforming | HarnessMistake):
            return super().repr_failure(excinfo)
        shown = excinfo.getrepr(style="value")
        crash = shown.reprcrash
        if crash is not None and self.result is not None:
            crash.message = telling(self.result.outcomes).message
        return shown

    def complete(self, report: pytest.TestReport) -> None:
        """Attach the outcomes to the report of the test, and forget them.

        The session keeps all its tests to the end, and an outcome holds whole arrays.
        """
        result, self.result = self.result, None
        if result is None:
            return
        report.conformance = lines(result.outcomes)  # type: ignore[attr-defined] # only reports leave a worker
        if report.skipped and not hasattr(report, "wasxfail"):
            path, line, _ = self.reportinfo()
            report.longrepr = (str(path), line + 1, telling(result.outcomes).message)
        if result.verdict is Verdict.XPASS:
            report.longrepr = f"[XPASS(strict)] {result.outcomes[0].message}"


def properties(result: Result) -> list[tuple[str, object]]:
    """The properties of a result in a JUnit file: verdict, reason, largest differences and more."""
    bad = telling(result.outcomes)
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
