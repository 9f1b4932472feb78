"""A run from selection to report: engines opened, outcomes recorded, tables written.

- `run_session`: does it all and survives Ctrl-C with what was finished.
- `Session`: what came out, and how to show it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.catalogue.case import Case
from harness.isolation.options import Isolation
from harness.report.results_file import read_description, writing
from harness.run.engine_name import EngineName
from harness.run.record import Record, describe, keep_output, named_folder, new_folder, planned
from harness.run.roster import assemble
from harness.run.xfail_files import files, of_engines, sentences

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Session:
    """A finished or interrupted run: the frame of its `results.jsonl`, and what that sums up to.

    `run` is what `run.json` says. `failed` is whether a case failed or an engine was left out, `ran`
    whether any engine ran any case.
    """

    folder: Path
    run: Mapping[str, Any]
    table: pd.DataFrame
    counts: pd.DataFrame
    paths: Sequence[Path]
    failed: bool
    ran: bool

    @property
    def interrupted(self) -> bool:
        """Whether it was ended before its time."""
        return bool(self.run["interrupted"])

    def document(self) -> dict[str, Any]:
        """The run as JSON values: `summary` has the rows of `summary.csv`."""
        rows = self.counts.to_dict("records")
        return {
            "schema": 1,
            "folder": str(self.folder),
            "failed": self.failed,
            "interrupted": self.interrupted,
            "engines": self.run["engines"],
            "left_out": self.run["left_out"],
            "summary": [{str(key): _plain(value) for key, value in row.items()} for row in rows],
        }

    def remarks(self) -> Iterator[str]:
        """Sentences about what did not run; who was left out has been said already."""
        from harness.report.absent import interruption

        if self.interrupted:
            yield f"{interruption(self.run, self.counts)}; what was finished is kept in {self.folder}"
        elif not self.ran and self.run["engines"]:
            yield "no engine ran a case"
        left_out = {engine["name"] for engine in self.run["left_out"]}
        for row in self.counts[self.counts["reason"] != ""].to_dict("records"):
            if row["engine"] not in left_out and not self.interrupted:
                yield f"{row['engine']}: {row['reason']}"

    def show(self, verbose: bool) -> None:
        """Print the table, the failures when `verbose`, and what was written."""
        from harness.report.absent import interruption
        from harness.report.failures import groups
        from harness.report.terminal import console, print_failures, print_summary

        if self.run["engines"]:
            print_summary(self.counts, interruption(self.run, self.counts))
        if verbose:
            print_failures(self.table)
        elif any(groups(self.table)):
            console(stderr=True).print("-v shows the failures; so does summary.md")
        for path in self.paths:
            console().print(str(path), soft_wrap=True)


def run_session(
    cases: Sequence[Case],
    engines: Sequence[EngineName],
    *,
    selection: Mapping[str, Any],
    seed: int = 0,
    dtype: str | None = None,
    out: Path | None = None,
    lower: bool = False,
    quiet: bool = False,
    how: Isolation | None = None,
    xfails_file: Path | None = None,
) -> Session:
    """Run `cases` on the engines named and write the report folder.

    With `lower` every engine runs on scalars (see `harness.lower`), and its name says so; `how` is how
    strangers' engines run. What `xfails_file` expects, or else the file that lives with an engine of
    gradconform's, does not fail the run. On Ctrl-C what was finished stays, is summarised, and is said.
    """
    from harness.report.terminal import console
    from harness.run.under_way import Course

    started = datetime.now().astimezone()
    roster = assemble(engines, how or Isolation(), lower)
    # What is expected of one does not depend on whether another can be loaded.
    asked = [*roster.names]
    found = of_engines(asked, xfails_file, [case.id for case in cases], lowered=lower)
    expected = dict(zip(asked, found, strict=True))
    by_name = {roster.names[engine]: each for engine, each in expected.items()}
    told = {
        name: each
        for name, each in by_name.items()
        if each.unused or any(each.find(case.id) for case in cases)
    }
    for sentence in [] if quiet else sentences(told):
        console(stderr=True).print(sentence, soft_wrap=True)
    selection = {**selection, "count": len(cases), "dtype": dtype}
    shown = [engine.shown for engine in engines]
    folder = named_folder(out) if out else new_folder(shown, started)
    course = Course(roster, cases, expected, seed=seed, dtype=dtype)
    try:
        description = describe(roster, selection, seed, started)
        description |= {"planned": planned(cases), "xfails": files(by_name)}
        with Record(folder, description) as record:
            course.follow(record, quiet)
    except KeyboardInterrupt:
        pass  # which the record has noted
    finally:
        keep_output(folder, {e.name: e.printed() for e in roster.engines.values()})
    table, counts, paths = write_report(folder)
    failed = course.failed or bool(roster.refused)
    return Session(folder, read_description(folder), table, counts, paths, failed, course.ran > 0)


def write_report(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, list[Path]]:
    """Make every file of the report from `results.jsonl` and `run.json`."""
    from harness.report.frame import read_results, summary, write_csv
    from harness.report.markdown import write_markdown

    table = read_results(folder)
    counts = summary(table, read_description(folder))
    with writing(folder):
        written = [*write_csv(table, counts, folder), write_markdown(table, counts, folder)]
    return table, counts, [folder / "results.jsonl", *written, folder / "run.json"]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return json.loads(json.dumps(value, default=float))
