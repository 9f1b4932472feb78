"""`summary.md`: the summary for people."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from harness.outcome import Verdict
from harness.report.failures import BAD, EXPECTED, groups
from harness.report.table import TOTALS

_SAID = ["case", "verdict", "reason", "message"]


def write_markdown(table: pd.DataFrame, counts: pd.DataFrame, folder: Path) -> Path:
    """Write the headline, the families, and the failures, worst first; `counts` is the summary."""
    versions = table["torch_version"].iloc[0]
    parts = [
        "# Conformance with PyTorch",
        f"Compared with torch {versions}. Each score is two numbers: passed of those that ran, and "
        "how many ran of all. The percentages of `core`, `torch` and `all` are averages over the "
        "families.",
        *_engines(folder),
        "## By level",
        _levels(counts),
        "## By family",
        _families(counts),
        *_failures(table),
        *_expected(table),
    ]
    path = folder / "summary.md"
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return path


def _engines(folder: Path) -> list[str]:
    """What was found of strangers' engines, and behind which walls they ran, from `run.json`."""
    described = folder / "run.json"
    run = json.loads(described.read_text(encoding="utf-8")) if described.exists() else {}
    lines = [
        f"- **{escaped(engine['name'])}**: {escaped(engine['found'])}; {escaped(engine['wall'])}"
        + "".join(f"\n  - {escaped(note)}" for note in engine["notes"])
        for engine in run.get("engines", [])
        if engine.get("found")
    ]
    lines += [f"- left out: {escaped(reason)}" for reason in run.get("left_out", {}).values()]
    return ["## Engines", "\n".join(lines)] if lines else []


def score(row: pd.Series) -> str:
    """`passed/ran` of one row of the summary, what did not run, and what was expected to fail."""
    if not row["cases"]:
        return "—"
    if not row["ran"]:
        return f"0 of {row['cases']}"
    text = f"{row['passed']}/{row['ran']}"
    text += f" of {row['cases']}" if row["ran"] != row["cases"] else ""
    return text + (f" ({row['xfailed']} xfail)" if row["xfailed"] else "")


def _levels(counts: pd.DataFrame) -> str:
    rows = counts[counts["family"].isin(TOTALS)]
    shown = pd.DataFrame(
        {
            "engine": rows["engine"].map(escaped),
            "level": rows["family"],
            "passed of ran": rows.apply(score, axis=1),
            "pass rate": rows["pass_rate"].map(_percent),
            "coverage": rows["coverage"].map(_percent),
            "errored": rows["errored"],
            "worst relative difference": rows["worst_rel"].map(_size),
        }
    )
    return str(shown.to_markdown(index=False, disable_numparse=True))


def _percent(rate: float) -> str:
    return "—" if rate != rate else f"{rate:.1%}"


def _size(difference: float) -> str:
    return "—" if difference != difference else f"{float(difference):.2g}"


def _families(counts: pd.DataFrame) -> str:
    rows = counts[~counts["family"].isin(TOTALS)].copy()
    rows["score"] = rows.apply(score, axis=1)
    rows["engine"] = rows["engine"].map(escaped)
    wide = rows.pivot(index="family", columns="engine", values="score")
    ordered = wide[list(dict.fromkeys(rows["engine"]))]
    return str(ordered.fillna("—").to_markdown(disable_numparse=True))


def _failures(table: pd.DataFrame) -> list[str]:
    parts = _listed(table, BAD)
    return ["## Failures, worst first", *(parts or ["None."])]


def _expected(table: pd.DataFrame) -> list[str]:
    parts = _listed(table, EXPECTED)
    return ["## Expected failures", *parts] if parts else []


def _listed(table: pd.DataFrame, verdicts: Collection[Verdict]) -> list[str]:
    parts = []
    for group in groups(table, verdicts):
        parts.append(f"### {escaped(group.engine)}: {group.family}")
        lines = [
            f"- `{case}` ({', '.join(filter(None, (verdict, reason)))}): {escaped(message)}"
            for case, verdict, reason, message in group.shown[_SAID].to_numpy(str)
        ]
        if group.more:
            lines.append(f"- ... and {group.more} more")
        parts.append("\n".join(lines))
    return parts


def escaped(text: object) -> str:
    """Text from an engine, so that it is shown and never rendered."""
    plain = html.escape(str(text), quote=False)
    for mark in "\\`*_[]|#~$":
        plain = plain.replace(mark, f"\\{mark}")
    # What GitHub makes links of by itself: addresses, and the names of people, who would be told.
    plain = plain.replace("://", ":\\//").replace("www.", "www\\.")
    return re.sub(r"@(?=\w)", "@&#8203;", plain)
