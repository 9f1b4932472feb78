"""`summary.md`: the summary of a run for people.

- `write_markdown`: writes the file.
- `score`, `headline`, `percent`: the text of one cell.
- `escaped`: untrusted text in Markdown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..judge.outcome import Verdict
from ..text import for_markdown
from .absent import interruption
from .failures import EXPECTED_FAILURES, FAILURES, MISSING, groups
from .frame import TOTALS
from .results_file import read_description

_MOST_COLUMNS = 6
# Counts that stand behind a score, and their names there.
_REMARKED = {"missing": "missing", "xfailed": "xfail"}
_SAID = ["case", "verdict", "reason", "message"]


def write_markdown(table: pd.DataFrame, counts: pd.DataFrame, folder: Path) -> Path:
    """Write `summary.md` into `folder`: the headline, the families, and the failures.

    `table` has every reading of the run, `counts` is its summary. Return the path. OSError when the file
    cannot be written.
    """
    run = read_description(folder)
    cut = interruption(run, counts)
    parts = [
        "# Conformance with PyTorch" + (f": {for_markdown(cut)}" if cut else ""),
        f"Compared with torch {_torch(table, run)}. Each score is two numbers: passed of those that ran, "
        "and how many ran of all that apply. A case with arrays does not apply to an engine of numbers. What "
        "was asked for and is missing counts as not passed.",
        *_engines(run),
        "## Scores",
        _scores(counts),
        *_families(counts),
        *_failures(table),
        *_section("## Missing", _listed(table, MISSING)),
        *_section("## Expected failures", _listed(table, EXPECTED_FAILURES)),
    ]
    path = folder / "summary.md"
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return path


def _torch(table: pd.DataFrame, run: Mapping[str, Any]) -> str:
    found = table["torch_version"].iloc[0] if len(table) else run.get("versions", {}).get("torch")
    return str(found)


def _engines(run: Mapping[str, Any]) -> list[str]:
    """Return the section on untrusted engines: what was found, the walls, and the engines left out."""
    found = [engine for engine in run.get("engines", []) if engine.get("found")]
    again = run.get("asked_again", {})
    walls = {engine["wall"]: None for engine in found}
    lines = []
    for engine in found:
        behind = f"; {for_markdown(engine['wall'])}" if len(walls) > 1 else ""
        lines.append(
            f"- **{for_markdown(engine['name'])}**: {for_markdown(engine['found'])}{behind}"
        )
        said = again.get(engine["name"], {}).get("said", [])
        lines += [f"  - {for_markdown(note)}" for note in (*engine["notes"], *said)]
    lines += [
        f"- left out **{for_markdown(engine['spec'])}**: {for_markdown(engine['reason'])}"
        for engine in run.get("left_out", [])
    ]
    together = [f"Walls: {for_markdown(wall)}." for wall in walls] if len(walls) == 1 else []
    return ["## Engines", *together, "\n".join(lines)] if lines else []


def score(row: pd.Series) -> str:
    """Return `passed/ran` of a row of the summary, and the number of cases that apply if not all ran.

    When the run was interrupted before the first of these cases, the row was not reached.
    """
    if not row["applicable"]:
        return "—"
    counted = row["ran"] + row["missing"]
    if not counted:
        return f"0 of {row['applicable']}" if row["unsupported"] else "not reached"
    text = f"{row['passed']}/{counted}"
    text += f" of {row['applicable']}" if counted != row["applicable"] else ""
    return text + _remarks(row)


def _scores(counts: pd.DataFrame) -> str:
    """Return the table of scores, one row for each engine."""
    shown = []
    for engine in dict.fromkeys(counts["engine"]):
        rows = counts[counts["engine"] == engine].set_index("family")
        everything = rows.loc["all"]
        counts_at_all = everything["ran"] + everything["missing"]
        levels = {name: headline(rows.loc[name]) for name in TOTALS if counts_at_all}
        shown.append(
            {
                "engine": for_markdown(engine),
                **(levels or dict.fromkeys(TOTALS, "—")),
                "coverage": percent(everything["ran"], everything["applicable"]) if levels else "—",
                "errored": everything["errored"],
                "worst relative difference": _size(everything["worst_rel"]),
                "remarks": for_markdown(everything["reason"]),
            }
        )
    return str(pd.DataFrame(shown).to_markdown(index=False, disable_numparse=True))


def headline(row: pd.Series) -> str:
    """Return the score of a row that stands for many families; its two numbers are percentages too."""
    counted, applicable = row["ran"] + row["missing"], row["applicable"]
    if not counted:
        return score(row)
    text = f"{row['passed']}/{counted} {percent(row['passed'], counted)}"
    if counted != applicable:
        text += f", ran {percent(counted, applicable)} of {applicable}"
    return text + _remarks(row)


def percent(part: int, whole: int) -> str:
    """Return `part` of `whole` as a percentage. Only none is 0.0%, and only all is 100.0%."""
    share = part / whole
    return f"{share if part in (0, whole) else min(max(share, 0.001), 0.999):.1%}"


def _remarks(row: pd.Series) -> str:
    said = [f"{row[name]} {shown}" for name, shown in _REMARKED.items() if row[name]]
    return f" ({', '.join(said)})" if said else ""


def _size(difference: float) -> str:
    return "—" if difference != difference else f"{float(difference):.2g}"


def _families(counts: pd.DataFrame) -> list[str]:
    rows = counts[~counts["family"].isin(TOTALS)].copy()
    if rows.empty:
        return []
    rows["score"] = rows.apply(score, axis=1)
    rows["engine"] = rows["engine"].map(for_markdown)
    engines = list(dict.fromkeys(rows["engine"]))
    wide = rows.pivot(index="family", columns="engine", values="score")[engines].fillna("—")
    # A page is longer than wide: many engines become rows.
    wide = wide.T if len(engines) > _MOST_COLUMNS else wide
    return ["## By family", str(wide.to_markdown(disable_numparse=True))]


def _failures(table: pd.DataFrame) -> list[str]:
    parts = _listed(table, FAILURES)
    return ["## Failures: core first, then the shortest program", *(parts or ["None."])]


def _section(title: str, parts: list[str]) -> list[str]:
    return [title, *parts] if parts else []


def _listed(table: pd.DataFrame, verdicts: Collection[Verdict]) -> list[str]:
    parts = []
    for group in groups(table, verdicts):
        parts.append(f"### {for_markdown(group.engine)}: {group.family}")
        lines = [
            f"- `{case}` ({', '.join(filter(None, (verdict, reason)))}): {for_markdown(message)}"
            for case, verdict, reason, message in group.shown[_SAID].to_numpy(str)
        ]
        if group.more:
            lines.append(f"- ... and {group.more} more")
        parts.append("\n".join(lines))
    return parts
