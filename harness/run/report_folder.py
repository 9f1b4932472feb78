"""The report folder while a run goes on: outcomes as they happen, and the facts about the run.

- `ReportFolder`: `results.jsonl` line by line, `run.json` at the start and again for each new fact.
- `new_folder`: a folder under `reports/` that did not exist before; `named_folder`: a folder that the user
  has named. `check_unused`: the folder has no outcomes.
- `facts_of_run`: the content of `run.json` before the run begins.
"""

from __future__ import annotations

import os
import platform
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any

from ..catalogue.case import LEVELS, Case
from ..catalogue.tolerance import BOUNDS
from ..errors import UsageError
from ..report.description_file import SCHEMA, write_json
from ..report.results_file import RESULTS, in_one_step, writing
from ..text import words
from .roster import Entry, Roster
from .spans import Place, Spans

_PACKAGES = ("gradconform", "torch", "numpy", "pandas")


def new_folder(engines: Sequence[str], started: datetime, under: Path = Path("reports")) -> Path:
    """Create and return `under/<time>_<engines>`, with a number at the end when the name is taken.

    `engines` are names as they are shown. Raises UsageError when the folder cannot be written to.
    """
    shown = "-".join(engines[:4])
    # A file system counts bytes.
    shown = shown.encode()[:150].decode("utf-8", "ignore")
    shown += f"-and-{len(engines) - 4}-more" if len(engines) > 4 else ""
    name = f"{started:%Y-%m-%dT%H-%M-%S}_{shown}"
    for attempt in range(1, 1000):
        folder = under / (name if attempt == 1 else f"{name}_{attempt}")
        with writing(folder), suppress(FileExistsError):
            folder.mkdir(parents=True)
            return folder
    raise UsageError(f"{under} holds a thousand runs named {name}; remove some")


def named_folder(folder: Path) -> Path:
    """Create and return `folder`. Raises UsageError when it cannot be written to."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def check_unused(folder: Path) -> None:
    """Raise UsageError when the folder holds outcomes, or cannot be read."""
    with writing(folder):
        held = folder / RESULTS
        # A run in which no engine could be used leaves no outcomes. It is repeated when the file is mended.
        if held.exists() and held.stat().st_size:
            raise UsageError(
                f"{words(str(folder))} holds a run already; name another folder or remove it"
            )


class ReportFolder:
    """The report folder during a run. Rows are on disk as soon as they are appended.

    The methods raise UsageError when the folder cannot be written to.
    """

    def __init__(self, path: Path, facts: Mapping[str, Any]) -> None:
        self.path = path
        self._facts = dict(facts)
        self._spans = Spans()
        self._replaced: dict[Place, bytes] = {}
        self._size = 0
        self._write_facts()
        with writing(path):
            self._file = (path / RESULTS).open("wb")

    def __enter__(self) -> ReportFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(interrupted=kind is not None and issubclass(kind, KeyboardInterrupt))

    def close(self, *, interrupted: bool) -> None:
        """End the run and say so in `run.json`. UsageError when the folder cannot be written to."""
        with writing(self.path):
            self._file.close()
            if self._replaced or not self._spans.in_order:
                self._put_in_place()
        self.note(
            end=datetime.now().astimezone().isoformat(timespec="seconds"),
            finished=len(self._spans),
            interrupted=interrupted,
        )

    def append(self, place: Place, text: str) -> None:
        """Append the rows of one case on one engine, as `harness.report.results_file.lines` gives them.

        `place` has the numbers of the engine and of the case. They decide the order at the end of the run.
        Rows that come a second time replace the first ones then.
        """
        rows = text.encode()
        if place in self._spans:
            self._replaced[place] = rows
            return
        with writing(self.path):
            self._file.write(rows)
            self._file.flush()
        self._spans.add(place, self._size, len(rows))
        self._size += len(rows)

    def _put_in_place(self) -> None:
        """Write the rows in their order, those that came a second time for the first ones, in one step."""
        results = self.path / RESULTS
        with in_one_step(results) as partial, results.open("rb") as old, partial.open("wb") as new:
            for place, begin, size in self._spans:
                if place in self._replaced:
                    new.write(self._replaced[place])
                else:
                    old.seek(begin)
                    new.write(old.read(size))

    def note(self, **facts: Any) -> None:
        """Add facts to `run.json`, or replace them there."""
        self._facts |= facts
        self._write_facts()

    def _write_facts(self) -> None:
        write_json(self.path / "run.json", self._facts)


def facts_of_run(
    roster: Roster,
    selection: Mapping[str, Any],
    started: datetime,
    *,
    asked_for: bool,
    count: int,
    seed: int,
    dtype: str | None,
    tolerance: str,
) -> dict[str, Any]:
    """Return the content of `run.json` before the run begins.

    `selection` says how the cases were chosen, and `count` how many they are. `tolerance` is a name of
    `harness.catalogue.tolerance.BOUNDS`.
    """
    chosen = {"asked_for": asked_for, "count": count, "dtype": dtype, "tolerance": tolerance}
    return {
        "schema": SCHEMA,
        "command": ["gradconform", *sys.argv[1:]],
        "start": started.isoformat(timespec="seconds"),
        "seed": seed,
        "selection": {**selection, **chosen},
        **engines_of(roster),
        "asked_again": {},
        "readings_from_cache": 0,
        "limits": {
            "timeout": roster.limits.case,
            "timeout_total": roster.limits.engine,
            "memory": roster.limits.memory >> 20,
        },
        "tolerances": {of: {"rtol": t.rtol, "atol": t.atol} for of, t in BOUNDS[tolerance].items()},
        "versions": {"python": platform.python_version(), **_versions()},
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
        },
    }


def planned(cases: Iterable[Case]) -> dict[str, dict[str, int]]:
    """Return the number of cases in each level and family, so that a report knows what was not reached."""
    counts = Counter((case.level, case.family) for case in cases)
    return {
        level: {family: count for (of, family), count in counts.items() if of == level}
        for level in LEVELS
    }


def engines_of(roster: Roster) -> dict[str, list[dict[str, Any]]]:
    """Return the engines that take part, as far as they are known by now, and those that are left out."""
    engines = [
        facts_of_engine(roster.entries[name])
        if name in roster.entries
        else {"name": roster.column(name), "spec": words(name.text)}
        for name in roster.taking_part
    ]
    left_out = [
        {
            "name": roster.column(name),
            "spec": words(name.text),
            "status": "grader-error" if name in roster.not_run_by_machine else "unusable",
            "reason": roster.refused[name],
        }
        for name in roster.names
        if name in roster.refused
    ]
    return {"engines": engines, "left_out": left_out}


def facts_of_engine(entry: Entry) -> dict[str, Any]:
    """Return the facts of an engine for `run.json`; `spec` is the text by which it was asked for."""
    info, spec = entry.info, words(entry.name.text)
    known: dict[str, Any] = {"name": info.name, "spec": spec, "version": info.version}
    known["arrays"] = info.arrays
    if info.found:
        known |= {"found": info.found, "notes": list(info.notes), "wall": info.wall}
    return known


def _versions() -> dict[str, str]:
    return {package: installed_version(package) for package in _PACKAGES}


def installed_version(package: str) -> str:
    """Return the version of a package, or "not installed"."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
