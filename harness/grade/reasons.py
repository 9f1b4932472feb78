"""Why points were lost, as sentences.

- `Judged`: what one question of an item came to. `reasons_for`: the sentences of an item. `first_lost`: the
  cases that they are about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..text import words
from .answers import Answer
from .graded_cases import Graded
from .program_line import program_line
from .stages import Stage

_MOST = 12  # sentences of one item
_LONGEST = 300


@dataclass(frozen=True)
class Judged:
    """The case that decided a question, how it ended, and the item at fault when no case could decide.

    `tells` is False when its twin has the same answers, so that they may have been typed in.
    """

    graded: Graded
    answer: Answer
    message: str = ""
    at_fault: str = ""
    tells: bool = True

    @property
    def counts(self) -> bool:
        """False when no case of the question could be judged."""
        return not self.at_fault

    @property
    def passed(self) -> bool:
        """True when the case and its twin passed."""
        return self.answer is Answer.PASSED


def reasons_for(judged: Sequence[Judged], because: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence for each op that lost points, or one about the item at fault.

    `because` has, by the id of a case, the op whose known mistake explains that it fails, or the backward.
    """
    found = list(_sentences(judged, because))
    more = len(found) - _MOST
    return (*found[:_MOST], *([f"and {more} more ops"] if more > 0 else []))


def first_lost(judged: Sequence[Judged], because: Mapping[str, str]) -> list[Judged]:
    """Return for each op that lost points what its first sentence is about."""
    return [group.cases[0] for group in _groups(judged, because)]


@dataclass
class _Group:
    """The lost cases of an op, and the ops that are wrong because of it: an engine may compute them by it."""

    cases: list[Judged]
    followers: list[str]


def _groups(judged: Sequence[Judged], because: Mapping[str, str]) -> list[_Group]:
    by_op: dict[str, list[Judged]] = {}
    there = _there(judged)
    for one in judged:
        if one.counts and one.answer not in (Answer.PASSED, Answer.NOT_ASKED):
            by_op.setdefault(_sentence(one, there).partition(":")[0], []).append(one)
    # Numbers that differ say more than that other numbers fail.
    found = {
        op: _Group(sorted(of, key=lambda one: one.answer is Answer.TWIN_FAILED), [])
        for op, of in by_op.items()
    }
    for op, of in by_op.items():
        causes = Counter(because.get(one.graded.case.id, op) for one in of)
        ((cause, _),) = causes.most_common(1)
        if cause != op and cause in found and not found[op].followers:
            found[cause].followers.append(op)
            del found[op]
    return list(found.values())


def _there(judged: Sequence[Judged]) -> set[frozenset[str]]:
    """The ops, case by case, of which some form is there."""
    return {one.graded.tested for one in judged if one.counts and one.answer is not Answer.LACKING}


def _sentences(judged: Sequence[Judged], because: Mapping[str, str]) -> Iterator[str]:
    there = _there(judged)
    for group in _groups(judged, because):
        first, *others = group.cases
        said = _sentence(first, there)
        further = []
        if first.answer is not Answer.LACKING and others:
            fail = "fails" if len(others) == 1 else "fail"
            further.append(f"{len(others)} more of its cases {fail}")
        if group.followers:
            further.append(f"and because of it {', '.join(group.followers)}")
        if further:
            joined = f"{said} " if said.endswith("?") else f"{said.removesuffix('.')}; "
            said = joined + ", ".join(further)
        yield said
    if cut := sum(one.answer is Answer.NOT_ASKED for one in judged):
        yield f"the grading ended before {cut} of {len(judged)} cases ran"
    if not any(one.counts for one in judged):
        for item in dict.fromkeys(one.at_fault for one in judged):
            yield f"not judged, because each of its cases needs what item {words(item)!r} has lost"


def _sentence(one: Judged, there: Collection[frozenset[str]]) -> str:
    """Return why a case was lost. `there` are the ops, case by case, of which some form is there."""
    case = one.graded.case
    ops = ", ".join(sorted(one.graded.tested))
    what = ", ".join(sorted(one.graded.suspects)) or case.title
    op = f"one of {ops}" if len(one.graded.tested) > 1 else ops
    program = program_line(case)
    shown = f"{case.id} ({program})" if program else case.id
    match one.answer:
        case Answer.LACKING if one.graded.stage is Stage.LIFE or not ops:
            return words(f"{case.id} cannot run: {one.message}", _LONGEST)
        case Answer.LACKING if one.graded.tested in there:
            return f"{op} is missing in this form: {shown}"
        case Answer.LACKING:
            return f"{op} is missing"
        case Answer.TWIN_FAILED:
            return (
                f"{what}: {shown} passes, and the same program fails with other numbers of the same kind. "
                "Is a result typed in, rounded or cut off?"
            )
        case _:
            return f"{what}: {shown}: {words(one.message or 'no answer came', _LONGEST)}"
