"""The report of a session of pytest. The main process writes it, also when workers of xdist run the tests.

The outcomes come with pytest's test reports, in any order. Each is written to disk when it comes. At the end
they are put in the order of the engines and the catalogue, so that a parallel session leaves the same files
as any other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import UsageError
from ..judge.outcome import Verdict
from ..judge.wording import gap
from ..report.diagnosis_file import Diagnosis, Named
from ..report.files import Report, write_report
from ..report.mistakes import printed
from ..report.results_file import writing
from ..report.score import TOTALS, Score, headline
from ..run.alone import alone_in
from ..run.engine_output import keep_output
from ..run.report_folder import (
    ReportFolder,
    facts_of_engine,
    facts_of_run,
    named_folder,
    new_folder,
)
from ..run.xfail_files import files
from .engines_under_test import EnginesUnderTest

if TYPE_CHECKING:
    from .benchmarks import Measured

# The largest number of reasons for `unsupported` that -rs lists.
_MOST_REASONS = 20


def name_mistakes(
    failed: Mapping[tuple[str, str], pytest.TestReport],
    diagnosis: Diagnosis,
) -> None:
    """Add to the reports of failed tests, by engine and case, the mistake by which they fail.

    The first of them has the whole paragraph, and the others name it.
    """
    named, first = Named(diagnosis), dict[tuple[str, int], pytest.TestReport]()
    for (engine, case), report in failed.items():
        number = named.number(engine, case)
        if number is None:
            continue
        shown = first.setdefault((engine, number), report)
        text = f"The same mistake as in {shown.nodeid}."
        if shown is report:
            text = "\n".join(printed(diagnosis[engine][number - 1]))
        report.sections.append(("the mistake, by gradconform", text))


class SessionReport:
    """Collects the outcomes of a session and writes its report: a plugin that the main process registers."""

    def __init__(self, tested: EnginesUnderTest) -> None:
        self.tested = tested
        self.versions: dict[str, str] = {}
        self.printed: dict[str, str] = {}
        self.from_cache = 0
        self.measured: list[Measured] = []
        self.growth: list[str] = []
        self.record: ReportFolder | None = None
        self._engine = {name: number for number, name in enumerate(tested.names)}
        self._case = {case.id: number for number, case in enumerate(tested.cases)}
        self._held = ExitStack()
        self.written: Report | None = None
        self.unsupported: Counter[tuple[str, str]] = Counter()
        self._failed: dict[tuple[str, str], pytest.TestReport] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the outcomes of one test.

        pytest.UsageError when the folder cannot be written to, or another run writes to it.
        """
        measured = getattr(report, "measured", None)
        self.measured += [tuple(measured)] if measured else []
        text = getattr(report, "conformance", None)
        if text is None:
            return
        last = json.loads(text.rstrip().rpartition("\n")[2])
        self.versions[last["engine"]] = last["engine_version"]
        if report.failed:
            self._failed[last["engine"], last["case"]] = report
        if last["verdict"] == Verdict.UNSUPPORTED:
            self.unsupported[last["engine"], gap(last["message"])] += 1
        with _usage_error():
            if self.record is None:
                self.record = self._open()
            self.record.append((self._engine[last["engine"]], self._case[last["case"]]), text)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Keep what untrusted engines printed in a worker."""
        output = getattr(node, "workeroutput", None) or {}
        self._keep(output.get("gradconform_printed", {}))
        self.from_cache += output.get("gradconform_from_cache", 0)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Put the outcomes in order and write all other files of the report.

        pytest.UsageError when the folder cannot be written to.
        """
        if self.record is None:
            return
        self._keep(self.tested.printed())
        self.from_cache += self.tested.from_cache
        with _usage_error(), self._held:
            self._finish(self.record, interrupted=exitstatus == pytest.ExitCode.INTERRUPTED)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print a line for each engine and the path of the report."""
        if self.written is None:
            return
        terminalreporter.section("conformance with torch.autograd: passed/ran of all that apply")
        for line in self._headlines(self.written.scores):
            terminalreporter.write_line(line)
        if "s" in terminalreporter.reportchars:
            for line in self._gaps():
                terminalreporter.write_line(line)
        for line in self.growth:
            terminalreporter.write_line(line)
        terminalreporter.write_line(str(self.written.folder / "summary.md"))

    def _finish(self, record: ReportFolder, *, interrupted: bool) -> None:
        record.note(engines=list(self._engines()), readings_from_cache=self.from_cache)
        record.close(interrupted=interrupted)
        folder = record.path
        keep_output(folder, self.printed)
        if self._failed and not interrupted:
            from ..diagnose.of_run import diagnose_run

            diagnose_run(folder, self.tested.reference)
        self.written = write_report(folder)
        name_mistakes(self._failed, self.written.diagnosis)
        if self.measured:
            with writing(folder):
                self.growth = list(self._timings(folder))

    def _open(self) -> ReportFolder:
        tested, started = self.tested, datetime.now().astimezone()
        options, config = tested.settings, tested.config
        if options.out is None:
            shown = [asked.shown for asked in options.engines]
            folder = new_folder(shown, started, config.rootpath / "reports")
        else:
            folder = named_folder(options.out)
        self._held.enter_context(alone_in(folder))
        with writing(folder):
            # An older `bench.csv` would stay, because this file is written only when a case was timed.
            (folder / "bench.csv").unlink(missing_ok=True)
        facts = facts_of_run(
            tested.roster,
            tested.selection.facts(),
            started,
            asked_for=tested.selection.asked_for,
            count=len(tested.cases),
            seed=options.seed,
            dtype=options.dtype,
            tolerance=options.tolerance,
        )
        command = ["pytest", *map(str, config.invocation_params.args)]
        expected = files(tested.expectations)
        return ReportFolder(folder, facts | {"command": command, "xfails": expected})

    def _engines(self) -> Iterator[dict[str, Any]]:
        """The facts of each engine that gave an outcome.

        With workers of xdist, built-in engines are loaded in the workers only; here their versions are known.
        """
        entries = self.tested.roster.entries.values()
        opened = {entry.column: facts_of_engine(entry) for entry in entries}
        for name in self.tested.names:
            if name in self.versions:
                own = {"name": name, "spec": name, "version": self.versions[name]}
                yield opened.get(name, own)

    def _timings(self, folder: Path) -> Iterator[str]:
        """Write `bench.csv`, and yield lines that say with which power of the size the time grows."""
        from ..bench.tables import growth, power_of_size, told
        from ..report.frame import read_results
        from ..report.spreadsheet import write_table
        from .benchmarks import measured_table

        timed = measured_table(self.measured, self.tested.cases, read_results(folder))
        write_table(folder / "bench.csv", timed.columns, timed.itertuples(index=False, name=None))
        rows, untold = told(growth(timed))
        for _, row in rows.iterrows():
            power = power_of_size(row, "total")
            yield f"{row['engine']}: {row['group']} grows with this power of the size: {power}"
        if untold:
            yield untold

    def _keep(self, printed: dict[str, str]) -> None:
        for engine, text in printed.items():
            self.printed[engine] = self.printed.get(engine, "") + text

    def _headlines(self, scores: Iterable[Score]) -> Iterator[str]:
        rows = {(row.engine, row.family): row for row in scores}
        width = max(map(len, self.versions))
        for engine in self.versions:
            parts = [f"{level} {headline(rows[engine, level])}" for level in TOTALS]
            yield f"{engine:<{width}}  {'; '.join(parts)}"

    def _gaps(self) -> Iterator[str]:
        for (engine, reason), count in self.unsupported.most_common(_MOST_REASONS):
            yield f"UNSUPPORTED [{count}] {engine}: {reason}"


@contextmanager
def _usage_error() -> Iterator[None]:
    """Turn a UsageError of the block into that of pytest, which shows its sentence and no traceback."""
    try:
        yield
    except UsageError as problem:
        raise pytest.UsageError(str(problem)) from None
