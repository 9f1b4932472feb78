"""A whole run: engines are opened, outcomes are recorded, and the files of the report are written.

- `run_and_report`: does all of it. After Ctrl-C the outcomes that were finished are kept and reported.
- `FinishedRun`: the result of a run, and how to show it.
- `write_report`: the files of the report, from `results.jsonl` and `run.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalogue.case import Case
from ..catalogue.tolerance import BOUNDS, DEFAULT_BOUND
from ..isolation.options import Isolation
from ..report.busy import busy
from ..report.results_file import read_description, writing
from .alone import alone_in
from .engine_name import EngineName
from .engine_output import keep_output
from .expected_failures import Xfails
from .report_folder import (
    ReportFolder,
    check_unused,
    facts_of_run,
    named_folder,
    new_folder,
    planned,
)
from .roster import assemble, distinct
from .xfail_files import files, of_engines, sentences

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class FinishedRun:
    """A finished or interrupted run.

    `facts` are the content of `run.json`. `table` is the frame of `results.jsonl`, and `counts` that of
    `summary.csv`. `paths` are the files that were written. `failed` is True when a case failed or an engine
    was left out, `ran` when at least one engine ran a case, and `not_run_by_machine` when an engine was left
    out because this machine could not run any.
    """

    folder: Path
    facts: Mapping[str, Any]
    table: pd.DataFrame
    counts: pd.DataFrame
    paths: Sequence[Path]
    failed: bool
    ran: bool
    not_run_by_machine: bool

    @property
    def interrupted(self) -> bool:
        """True when the run was ended before all cases had run."""
        return bool(self.facts["interrupted"])

    def document(self) -> dict[str, Any]:
        """Return the run as JSON values; `summary` has the rows of `summary.csv` but no `family_average`."""
        rows = self.counts.drop(columns="family_average").to_dict("records")
        return {
            "schema": 1,
            "folder": str(self.folder),
            "failed": self.failed,
            "interrupted": self.interrupted,
            "engines": self.facts["engines"],
            "left_out": self.facts["left_out"],
            "summary": [{str(key): _plain(value) for key, value in row.items()} for row in rows],
        }

    def remarks(self, *, table: bool) -> Iterator[str]:
        """Yield sentences about what did not run, and about engines that do not always answer in one way.

        The engines that were left out have been named already. When a `table` is shown, it is headed by the
        sentence about an interruption.
        """
        from ..report.absent import interruption

        if self.interrupted and not (table and self.facts["engines"]):
            yield f"{interruption(self.facts, self.counts)}; what was finished is kept in {self.folder}"
        elif not self.ran and not self.interrupted and self.facts["engines"]:
            yield "no engine ran a case"
        left_out = {engine["name"] for engine in self.facts["left_out"]}
        for row in self.counts[self.counts["reason"] != ""].to_dict("records"):
            if row["engine"] not in left_out and not self.interrupted:
                yield f"{row['engine']}: {row['reason']}"
        for name, again in self.facts.get("asked_again", {}).items():
            yield from (f"{name}: {sentence}" for sentence in again["said"])

    def show(self, verbose: bool) -> None:
        """Print the table, the failures when `verbose`, and the paths of the files that were written."""
        from ..report.absent import interruption
        from ..report.failures import groups
        from ..report.terminal import console, print_failures, print_summary

        if self.facts["engines"]:
            print_summary(self.counts, interruption(self.facts, self.counts))
        if verbose:
            print_failures(self.table)
        elif any(groups(self.table)):
            console(stderr=True).print("-v shows the failures; so does summary.md")
        for path in self.paths:
            console().print(str(path), soft_wrap=True)


def run_and_report(
    cases: Sequence[Case],
    engines: Sequence[EngineName],
    *,
    selection: Mapping[str, Any],
    asked_for: bool = False,
    seed: int = 0,
    dtype: str | None = None,
    tolerance: str = DEFAULT_BOUND,
    out: Path | None = None,
    lower: bool = False,
    quiet: bool = False,
    how: Isolation | None = None,
    xfails_file: Path | None = None,
) -> FinishedRun:
    """Run `cases` on the engines that are named, and write the report folder.

    `selection` says in `run.json` how the cases were chosen. With `asked_for` a case that an engine does not
    support is missing. `tolerance` is a name of `harness.catalogue.tolerance.BOUNDS`. `out` is the folder; by
    default it is a new one under `reports/`. With `lower` every engine runs on scalars (see `harness.lower`),
    and its name says so. `how` is the isolation of untrusted engines. A failure that is expected does not
    fail the run: the expected failures are those in `xfails_file`, or else in the file beside an engine that
    comes with gradconform. After Ctrl-C the outcomes that were finished are kept and reported.

    Raises UsageError for a wrong option, a wrong file of expected failures, or a folder that cannot be
    written to, holds a run already or is written to by another run; NoSuchEngine when none of the engines
    exists.
    """
    from .under_way import ConformanceRun

    started = datetime.now().astimezone()
    names = distinct(engines)
    # An engine has the same expected failures, no matter whether another engine can be loaded.
    found = of_engines(names, xfails_file, [case.id for case in cases], lowered=lower)
    xfails = dict(zip(names, found, strict=True))
    with busy("loading the first engine"):
        roster = assemble(names, how or Isolation(), lower, xfails)
    by_column = {roster.column(name): each for name, each in xfails.items()}
    if not quiet:
        _name_xfail_files(by_column, cases)
    path = named_folder(out) if out else new_folder([name.shown for name in engines], started)
    with alone_in(path):
        check_unused(path)
        with busy("loading torch"):
            under_way = ConformanceRun(
                roster,
                cases,
                seed=seed,
                dtype=dtype,
                tolerances=BOUNDS[tolerance],
                asked_for=asked_for,
            )
        try:
            facts = facts_of_run(
                roster,
                selection,
                started,
                asked_for=asked_for,
                count=len(cases),
                seed=seed,
                dtype=dtype,
                tolerance=tolerance,
            )
            with_arrays = planned(case for case in cases if case.has_arrays)
            facts |= {"planned": planned(cases), "planned_arrays": with_arrays}
            facts |= {"xfails": files(by_column)}
            with ReportFolder(path, facts) as folder:
                under_way.execute(folder, quiet)
        except KeyboardInterrupt:
            pass  # `run.json` says that the run was interrupted.
        finally:
            printed = {entry.column: entry.engine.printed() for entry in roster.entries.values()}
            keep_output(path, printed)
        with busy("writing the report"):
            table, counts, paths = write_report(path)
    failed = under_way.failed or bool(roster.refused)
    return FinishedRun(
        path,
        read_description(path),
        table,
        counts,
        paths,
        failed=failed,
        ran=under_way.ran > 0,
        not_run_by_machine=bool(roster.not_run_by_machine),
    )


def _name_xfail_files(xfails: Mapping[str, Xfails], cases: Sequence[Case]) -> None:
    """Print the files whose expected failures matter for these cases, and those that are not used."""
    from ..report.terminal import console

    told = {
        column: each
        for column, each in xfails.items()
        if each.unused or any(each.find(case.id) for case in cases)
    }
    for sentence in sentences(told):
        console(stderr=True).print(sentence, soft_wrap=True)


def write_report(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, list[Path]]:
    """Make every file of the report from `results.jsonl` and `run.json`.

    Return the frame of the outcomes, the frame of the summary, and the paths of all files of the report.
    Raises UsageError when the folder cannot be written to.
    """
    from ..report.frame import read_results, summary, write_csv
    from ..report.markdown import write_markdown

    table = read_results(folder)
    counts = summary(table, read_description(folder))
    with writing(folder):
        written = [*write_csv(table, counts, folder), write_markdown(table, counts, folder)]
    return table, counts, [folder / "results.jsonl", *written, folder / "run.json"]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return json.loads(json.dumps(value, default=float))
