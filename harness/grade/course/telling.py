"""Which of the mistakes that were named a student is told.

- `telling`: those that explain enough. `wrong_values`: the ops whose value is wrong.

A known mistake may fit some answers that another mistake gives, by chance.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ...diagnose.finding import Confidence, Finding, Kind
from ...judge.outcome import Verdict
from ...program import Program
from ..stages import words_of

# A finding is told when it explains at least this share of what those before it leave.
_LEAST = {Confidence.CONFIRMED: 0.1, Confidence.LIKELY: 0.25, Confidence.NONE: 1.0}
# Where the value is another function, so is its derivative, and the mistake is not in the backward.
_OF_DERIVATIVES = frozenset(
    {
        *(Kind.DERIVATIVE, Kind.SIGN, Kind.FACTOR, Kind.UPSTREAM, Kind.CUT_OFF),
        *(Kind.INPUT_FOR_OUTPUT, Kind.OUTPUT_FOR_INPUT),
    }
)


def telling(findings: Iterable[Finding], wrong: Collection[str] = ()) -> Iterator[Finding]:
    """Yield the findings to be told. `findings` are those of one submission, the best first.

    `wrong` are the ops whose value is wrong.
    """
    explained = 0
    for finding in findings:
        enough = _LEAST[finding.confidence] * (finding.failing - explained)
        beside = finding.op in wrong and finding.kind in _OF_DERIVATIVES
        if finding.explained >= enough and not beside:
            yield finding
        explained += finding.explained


def wrong_values(
    rows: Iterable[Mapping[str, Any]], programs: Mapping[str, Program]
) -> frozenset[str]:
    """Return the ops whose value is wrong in a program of no other op. `programs` are those of the cases."""
    values = {
        id: {
            label
            for label, read in zip(each.labels, each.reads, strict=True)
            if read.what == "value"
        }
        for id, each in programs.items()
        if len(words_of(each)) == 1
    }
    return frozenset().union(
        *(
            words_of(programs[row["case"]])
            for row in rows
            if row["verdict"] == Verdict.FAIL and row["reading"] in values.get(row["case"], ())
        )
    )
