"""The folder of a run: outcomes as they happen, and what the run was.

- `Record`: `results.jsonl` line by line, `run.json` at the start and whenever there is more to say.
- `new_folder`: a folder under `reports/` that did not exist before.
- `describe`: what `run.json` says of a run before it begins.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any

from harness.catalogue.case import LEVELS, Case
from harness.catalogue.tolerance import DEFAULTS
from harness.engine.contract import Engine
from harness.errors import UsageError
from harness.report.results_file import RESULTS, writing
from harness.run.engine_name import EngineName
from harness.run.roster import Roster
from harness.text import words

_PACKAGES = ("gradconform", "torch", "numpy", "pandas")


def new_folder(engines: Sequence[str], started: datetime, under: Path = Path("reports")) -> Path:
    """Create and return `under/<time>_<engines>`, with a number behind it when that is taken.

    `engines` are names as they are shown.
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
    """Create `folder`. UsageError when it holds outcomes already."""
    with writing(folder):
        held = folder / RESULTS
        # A run of which no engine could be used leaves none, and is done again when its file is mended.
        if held.exists() and held.stat().st_size:
            raise UsageError(
                f"{words(str(folder))} holds a run already; name another folder or remove it"
            )
        folder.mkdir(parents=True, exist_ok=True)
    return folder


class Record:
    """An open run. What is appended is on disk at once."""

    def __init__(self, folder: Path, description: Mapping[str, Any]) -> None:
        self.folder = folder
        self._description = dict(description)
        self._finished = 0
        self._write_description()
        with writing(folder):
            self._file = (folder / RESULTS).open("w", encoding="utf-8")

    def __enter__(self) -> Record:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with writing(self.folder):
            self._file.close()
        self.note(
            end=datetime.now().astimezone().isoformat(timespec="seconds"),
            finished=self._finished,
            interrupted=kind is not None and issubclass(kind, KeyboardInterrupt),
        )

    def append(self, text: str) -> None:
        """Append the rows of one case on one engine, as `lines` gives them."""
        with writing(self.folder):
            self._file.write(text)
            self._file.flush()
        self._finished += 1

    def note(self, **facts: Any) -> None:
        """Say more in `run.json`, or something else than what it said at first."""
        self._description |= facts
        self._write_description()

    def _write_description(self) -> None:
        # Replaced in one step, so that an interruption never leaves half a file.
        partial = self.folder / "run.json.partial"
        with writing(self.folder):
            partial.write_text(json.dumps(self._description, indent=2) + "\n", encoding="utf-8")
            os.replace(partial, self.folder / "run.json")


def keep_output(folder: Path, printed: Mapping[str, str]) -> None:
    """What strangers' engines printed, one file each under `output/`, for those that printed."""
    for number, (engine, text) in enumerate(printed.items(), start=1):
        if text:
            with writing(folder):
                (folder / "output").mkdir(exist_ok=True)
            plain = re.sub(r"[^\w.() -]", "_", engine)
            # A file system counts bytes. Two engines may come to the same name.
            name = plain.encode()[:100].decode("utf-8", "ignore")
            path = folder / "output" / f"{name}.txt"
            path = folder / "output" / f"{name} {number}.txt" if path.exists() else path
            with writing(path):
                path.write_text(text, encoding="utf-8")


def describe(
    roster: Roster, selection: Mapping[str, Any], seed: int, started: datetime
) -> dict[str, Any]:
    """What `run.json` says of a run before it begins."""
    return {
        "schema": 1,
        "command": ["gradconform", *sys.argv[1:]],
        "start": started.isoformat(timespec="seconds"),
        "seed": seed,
        "selection": dict(selection),
        **engines_of(roster),
        "tolerances": {dtype: {"rtol": t.rtol, "atol": t.atol} for dtype, t in DEFAULTS.items()},
        "versions": {"python": platform.python_version(), **_versions()},
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
        },
    }


def planned(cases: Iterable[Case]) -> dict[str, dict[str, int]]:
    """The number of cases of each family in each level, by which a report knows what was not reached."""
    counts = Counter((case.level, case.family) for case in cases)
    return {
        level: {family: count for (of, family), count in counts.items() if of == level}
        for level in LEVELS
    }


def engines_of(roster: Roster) -> dict[str, list[dict[str, Any]]]:
    """The engines that take part, as far as they are known by now, and those that are left out."""
    engines = [
        facts_of(asked, roster.engines[asked])
        if asked in roster.engines
        else {"name": roster.names[asked], "spec": words(asked.text)}
        for asked in roster.taking_part
    ]
    left_out = [
        {"name": roster.names[asked], "spec": words(asked.text), "reason": roster.refused[asked]}
        for asked in roster.names
        if asked in roster.refused
    ]
    return {"engines": engines, "left_out": left_out}


def facts_of(asked: EngineName, engine: Engine) -> dict[str, Any]:
    """An engine as `run.json` has it; `spec` is how it was asked for."""
    info = engine.info
    known: dict[str, Any] = {"name": info.name, "spec": words(asked.text), "version": info.version}
    if info.found:
        known |= {"found": info.found, "notes": list(info.notes), "wall": info.wall}
    return known


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
