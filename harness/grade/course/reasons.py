"""`reasons/KEY.txt`: one text for each submission, which its students may read.

- `reasons`: the text. `NOT_RUN`: the statuses in which no case was run.

Of a hidden item it says the points and the ops that are wrong alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...text import of_engine, words
from ..item_result import STATES, ItemResult, State
from ..rounding import exact, rounded
from ..rubric import Rubric
from .marks import Mark, Status

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
# No case was run, so that no item has a reason of its own.
NOT_RUN = frozenset(
    {Status.GRADER_ERROR, Status.UNUSABLE, Status.NOT_YET, Status.NOTHING, Status.ABSENT}
)


def reasons(marks: Sequence[Mark], rubric: Rubric) -> str:
    """Return the text about one submission. `marks` are those of its students, who share the result."""
    texts = dict.fromkeys("\n".join(_lines(mark, rubric)) for mark in marks)
    if len(texts) == 1:
        return f"{next(iter(texts))}\n"
    parts = (f"{words(_ids(mark))}\n" + "\n".join(_lines(mark, rubric)) + "\n" for mark in marks)
    return "\n".join(parts)


def _ids(mark: Mark) -> str:
    return ", ".join(f"{kind} {id}" for kind, id in mark.student.ids.items())


def _lines(mark: Mark, rubric: Rubric) -> Iterator[str]:
    yield words(rubric.title)
    yield f"submission: {mark.key}"
    result = mark.result
    if result is not None and result.found:
        yield f"graded: {of_engine(result.found)}"
    score = "none yet" if mark.score is None else rounded(mark.score, rubric.rounding)
    yield f"points: {score} of {exact(mark.most)}"
    if said := _SAID[mark.status]:
        yield said
    if mark.why and mark.status is not Status.GRADER_ERROR:
        yield f"Why: {words(mark.why)}"
    if result is not None and result.start_note:
        yield result.start_note
    for item in mark.items:
        yield ""
        yield from _of_item(item, mark)
    if result is not None and result.findings:
        yield ""
        yield "Mistakes:"
        for finding in result.findings:
            yield f"- {words(finding['sentence'], 2000)}"
    if mark.comments:
        yield ""
        yield from (
            f"{words(each.who) or 'A person'}: {words(each.reason)}" for each in mark.comments
        )


def _of_item(item: ItemResult, mark: Mark) -> Iterator[str]:
    points = "no points yet" if item.item in mark.blank else exact(item.points)
    bonus = ", a bonus" if item.bonus else ""
    said = item.state is State.BY_HAND or mark.status not in NOT_RUN
    state = f" ({STATES[item.state]})" if said and item.state in STATES else ""
    yield f"{words(item.item)}: {points} of {exact(item.most)}{bonus}{state}"
    given = mark.given_for(item.item)
    if given is not None:
        yield f"  given by {words(given.who) or 'a person'}: {words(given.reason)}"
        return
    if mark.status in NOT_RUN:
        return
    if item.asked:
        yield f"  {item.tally}"
    if item.hidden and item.state is not State.NOT_JUDGED:
        yield from (f"  - {words(op)}" for op in item.wrong)
    else:
        yield from (f"  - {words(reason)}" for reason in item.reasons)
