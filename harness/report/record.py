"""The folder of a run: outcomes as they happen, and what the run was.

- `Record`: `results.jsonl` line by line, `run.json` at the start and again at the end.
- `new_folder`: a folder under `reports/` that did not exist before.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any

from harness.array import encode_number
from harness.compare import DEFAULTS
from harness.engine import Engine
from harness.errors import UsageError
from harness.outcome import Outcome

RESULTS = "results.jsonl"
_PACKAGES = ("gradconform", "torch", "numpy", "pandas")


def new_folder(engines: Sequence[str], started: datetime, under: Path = Path("reports")) -> Path:
    """Create and return `under/<time>_<engines>`, with a number behind it when that is taken."""
    shown = "-".join(Path(name.partition(":")[0]).stem for name in engines[:4])
    shown += f"-and-{len(engines) - 4}-more" if len(engines) > 4 else ""
    name = f"{started:%Y-%m-%dT%H-%M-%S}_{shown}"
    for attempt in range(1, 1000):
        folder = under / (name if attempt == 1 else f"{name}_{attempt}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise UsageError(f"{under} holds a thousand runs named {name}; remove some")


def named_folder(folder: Path) -> Path:
    """Create `folder`. UsageError when it holds a run already."""
    if (folder / RESULTS).exists():
        raise UsageError(f"{folder} holds a run already; name another folder or remove it")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Record:
    """An open run. Each outcome is on disk before the next case starts."""

    def __init__(self, folder: Path, description: Mapping[str, Any]) -> None:
        self.folder = folder
        self._description = dict(description)
        self._finished = 0
        self._write_description()
        self._file = (folder / RESULTS).open("w", encoding="utf-8")

    def __enter__(self) -> Record:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        interrupted = kind is not None and issubclass(kind, KeyboardInterrupt)
        self._description |= {
            "end": datetime.now().astimezone().isoformat(timespec="seconds"),
            "finished": self._finished,
            "interrupted": interrupted,
        }
        self._write_description()

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Append the rows of one case on one engine."""
        for outcome in outcomes:
            self._file.write(json.dumps(row(outcome), allow_nan=False) + "\n")
        self._file.flush()
        self._finished += 1

    def _write_description(self) -> None:
        # Replaced in one step, so that an interruption never leaves half a file.
        partial = self.folder / "run.json.partial"
        partial.write_text(json.dumps(self._description, indent=2) + "\n", encoding="utf-8")
        os.replace(partial, self.folder / "run.json")


def row(outcome: Outcome) -> dict[str, Any]:
    """An outcome as a line of `results.jsonl`; non-finite numbers are strings."""
    found = {name: getattr(outcome, name) for name in Outcome.__dataclass_fields__}
    return {
        name: encode_number(value) if isinstance(value, float) else value
        for name, value in found.items()
    }


def describe(
    engines: Sequence[Engine], selection: Mapping[str, Any], seed: int, started: datetime
) -> dict[str, Any]:
    """What `run.json` says of a run before it begins."""
    return {
        "schema": 1,
        "command": ["gradconform", *sys.argv[1:]],
        "start": started.isoformat(timespec="seconds"),
        "seed": seed,
        "selection": dict(selection),
        "engines": [{"name": e.name, "version": e.version} for e in engines],
        "tolerances": {dtype: {"rtol": t.rtol, "atol": t.atol} for dtype, t in DEFAULTS.items()},
        "versions": {"python": platform.python_version(), **_versions()},
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
        },
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
