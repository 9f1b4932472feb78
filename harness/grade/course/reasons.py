"""`reasons/KEY.txt`: one text for each submission, which its students may read.

- `reasons`: the text. `NOT_RUN`: the statuses in which no case was run.
- `mistakes`: the sentences about mistakes. `told_of`: one of them.
- `hidden_points`: the sentence about hidden items.

Of a hidden item it says the ops that are wrong alone, as the page of the student does, until hidden items are
opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ...text import of_engine, shortened, words
from ..graded_cases import plan_of
from ..item_result import STATES, ItemResult, State
from ..rounding import rounded
from ..rounding import shown as in_hundredths
from ..rubric import Rubric
from .marks import Mark, Status
from .overrides import LONGEST_REASON, Override
from .scores import named

# "This is confirmed: it explains 5 of the 7 values and gradients that differ from torch."
_COUNTS = re.compile(r": it explains [^.]*\.")
LONGEST_SENTENCE = 2000  # characters of a sentence about a mistake

_SAID = {
    Status.GRADER_ERROR: "It is not graded yet, because the grader failed. This costs no points.",
    Status.UNUSABLE: "No engine could be used in what was handed in.",
    Status.WAITS: "A person has not given all points yet.",
    Status.OUT_OF_DATE: "These points are out of date.",
    Status.NOT_YET: "It is not graded yet.",
    Status.NOTHING: "What was handed in holds no code that can be graded.",
    Status.ABSENT: "Nothing was handed in.",
    Status.GRADED: "",
}
UNNAMED = (
    "What is wrong in the code was not looked for, because the time was over or the grader stopped."
)
# No case was run, so that no item has a reason of its own.
NOT_RUN = frozenset(
    {Status.GRADER_ERROR, Status.UNUSABLE, Status.NOT_YET, Status.NOTHING, Status.ABSENT}
)


def reasons(marks: Sequence[Mark], rubric: Rubric, *, open_hidden: bool = False) -> str:
    """Return the text about one submission. `marks` are those of its students, who share the result."""
    texts = ["\n".join(_lines(mark, rubric, open_hidden)) for mark in marks]
    if len(set(texts)) == 1:
        return f"{texts[0]}\n"
    parts = zip(marks, texts, strict=True)
    return "\n".join(f"{words(_ids(mark))}\n{text}\n" for mark, text in parts)


def hidden_points(hidden: Iterable[ItemResult]) -> str:
    """Return the sentence about the points of these items, which are not shown; "" when there are none."""
    points = sum((item.most for item in hidden), Fraction())
    if not points:
        return ""
    return (
        f"{in_hundredths(points)} hidden points are not in the total that is shown here: those of the items "
        'that are marked "hidden".'
    )


def mistakes(
    rubric: Rubric, findings: Sequence[Mapping[str, Any]], *, open_hidden: bool = False
) -> Iterator[str]:
    """Yield a sentence for each mistake; two words where cases of hidden items alone show it."""
    if not findings:
        return
    questions = [each for each in plan_of(rubric) if open_hidden or not each.item.hidden]
    open_cases = {graded.case.id for each in questions for graded in each.cases}
    for finding in findings:
        shown = not open_cases.isdisjoint(finding["cases"])
        told = told_of(finding, rubric, open_hidden=open_hidden) if shown else named(finding)
        yield of_engine(told, LONGEST_SENTENCE)


def told_of(finding: Mapping[str, Any], rubric: Rubric, *, open_hidden: bool) -> str:
    """Return the sentence of a mistake, without the numbers of readings when some are of hidden items."""
    sentence = str(finding["sentence"])
    hides = not open_hidden and any(item.hidden for item in rubric.items)
    return _COUNTS.sub(".", sentence) if hides else sentence


def _ids(mark: Mark) -> str:
    return ", ".join(f"{kind} {id}" for kind, id in mark.student.ids.items())


def _lines(mark: Mark, rubric: Rubric, open_hidden: bool) -> Iterator[str]:
    hides = frozenset(item.item for item in mark.items if item.hidden and not open_hidden)
    shown = mark.without_hidden() if hides else mark
    yield words(rubric.title)
    yield f"submission: {mark.key}"
    result = mark.result
    if result is not None and result.found:
        yield f"graded: {of_engine(result.found)}"
    score = "none yet" if shown.score is None else rounded(shown.score, rubric.rounding)
    yield f"points: {score} of {in_hundredths(shown.most)}"
    yield from filter(None, [hidden_points(i for i in mark.items if i.item in hides)])
    if said := _SAID[mark.status]:
        yield said
    if mark.why and mark.status is not Status.GRADER_ERROR:
        yield f"Why: {words(mark.why)}"
    if result is not None:
        yield from filter(None, [result.start_note])
        if result.undiagnosed and not (shown.score is not None and shown.score >= shown.most):
            yield UNNAMED
    for item in mark.items:
        yield ""
        yield from _of_item(item, mark) if item.item not in hides else _of_hidden(item)
    if result is not None and result.findings:
        yield ""
        yield "Mistakes:"
        told = mistakes(rubric, result.findings, open_hidden=open_hidden)
        yield from (f"- {sentence}" for sentence in told)
    comments = [each for each in mark.comments if each.item not in hides]
    if comments:
        yield ""
        yield from map(_said_by, comments)


def _said_by(override: Override) -> str:
    who = words(override.who) or "A person"
    return f"{who}: {shortened(override.reason, LONGEST_REASON)}"


def _of_hidden(item: ItemResult) -> Iterator[str]:
    yield f"{words(item.item)}: hidden"
    yield from (f"  - {words(op)}" for op in item.wrong)


def _of_item(item: ItemResult, mark: Mark) -> Iterator[str]:
    points = "no points yet" if item.item in mark.blank else in_hundredths(item.points)
    bonus = ", a bonus" if item.bonus else ""
    said = item.state is State.BY_HAND or mark.status not in NOT_RUN
    state = f" ({STATES[item.state]})" if said and item.state in STATES else ""
    yield f"{words(item.item)}: {points} of {in_hundredths(item.most)}{bonus}{state}"
    given = mark.given_for(item.item)
    if given is not None:
        reason = shortened(given.reason, LONGEST_REASON)
        yield f"  given by {words(given.who) or 'a person'}: {reason}"
        return
    if mark.status in NOT_RUN:
        return
    if item.asked:
        yield f"  {item.tally}"
    yield from (f"  - {words(reason)}" for reason in item.reasons)
