"""`diagnosis.json`: the mistakes of the engines of a run, by name, as `harness.diagnose` finds them.

- `DIAGNOSIS`: the name of the file. `read_diagnosis`: its content, engine by engine.
- `Diagnosis`: its type. `Named`: which case fails by which mistake.

The file is `{"schema": 1, "engines": [{"engine": NAME, "findings": [FINDING, ...]}, ...]}`. A FINDING has the
fields of `harness.diagnose.finding.Finding`, and the best one is first. Engines without a finding are not
listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..text import several_lines
from .description_file import read_json

DIAGNOSIS = "diagnosis.json"
_TEXTS = ("op", "operand", "kind", "confidence", "sentence", "program", "in_torch", "measured")
_FINDING = {**dict.fromkeys(_TEXTS, str), "cases": [str], "failing": int, "explained": int}
_FORM = {"engines?": [{"engine": str, "findings": [_FINDING]}]}
Diagnosis = Mapping[str, Sequence[Mapping[str, Any]]]


def read_diagnosis(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the findings by engine; an empty dict when there is no such file.

    Raises UsageError when the file cannot be read, or has another form or a newer schema.
    """
    document = read_json(folder / DIAGNOSIS, _FORM, several_lines)
    engines = document.get("engines", [])
    return {each["engine"]: each["findings"] for each in engines if each["findings"]}


class Named:
    """The numbers of the mistakes by which cases fail: 1 for the first finding about an engine."""

    def __init__(self, found: Diagnosis) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        for engine, findings in found.items():
            for number, finding in enumerate(findings, 1):
                for case in finding["cases"]:
                    self._numbers.setdefault((engine, case), number)

    def number(self, engine: str, case: str) -> int | None:
        """Return the number of the mistake by which the case fails on the engine, if one explains it."""
        return self._numbers.get((engine, case))
