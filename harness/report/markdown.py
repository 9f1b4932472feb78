"""`summary.md`: the summary of a run for people.

- `write_markdown`: writes the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from ..text import for_markdown
from .absent import interruption
from .diagnosis_file import Diagnosis
from .failures import Failures
from .markdown_tables import code, families, remarks, scores_table, shared_mistakes
from .mistakes import mistakes
from .score import MOST_IN_MARKDOWN, Score, Shown, by_engine
from .tally import Findings

# Of more engines than this, what is said of each is folded.
_FEW = 6
_MOST_TITLES = 5


def write_markdown(
    folder: Path,
    run: Mapping[str, Any],
    found: Findings,
    scores: Sequence[Score],
    diagnosis: Diagnosis,
) -> Path:
    """Write `summary.md` into `folder`: the scores, the mistakes, the families, and the failures.

    `run` is the content of `run.json`, `scores` is the summary, and `diagnosis` has the findings by engine.
    Of a run with more engines than `MOST_IN_MARKDOWN` only those with the lowest scores are shown. Return the
    path. OSError when the file cannot be written, UsageError when `results.jsonl` cannot be read.
    """
    cut = interruption(run, scores)
    shown = Shown(scores, MOST_IN_MARKDOWN)
    engines = by_engine(shown.rows)
    folded = len(engines) > _FEW

    def listed(failures: Failures) -> list[str]:
        parts = _failures(failures, folder, shown.engines)
        return list(_folded(parts) if folded else _in_a_row(parts))

    named = mistakes(diagnosis, shown.engines)
    explained = _folded(named) if folded else _in_a_row(named)
    parts = [
        "# Conformance with PyTorch" + (f": {for_markdown(cut)}" if cut else ""),
        f"Compared with torch {_torch(found, run)}. Each score is two numbers: passed of those that ran, "
        "and how much ran of all that applies. A case with arrays does not apply to an engine of numbers. "
        "What was asked for and is missing counts as not passed.",
        *filter(None, [shown.sentence]),
        *_remarks(run),
        "## Scores",
        scores_table(engines, diagnosis),
        *remarks(engines),
        *_section("## Mistakes", [*shared_mistakes(diagnosis, shown.engines), *explained]),
        *families(engines),
        "## Failures: core first, then the shortest program",
        *(listed(found.failures) or ["None."]),
        *_section("## Missing", listed(found.missing)),
        *_section("## Expected failures", listed(found.expected_failures)),
        *_engines(run, shown.engines),
    ]
    path = folder / "summary.md"
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return path


def _remarks(run: Mapping[str, Any]) -> list[str]:
    lines = [f"- {for_markdown(remark)}" for remark in run.get("remarks", [])]
    return ["\n".join(lines)] if lines else []


def _torch(found: Findings, run: Mapping[str, Any]) -> str:
    return for_markdown(found.torch_version or run.get("versions", {}).get("torch"))


def _engines(run: Mapping[str, Any], shown: Collection[str]) -> list[str]:
    """Return the section on untrusted engines: what was found, the walls, and the engines left out."""
    found = [engine for engine in run.get("engines", []) if engine.get("found")]
    again = run.get("asked_again", {})
    walls = dict.fromkeys(engine["wall"] for engine in found if engine.get("wall"))
    lines = []
    for engine in found:
        if engine["name"] not in shown:
            continue
        behind = f"; {for_markdown(engine.get('wall', 'not known'))}" if len(walls) > 1 else ""
        lines.append(
            f"- **{for_markdown(engine['name'])}**: {for_markdown(engine['found'])}{behind}"
        )
        said = again.get(engine["name"], {}).get("said", [])
        lines += [f"  - {for_markdown(note)}" for note in (*engine.get("notes", ()), *said)]
    lines += [
        f"- left out **{for_markdown(engine['spec'])}**: {for_markdown(engine['reason'])}"
        for engine in run.get("left_out", [])
        if engine["name"] in shown
    ]
    together = [f"Sandbox: {for_markdown(wall)}." for wall in walls] if len(walls) == 1 else []
    return ["## Engines", *together, "\n".join(lines)] if lines else []


def _section(title: str, parts: list[str]) -> list[str]:
    return [title, *parts] if parts else []


def _in_a_row(parts: Iterable[tuple[str, str, list[str]]]) -> Iterator[str]:
    """Yield the parts of each engine under their headings."""
    for engine, title, below in parts:
        yield f"### {for_markdown(engine)}: {title}"
        yield from below


def _folded(parts: Iterable[tuple[str, str, list[str]]]) -> Iterator[str]:
    """Yield the parts of each engine below its name; a click on it opens them where Markdown is shown."""
    for engine, group in groupby(parts, key=lambda part: part[0]):
        found = list(group)
        titles = ", ".join(title for _, title, _ in found[:_MOST_TITLES])
        more = ", ..." if len(found) > _MOST_TITLES else ""
        yield f"<details><summary><b>{for_markdown(engine)}</b>: {titles}{more}</summary>"
        for _, title, below in found:
            yield f"#### {title}"
            yield from below
        yield "</details>"


def _failures(
    failures: Failures, folder: Path, shown: Collection[str]
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the engine, the family and the list of its failures, for each group that is shown."""
    for group in failures.groups(folder, shown):
        lines = [
            f"- {code(row['case'])} ({', '.join(filter(None, (row['verdict'], row['reason'])))}): "
            f"{for_markdown(row['message'])}"
            for row in group.shown
        ]
        if group.more:
            lines.append(f"- ... and {group.more} more")
        yield group.engine, for_markdown(group.family), ["\n".join(lines)]
