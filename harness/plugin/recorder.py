"""The report of a session: written once, by the process that pytest was called in.

Outcomes come with pytest's reports, from this process or from workers of xdist, in any order. They are
on disk as they come, and at the end in the order of engines and catalogue, so that a run in parallel
leaves the same files.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from harness.judge.outcome import Verdict
from harness.plugin.run import Run
from harness.report.results_file import RESULTS
from harness.run.report_folder import (
    ReportFolder,
    facts_of_engine,
    facts_of_run,
    keep_output,
    new_folder,
)
from harness.run.xfail_files import files

if TYPE_CHECKING:
    import pandas as pd

# Reasons for `unsupported` that are listed with -rs.
_MOST_REASONS = 20


class Recorder:
    """A plugin of its own, registered where something is to be collected."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.texts: dict[tuple[str, str], str] = {}
        self.versions: dict[str, str] = {}
        self.printed: dict[str, str] = {}
        self.measured: list[tuple[str, str, str, float]] = []
        self.growth: list[str] = []
        self.record: ReportFolder | None = None
        self.counts: pd.DataFrame | None = None
        self.unsupported: Counter[tuple[str, str]] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the outcomes of one test."""
        measured = getattr(report, "measured", None)
        self.measured += [tuple(measured)] if measured else []
        text = getattr(report, "conformance", None)
        if text is None:
            return
        last = json.loads(text.rstrip().rpartition("\n")[2])
        self.texts[last["engine"], last["case"]] = text
        self.versions[last["engine"]] = last["engine_version"]
        if last["verdict"] == Verdict.UNSUPPORTED:
            # "tensors (the input has shape ...)" is one reason.
            self.unsupported[last["engine"], last["message"].partition(" (")[0]] += 1
        if self.record is None:
            self.record = self._open()
        self.record.append(text)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what strangers' engines printed in a worker."""
        output = getattr(node, "workeroutput", None) or {}
        self._keep(output.get("gradconform_printed", {}))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Put the rows in order and make every other file of the report."""
        if self.record is None:
            return
        from harness.run.run_and_report import write_report

        self._keep(self.run.printed())
        self.record.note(engines=list(self._engines()))
        stopped = KeyboardInterrupt if exitstatus == pytest.ExitCode.INTERRUPTED else None
        self.record.__exit__(stopped, None, None)
        folder = self.record.path
        (folder / RESULTS).write_text("".join(self._in_order()), encoding="utf-8")
        keep_output(folder, self.printed)
        results, self.counts, _ = write_report(folder)
        if self.measured:
            self.growth = list(self._timings(results))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line per engine, and where the report lies."""
        if self.counts is None or self.record is None:
            return
        terminalreporter.section("conformance with torch.autograd: passed/ran of all")
        for line in self._headlines(self.counts):
            terminalreporter.write_line(line)
        if "s" in terminalreporter.reportchars:
            for line in self._gaps():
                terminalreporter.write_line(line)
        for line in self.growth:
            terminalreporter.write_line(line)
        terminalreporter.write_line(str(self.record.path / "summary.md"))

    def _open(self) -> ReportFolder:
        run, started = self.run, datetime.now().astimezone()
        folder, config = run.settings.out, run.config
        if folder is None:
            folder = new_folder(
                [asked.shown for asked in run.settings.engines],
                started,
                config.rootpath / "reports",
            )
        folder.mkdir(parents=True, exist_ok=True)
        # Every other file is written again; this one only where something was timed.
        (folder / "bench.csv").unlink(missing_ok=True)
        selection = {
            "cases": run.settings.cases,
            "tags": run.settings.tags,
            "count": len(run.cases),
            "dtype": run.settings.dtype,
        }
        facts = facts_of_run(run.roster, selection, run.settings.seed, started)
        command = ["pytest", *map(str, config.invocation_params.args)]
        expected = files(run.expectations)
        return ReportFolder(folder, facts | {"command": command, "xfails": expected})

    def _engines(self) -> Iterator[dict[str, Any]]:
        """Every engine of which something came; gradconform's own may never have been loaded here."""
        entries = self.run.roster.entries.values()
        strangers = {entry.column: facts_of_engine(entry) for entry in entries}
        for name in self.run.names:
            if name in self.versions:
                own = {"name": name, "spec": name, "version": self.versions[name]}
                yield strangers.get(name, own)

    def _in_order(self) -> list[str]:
        asked = [(name, case.id) for name in self.run.names for case in self.run.cases]
        return [self.texts[key] for key in asked if key in self.texts]

    def _timings(self, results: pd.DataFrame) -> Iterator[str]:
        """Write `bench.csv`, and say with which power of the size time grows."""
        from harness.bench.frame import growth
        from harness.plugin.timings import table

        assert self.record is not None
        timed = table(self.measured, self.run.cases, results)
        timed.to_csv(self.record.path / "bench.csv", index=False)
        for row in growth(timed).to_dict("records"):
            yield f"{row['engine']}: {row['group']} grows with size ** {row['total']:.2f}"

    def _keep(self, printed: dict[str, str]) -> None:
        for engine, text in printed.items():
            self.printed[engine] = self.printed.get(engine, "") + text

    def _headlines(self, counts: pd.DataFrame) -> Iterator[str]:
        from harness.report.frame import TOTALS
        from harness.report.markdown import score

        rows = {(row["engine"], row["family"]): row for _, row in counts.iterrows()}
        width = max(map(len, self.versions))
        for engine in self.versions:
            parts = [f"{level} {score(rows[engine, level])}" for level in TOTALS]
            yield f"{engine:<{width}}  {'; '.join(parts)}"

    def _gaps(self) -> Iterator[str]:
        for (engine, reason), count in self.unsupported.most_common(_MOST_REASONS):
            yield f"UNSUPPORTED [{count}] {engine}: {reason}"
