"""The mistakes that were named, as text for people.

- `mistakes`: their section in `summary.md`. `printed`: one finding for the terminal.
- `kind_in_words`: the kind of a mistake, as a table shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..text import for_markdown, several_lines
from .diagnosis_file import Diagnosis

# The kinds of `harness.diagnose.finding.Kind` whose code alone says too little.
_KINDS = {
    "input-for-output": "input in place of output",
    "output-for-input": "output in place of input",
    "wrong-operand": "operands exchanged",
    "forgotten-upstream": "upstream gradient forgotten",
    "assigned-not-added": "gradient assigned, not added",
    "cut-off": "gradient cut off",
    "higher-order": "gradients of gradients",
    "wrong-walk": "wrong order of the backward",
    "wrong-start": "wrong start of the backward",
    "not-reduced": "broadcast gradient not summed",
    "wrong-shape": "elements in a wrong place",
    "leaf-handling": "leaves treated wrongly",
    "lifecycle": "second backward, reset or update",
    "dtype": "wrong dtype or precision",
    "range": "beyond the range of floats",
    "convention": "another convention",
    "unknown": "unknown mistake",
}


def kind_in_words(kind: str) -> str:
    """Return the kind of a mistake in words. `kind` is that of a finding in `diagnosis.json`."""
    return _KINDS.get(kind) or kind.replace("-", " ")


def mistakes(diagnosis: Diagnosis, shown: Collection[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the engine, a title and the paragraphs of each mistake, as Markdown."""
    for engine, findings in diagnosis.items():
        for number, finding in enumerate(findings if engine in shown else (), 1):
            below = [for_markdown(finding["sentence"]), *_blocks(finding)]
            yield engine, f"mistake {number}", below


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
