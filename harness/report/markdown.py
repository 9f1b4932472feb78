"""`summary.md`: the summary of a run for people.

- `write_markdown`: writes the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..text import for_markdown
from .absent import interruption
from .diagnosis_file import Diagnosis
from .failures import Failures
from .mistakes import mistakes
from .score import MOST_IN_MARKDOWN, TOTALS, Score, Shown, headline, percent, score_text
from .tally import Findings

_MOST_COLUMNS = 6


def write_markdown(
    folder: Path,
    run: Mapping[str, Any],
    found: Findings,
    scores: Sequence[Score],
    diagnosis: Diagnosis,
) -> Path:
    """Write `summary.md` into `folder`: the mistakes, the headline, the families, and the failures.

    `run` is the content of `run.json`, `scores` is the summary, and `diagnosis` has the findings by engine.
    Of a run with more engines than `MOST_IN_MARKDOWN` only those with the lowest scores are shown. Return the
    path. OSError when the file cannot be written or `results.jsonl` cannot be read.
    """
    cut = interruption(run, scores)
    shown = Shown(scores, MOST_IN_MARKDOWN)

    def listed(failures: Failures) -> list[str]:
        return _listed(failures, folder, shown.engines)

    parts = [
        "# Conformance with PyTorch" + (f": {for_markdown(cut)}" if cut else ""),
        f"Compared with torch {_torch(found, run)}. Each score is two numbers: passed of those that ran, "
        "and how many ran of all that apply. A case with arrays does not apply to an engine of numbers. What "
        "was asked for and is missing counts as not passed.",
        *filter(None, [shown.sentence]),
        *mistakes(diagnosis, shown.engines),
        *_engines(run, shown.engines),
        "## Scores",
        _scores(shown.rows),
        *_families(shown.rows),
        "## Failures: core first, then the shortest program",
        *(listed(found.failures) or ["None."]),
        *_section("## Missing", listed(found.missing)),
        *_section("## Expected failures", listed(found.expected_failures)),
    ]
    path = folder / "summary.md"
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return path


def _torch(found: Findings, run: Mapping[str, Any]) -> str:
    return str(found.torch_version or run.get("versions", {}).get("torch"))


def _engines(run: Mapping[str, Any], shown: Collection[str]) -> list[str]:
    """Return the section on untrusted engines: what was found, the walls, and the engines left out."""
    found = [engine for engine in run.get("engines", []) if engine.get("found")]
    again = run.get("asked_again", {})
    walls = {engine["wall"]: None for engine in found}
    lines = []
    for engine in found:
        if engine["name"] not in shown:
            continue
        behind = f"; {for_markdown(engine['wall'])}" if len(walls) > 1 else ""
        lines.append(
            f"- **{for_markdown(engine['name'])}**: {for_markdown(engine['found'])}{behind}"
        )
        said = again.get(engine["name"], {}).get("said", [])
        lines += [f"  - {for_markdown(note)}" for note in (*engine["notes"], *said)]
    lines += [
        f"- left out **{for_markdown(engine['spec'])}**: {for_markdown(engine['reason'])}"
        for engine in run.get("left_out", [])
        if engine["name"] in shown
    ]
    together = [f"Walls: {for_markdown(wall)}." for wall in walls] if len(walls) == 1 else []
    return ["## Engines", *together, "\n".join(lines)] if lines else []


def _scores(scores: Iterable[Score]) -> str:
    """Return the table of scores, one row for each engine."""
    engines: dict[str, dict[str, Score]] = {}
    for row in scores:
        if row.family in TOTALS:
            engines.setdefault(row.engine, {})[row.family] = row
    shown = []
    for engine, rows in engines.items():
        every = rows["all"]
        ran = every.counted > 0
        shown.append(
            [
                for_markdown(engine),
                *(headline(rows[name]) if ran else "—" for name in TOTALS),
                percent(every.ran, every.applicable) if ran else "—",
                str(every.errored),
                _size(every.worst_rel),
                for_markdown(every.reason),
            ]
        )
    titles = ["coverage", "errored", "worst relative difference", "remarks"]
    return _table(["engine", *TOTALS, *titles], shown)


def _size(difference: float) -> str:
    return "—" if difference != difference else f"{difference:.2g}"


def _families(scores: Iterable[Score]) -> list[str]:
    rows = [row for row in scores if row.family not in TOTALS]
    if not rows:
        return []
    engines = list(dict.fromkeys(for_markdown(row.engine) for row in rows))
    families = sorted({row.family for row in rows})
    cells = {(row.family, for_markdown(row.engine)): score_text(row) for row in rows}
    if len(engines) > _MOST_COLUMNS:
        # A page is longer than wide: many engines become rows.
        lines = [[one, *(cells.get((each, one), "—") for each in families)] for one in engines]
        return ["## By family", _table(["engine", *families], lines)]
    lines = [[each, *(cells.get((each, one), "—") for one in engines)] for each in families]
    return ["## By family", _table(["family", *engines], lines)]


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of Markdown whose columns stand below each other in a text editor, too."""
    columns = zip(*rows, strict=True)
    widths = [
        max(len(title) + 2, *map(len, cells)) for title, cells in zip(titles, columns, strict=True)
    ]
    ruler = [":" + "-" * (width + 1) for width in widths]
    lines = [
        " ".join(["|", *(f"{cell:<{width}} |" for cell, width in zip(row, widths, strict=True))])
        for row in (titles, *rows)
    ]
    return "\n".join([lines[0], f"|{'|'.join(ruler)}|", *lines[1:]])


def _section(title: str, parts: list[str]) -> list[str]:
    return [title, *parts] if parts else []


def _listed(failures: Failures, folder: Path, shown: Collection[str]) -> list[str]:
    parts = []
    for group in failures.groups(folder, shown):
        parts.append(f"### {for_markdown(group.engine)}: {group.family}")
        lines = [
            f"- `{row['case']}` ({', '.join(filter(None, (row['verdict'], row['reason'])))}): "
            f"{for_markdown(row['message'])}"
            for row in group.shown
        ]
        if group.more:
            lines.append(f"- ... and {group.more} more")
        parts.append("\n".join(lines))
    return parts
