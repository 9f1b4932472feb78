"""The mistakes that were named, as text for people.

- `mistakes`: the section at the top of `summary.md`. `printed`: one finding for the terminal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..text import for_markdown, several_lines
from .diagnosis_file import Diagnosis


def mistakes(diagnosis: Diagnosis, shown: Collection[str]) -> list[str]:
    """Return the parts of the section; none when no mistake was named."""
    parts = [
        part
        for engine, findings in diagnosis.items()
        if engine in shown
        for number, finding in enumerate(findings, 1)
        for part in _one(engine, number, finding)
    ]
    return ["## Mistakes", *parts] if parts else []


def _one(engine: str, number: int, finding: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {for_markdown(engine)}: mistake {number}"
    yield for_markdown(finding["sentence"])
    yield from _blocks(finding)


def printed(finding: Mapping[str, Any]) -> Iterator[str]:
    """Yield the parts of a finding: the paragraph, what was measured, and the program, also in torch."""
    yield finding["sentence"]
    for block in _blocks(finding):
        yield f"\n{block}"
    yield ""


def _blocks(finding: Mapping[str, Any]) -> Iterator[str]:
    # Indented, which is code in Markdown; unlike a fence, no text can end it.
    for text in (finding["measured"], finding["program"], finding["in_torch"]):
        if text:
            yield "\n".join(f"    {line}".rstrip() for line in several_lines(text).splitlines())
