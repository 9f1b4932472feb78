"""`report.html`: the page of a run, one file with all that it shows.

- `write_page`: writes the file.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..absent import interruption
from ..diagnosis_file import Diagnosis
from ..drawing.svg import STYLE
from ..score import MOST_IN_MARKDOWN, TOTALS, Score, Shown, by_engine, percent
from .assets import rendered
from .circuits import circuits
from .compact import LETTERS, Compact
from .known import Known, Ready
from .torch_lines import torch_lines

PAGE = "report.html"
_SCRIPTS = (
    "data.js",
    "state.js",
    "filter.js",
    "overview.js",
    "matrix.js",
    "cells.js",
    "circuit.js",
    "plots.js",
    "case.js",
    "page.js",
)
_HARMLESS = str.maketrans("<>&", ",./")  # which base 85 does not have
# Of the findings: so many engines, and so many cases of each finding as links.
_MOST_DIAGNOSED, _MOST_LINKS = 40, 8


class _Part(NamedTuple):
    """The two numbers of an engine for one level, in words. `share` is a percentage, "" where nothing ran.

    Engines are sorted by `order`, in which an engine that ran nothing comes first.
    """

    passed: str
    share: str
    ran: str
    state: str
    order: float = -1.0


def write_page(
    folder: Path,
    run: Mapping[str, Any],
    compact: Compact,
    collected: Ready,
    scores: Sequence[Score],
    diagnosis: Diagnosis,
) -> Path:
    """Write `report.html` into `folder` and return its path.

    `run` is the content of `run.json`, `compact` has taken all rows of the run,
    `collected` has the facts of the catalogue that are known already, `scores` is the summary and
    `diagnosis` has the findings by engine. Of a run with more engines than `MOST_IN_MARKDOWN` only those with
    the lowest scores are in the page. OSError when the file cannot be written.
    """
    shown = Shown(scores, MOST_IN_MARKDOWN)
    engines = by_engine(shown.rows)
    names = [name for name, rows in engines.items() if TOTALS[0] in rows]
    named = {name: found for name, found in diagnosis.items() if name in engines}
    known = Known.of(compact.cases, collected)
    page = rendered(
        "page.html",
        _SCRIPTS,
        cut=interruption(run, scores),
        standing=shown.sentence,
        torch=run.get("versions", {}).get("torch", ""),
        run=run,
        engines=[_overview(name, rows, named) for name, rows in engines.items()],
        left_out=[each for each in run.get("left_out", ()) if each["name"] in engines],
        findings=dict([*named.items()][:_MOST_DIAGNOSED]),
        more_diagnosed=max(0, len(named) - _MOST_DIAGNOSED),
        drawing=STYLE,
        most_links=_MOST_LINKS,
        cases=len(compact.cases["case"]),
        data=_packed(_document(folder, run, compact, known, names, named)),
    )
    path = folder / PAGE
    path.write_text(page, encoding="utf-8")
    return path


def _overview(name: str, rows: Mapping[str, Score], named: Diagnosis) -> dict[str, Any]:
    every = rows[TOTALS[-1]]
    return {
        "name": name,
        "parts": [_part(rows.get(level)) for level in TOTALS[:-1]],
        "findings": len(named.get(name, ())),
        "errored": every.errored,
        "remark": every.reason,
    }


def _part(row: Score | None) -> _Part:
    if row is None or not row.counted:
        return _Part("nothing ran", "", f"0 of {row.applicable}" if row else "", "skipped")
    apply = f"ran {row.counted} of {row.applicable}, {percent(row.counted, row.applicable)}"
    state = "fail" if row.bad else "pass"
    said = f"{row.passed} of {row.counted}"
    return _Part(said, percent(row.passed, row.counted), apply, state, row.passed / row.counted)


def _document(
    folder: Path,
    run: Mapping[str, Any],
    compact: Compact,
    known: Known,
    names: Sequence[str],
    named: Diagnosis,
) -> dict[str, Any]:
    """Return all that the script reads. Columns of cases have an entry for each case."""
    specs = {
        engine["name"]: engine.get("spec", engine["name"]) for engine in run.get("engines", [])
    }
    numbers = {id: number for number, id in enumerate(compact.cases["case"])}
    return {
        "engines": names,
        "specs": [specs.get(name, name) for name in names],
        "verdicts": {letter: str(verdict) for verdict, letter in LETTERS.items()},
        "cases": compact.cases | {"digest": _digests(compact.cases["digest"])},
        "known": known.columns(),
        "findings": {name: [*_findings(found, numbers)] for name, found in named.items()},
        "torch": torch_lines(folder, compact),
        "circuits": circuits(folder, compact),
        **compact.columns(names),
    }


def _findings(
    findings: Sequence[Mapping[str, Any]], numbers: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    for each in findings:
        cases = [numbers[case] for case in each["cases"] if case in numbers]
        yield {"cases": cases, "own": each["program"], "torch": each["in_torch"]}


def _digests(digests: Sequence[str]) -> list[str]:
    """Return each digest in the signs of base64, which are two thirds as many after the compression."""
    found = []
    for digest in digests:
        try:
            found.append(base64.b64encode(bytes.fromhex(digest)).decode())
        except ValueError:  # of a file that was made by hand
            found.append("")
    return found


def _packed(document: Mapping[str, Any]) -> str:
    """Return a document as the script unpacks it. No sign of it means anything in HTML.

    Base 85 has a sixteenth fewer signs than base 64. For such texts the default memory of zlib gives less
    than the largest, and its level 8 as little as 9 in half of the time.
    """
    packer, packed, before = zlib.compressobj(8), bytearray(), "{"
    for name, value in document.items():  # one by one, so that the whole text is never in memory
        written = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        packed += packer.compress(f'{before}"{name}":{written}'.encode("utf-8", "backslashreplace"))
        before = ","
    packed += packer.compress(b"}") + packer.flush()
    return base64.b85encode(packed).decode().translate(_HARMLESS)
