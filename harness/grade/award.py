"""The points of one submission: a pure function of its rows in `results.jsonl`.

- `award`: from a rubric and rows to an `Award`.

No number is judged here. A case counts as passed when it passes and its twin passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..diagnose.finding import Confidence
from .answers import Answers
from .faults import Faults
from .graded_cases import plan_of
from .item_result import ItemResult, State, most_of
from .reasons import Judged, first_lost, reasons_for
from .rubric import Item, Rubric
from .stages import BACKWARD, Stage


@dataclass(frozen=True)
class Award:
    """The items of a rubric for one submission, in the order of the rubric."""

    items: tuple[ItemResult, ...]

    @property
    def score(self) -> Fraction:
        """The points of all items."""
        return sum((item.points for item in self.items), Fraction())

    @property
    def most(self) -> Fraction:
        """The points of all items that are no bonus."""
        return most_of(self.items)

    @property
    def lost_some(self) -> bool:
        """True when points were lost that are counted from cases, and are no bonus."""
        counted = (i for i in self.items if not i.bonus and i.state is not State.BY_HAND)
        return any(item.points < item.most for item in counted)


def award(
    rubric: Rubric,
    rows: Iterable[Mapping[str, Any]],
    findings: Sequence[Mapping[str, Any]] = (),
) -> Award:
    """Return the points of one engine.

    `rows` are its rows of `results.jsonl` as dictionaries, those of twins among them; the rows of other cases
    do not count. A case without a row was not asked, and has not passed. `findings` are its mistakes as
    `Finding.to_json` gives them, as far as they are known. Raises as `plan_of` does.
    """
    answers = Answers(rows, twins=bool(rubric.secret))
    faults, questions = Faults(_wrong_by_themselves(findings)), plan_of(rubric)
    faults.look_at_the_walk(questions, answers)
    judged: dict[str, list[Judged]] = {item.name: [] for item in rubric.items}
    # At each stage the faults of all earlier stages are known. Within one, the order of the rubric decides.
    for stage in Stage:
        here = [question for question in questions if question.stage is stage]
        for question in here:
            result = faults.judge(question, answers)
            judged[question.item.name].append(result)
            faults.note(question, result)
    because = {
        case: each["op"] or BACKWARD for each in _confirmed(findings) for case in each["cases"]
    }
    return Award(tuple(_result(item, judged[item.name], because) for item in rubric.items))


def _wrong_by_themselves(findings: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the ops of which a known mistake is confirmed."""
    sure = _confirmed(findings)
    return frozenset(each["op"] for each in sure if each["op"] and each["mistake"])


def _confirmed(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [each for each in findings if each["confidence"] == Confidence.CONFIRMED]


def _result(item: Item, judged: Sequence[Judged], because: Mapping[str, str]) -> ItemResult:
    if item.hand:
        return ItemResult(
            item.name,
            Fraction(),
            item.points,
            State.BY_HAND,
            hidden=item.hidden,
            bonus=item.bonus,
        )
    asked = [one for one in judged if one.counts]
    passed = sum(one.passed and _is_believed(one, asked) for one in asked)
    share = Fraction(passed, len(asked)) if asked else Fraction()
    if item.credit == "all-or-nothing" and passed < len(asked):
        share = Fraction()
    lost = first_lost(judged, because)
    return ItemResult(
        item.name,
        item.points * share,
        item.points,
        State.JUDGED if asked else State.NOT_JUDGED,
        passed=passed,
        asked=len(asked),
        reasons=reasons_for(judged, because) if share < 1 else (),
        failing=tuple(one.graded.case.id for one in lost),
        wrong=tuple(sorted({op for one in lost for op in one.graded.suspects})),
        at_fault="" if asked else judged[0].at_fault,
        hidden=item.hidden,
        bonus=item.bonus,
    )


def _is_believed(one: Judged, asked: Sequence[Judged]) -> bool:
    """False for a case whose twin has the same answers, unless another case of its op passed, too."""
    return one.tells or any(
        other.passed and other.tells and other.graded.tested == one.graded.tested for other in asked
    )
