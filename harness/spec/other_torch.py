"""What another torch answered, from the files of a run, beside what torch answers here.

- `Answers`: the rows of a run that tell what torch did. `compared`: holds them against the contents.
- `OtherTorch`: the differences, and the cases that cannot be compared.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..catalogue.reference import Reference
from ..errors import UsageError
from ..judge.compare import judge
from ..judge.outcome import Verdict
from ..judge.verdict import WRONG_CASE, bound
from ..program.arrays import Array, Opaque, decode_number, plain
from ..program.transcript import Reading
from ..report.rows import Row
from ..report.run_files import RunFiles
from ..text import words
from .contents import Contents
from .numbers import MOST, shown
from .promise import RAISES, Promise

# In a row with one of these verdicts `expected` is torch's answer.
_JUDGED = frozenset({Verdict.PASS, Verdict.PASS_ALT, Verdict.FAIL, Verdict.XFAIL, Verdict.XPASS})


@dataclass(frozen=True)
class Difference:
    """An answer that is not the same: `reading` is its label, "" where the whole case went another way."""

    promise: Promise
    reading: str
    there: str
    here: str


@dataclass(frozen=True)
class OtherTorch:
    """Another torch, and how its answers compare with those of the contents.

    `compared` counts cases. Of the others, `absent` are those to which the run has no answer of torch,
    `changed` those whose program or inputs were others, and `gone` conventions that only the run has.
    """

    version: str
    run: str
    compared: int
    differences: Sequence[Difference]
    absent: Sequence[str]
    changed: Sequence[str]
    gone: Sequence[str]
    remarks: Sequence[str]


@dataclass(frozen=True)
class Answers:
    """The rows of a run that tell what torch did there, by case. `gone`: conventions that are not known."""

    run: RunFiles
    version: str
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    gone: Sequence[str]

    @classmethod
    def of(cls, run: RunFiles, known: Collection[str], torch: str) -> Answers:
        """Read a run of another version than `torch`. Only rows of the cases whose ids are `known` are kept.

        The run may be of any engines: torch's answers are in the rows of all. UsageError when the file cannot
        be read, or has no answer of a torch, or those of this version or of several.
        """
        found: dict[str, list[dict[str, Any]]] = {}
        gone: dict[str, None] = {}
        versions: set[str] = set()
        for rows in run.cases():
            first = rows[0].values
            versions.add(first["torch_version"])
            if first["case"] in known:
                answers = [*_answered(rows)]
                if len(answers) > len(found.get(first["case"], ())):
                    found[first["case"]] = answers
            elif first["level"] == "torch":
                gone[first["case"]] = None
        return cls(run, _other_than(torch, versions - {""}, run.shown), found, [*gone])


def compared(there: Answers, contents: Contents, reference: Reference) -> OtherTorch:
    """Compare the answers of another torch with those of the contents.

    Two answers are the same when an engine that gives the one passes by the other, as always.
    """
    count, differences, changed, absent = 0, list[Difference](), list[str](), list[str]()
    for promise in contents.promises:
        rows = there.rows.get(promise.case.id, ())
        if not rows:
            absent.append(promise.case.id)
        elif rows[0]["digest"] != promise.instance.digest:
            changed.append(promise.case.id)
        else:
            count += 1
            differences += _differences(promise, rows, reference)
    remarks = [*there.run.remarks()]
    return OtherTorch(
        there.version, there.run.shown, count, differences, absent, changed, there.gone, remarks
    )


def _answered(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield the values of the rows that tell what torch did."""
    for row in rows:
        values = row.values
        contradicts = values["verdict"] == Verdict.HARNESS_ERROR
        if values["verdict"] in _JUDGED or (contradicts and WRONG_CASE in values["message"]):
            yield values


def _other_than(here: str, versions: set[str], run: str) -> str:
    if not versions:
        raise UsageError(
            f"--against: {run} names no version of torch, so that it tells nothing of another"
        )
    if len(versions) > 1:
        several = ", ".join(sorted(map(words, versions)))
        raise UsageError(f"--against: a run of one torch was expected; {run} has rows of {several}")
    (there,) = versions
    if there.partition("+")[0] == here.partition("+")[0]:
        raise UsageError(
            f"--against: {run} was made with torch {words(there)}, as this page is. A run of another torch "
            "was expected: make it with `gradconform run torch` where that torch is installed"
        )
    return there


def _differences(
    promise: Promise, rows: Sequence[Mapping[str, Any]], reference: Reference
) -> Iterator[Difference]:
    program, answers = promise.instance.program, promise.answers
    tolerance = bound(promise.instance, answers, reference.tolerances)
    here = dict(
        zip(program.labels, zip(program.reads, answers.readings, strict=False), strict=False)
    )
    for row in rows:
        if row["verdict"] == Verdict.HARNESS_ERROR:
            raised = promise.readings.get(RAISES, "")
            said = words(row["message"]).removeprefix(WRONG_CASE)
            ways = ("does not raise", f"{RAISES} {raised}") if raised else (said, "does not raise")
            yield Difference(promise, "", *ways)
        elif row["reading"] in here:
            read, want = here[row["reading"]]
            got = _answer(row["expected"])
            ours = _beginning(want, got)
            judged = judge(read.what, ours, got, tolerance)
            if judged.reason:
                yield Difference(promise, row["reading"], *_told(got, ours, judged.index))


def _answer(told: Any) -> Reading:
    """Return an answer as a row has it; of a long array only the first numbers are there.

    A file may be made by hand: numbers that do not fill their shape, or that no float holds, are no array.
    """
    if not isinstance(told, dict):
        return None
    if "opaque" in told:
        return Opaque(told["opaque"], told["text"])
    shape, count = tuple(told["shape"]), len(told["data"])
    holds = math.prod(shape)
    if count != holds and not MOST < count < holds:
        return Opaque("array", f"{count} numbers in shape {shape}")
    try:
        data = tuple(plain(decode_number(each)) for each in told["data"])
    except OverflowError:
        return Opaque("array", "a number beyond the range of floats")
    return Array(words(told["dtype"]), shape, data)


def _beginning(want: Reading, got: Reading) -> Reading:
    """Return of torch's answer here as many numbers as the row has of the other one."""
    if isinstance(want, Array) and isinstance(got, Array) and want.shape == got.shape:
        return replace(want, data=want.data[: got.size])
    return want


def _told(there: Reading, here: Reading, worst: int) -> tuple[str, str]:
    """Return both answers as texts; only the element that differs most where the texts would be the same."""
    texts = shown(there), shown(here)
    if texts[0] != texts[1] or not isinstance(there, Array) or not isinstance(here, Array):
        return texts
    return f"element {worst}: {there.data[worst]!r}", f"element {worst}: {here.data[worst]!r}"
