"""A run from selection to report: engines loaded, outcomes recorded, tables written.

- `run_session`: does it all and survives Ctrl-C with what was finished.
- `Session`: what came out, and how to show it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.case import Case
from harness.engine import Engine
from harness.isolation.options import Isolation
from harness.outcome import ERRORED, FAILED, Verdict
from harness.registry import BUILTIN
from harness.report.record import Record, describe, keep_output, lines, named_folder, new_folder
from harness.roster import assemble
from harness.runner import Reference, run
from harness.sharing import in_order
from harness.xfails import files, of_engines, sentences

if TYPE_CHECKING:
    import pandas as pd

_BAD = FAILED | ERRORED
# An engine's name, the verdict of one case on it, and its rows as `results.jsonl` holds them.
_Finished = tuple[str, Verdict, str]


@dataclass
class Session:
    """A finished or interrupted run: the frame of its `results.jsonl`, and what that sums up to."""

    folder: Path
    table: pd.DataFrame | None
    counts: pd.DataFrame | None
    paths: Sequence[Path]
    failed: bool
    interrupted: bool

    def document(self) -> dict[str, Any]:
        """The run as JSON values: `summary` has the rows of `summary.csv`."""
        rows = [] if self.counts is None else self.counts.to_dict("records")
        return {
            "schema": 1,
            "folder": str(self.folder),
            "failed": self.failed,
            "interrupted": self.interrupted,
            "summary": [{key: _plain(value) for key, value in row.items()} for row in rows],
        }

    def show(self, verbose: bool) -> None:
        """Print the table, the failures when `verbose`, and what was written."""
        from harness.report.terminal import console, print_failures, print_summary

        if self.table is not None and self.counts is not None:
            print_summary(self.counts)
            if verbose:
                print_failures(self.table)
            elif self.failed:
                console(stderr=True).print("-v shows the failures; so does summary.md")
        for path in self.paths:
            console().print(str(path), soft_wrap=True)


def run_session(
    cases: Sequence[Case],
    engine_specs: Sequence[str],
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
    from harness.report.terminal import console, progress

    started = datetime.now().astimezone()
    roster = assemble(engine_specs, how or Isolation(), lower)
    engines = roster.engines
    kept = [spec for spec in dict.fromkeys(engine_specs) if spec not in roster.refused]
    expected = of_engines(kept, xfails_file, [case.id for case in cases], lowered=lower)
    xfails = {engine.name: found for engine, found in zip(engines, expected, strict=True)}
    for sentence in [] if quiet else [*roster.sentences(), *sentences(xfails)]:
        console(stderr=True).print(sentence, markup=False, highlight=False, soft_wrap=True)
    folder = named_folder(out) if out else new_folder(engine_specs, started)
    total, finished, failed, interrupted = len(engines) * len(cases), 0, bool(roster.refused), False
    description = describe(roster, {**selection, "dtype": dtype}, seed, started)
    description["xfails"] = files(xfails)
    reference = Reference()

    def finish(engine: Engine, part: Iterable[Case]) -> Iterator[_Finished]:
        for result in run(part, [engine], reference, seed=seed, dtype=dtype):
            judged = xfails[engine.name].apply(result)
            yield engine.name, judged.verdict, lines(judged.outcomes)

    try:
        with (
            in_order(cases, engines, finish, share={*kept} <= {*BUILTIN}) as results,
            Record(folder, description) as record,
            progress([e.name for e in engines], len(cases), quiet) as advance,
        ):
            for name, verdict, text in results:
                record.append(text)
                finished += 1
                failed |= verdict in _BAD
                advance(name, verdict)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        keep_output(folder, {engine.name: engine.printed() for engine in engines})
    if interrupted:
        note = (
            f"interrupted: {finished} of {total} case runs were finished and are kept in {folder}"
        )
        console(stderr=True).print(note, soft_wrap=True)
    table, counts, paths = write_report(folder) if finished else (None, None, [])
    return Session(folder, table, counts, paths, failed, interrupted)


def write_report(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, list[Path]]:
    """Make every file of the report from `results.jsonl`."""
    from harness.report.markdown import write_markdown
    from harness.report.table import frame, summary, write_csv

    table = frame(folder)
    counts = summary(table)
    written = [*write_csv(table, counts, folder), write_markdown(table, counts, folder)]
    return table, counts, [folder / "results.jsonl", *written, folder / "run.json"]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return json.loads(json.dumps(value, default=float))
