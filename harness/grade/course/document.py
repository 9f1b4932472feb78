"""`grading.json`: the plan, the rubric, the versions, and the points of each student with their reasons.

- `document`: its content. `Grading`: all that is known for it.

Of the secret of the rubric it holds a fingerprint alone. It has no time of its own, so that the same grading
gives the same file, apart from `seconds`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...report.description_file import SCHEMA
from ...submission.download.plan import Plan, Student
from ...text import words
from ..item_result import ItemResult
from ..rubric import Rubric
from .basis import Basis
from .copies import Hint
from .marks import Mark
from .overrides import Override
from .page_names import page_names


@dataclass(frozen=True)
class Grading:
    """All that a grading has found, for its views."""

    plan: Plan
    rubric: Rubric
    basis: Basis
    marks: Sequence[Mark]
    hints: Sequence[Hint]


def document(grading: Grading) -> dict[str, Any]:
    """Return the content of `grading.json`."""
    plan, basis = grading.plan, grading.basis
    rubric = grading.rubric.model_dump(mode="json", by_alias=True, exclude={"secret"})
    return {
        "schema": SCHEMA,
        "rubric": rubric,
        "secret": basis.secret,
        "cases": basis.cases,
        "versions": {"gradconform": basis.gradconform, "torch": basis.torch},
        "plan": {
            "layout": words(plan.layout),
            "why": words(plan.why),
            "odd": list(map(words, plan.odd)),
            "absent": [_student(each) for each in plan.absent],
            "submissions": [
                {
                    "submission": one.key,
                    "students": [_student(each) for each in one.students],
                    "file": words(one.taken),
                    "why": words(one.why),
                    "odd": list(map(words, one.odd)),
                    "late": one.late,
                    "fingerprint": one.fingerprint,
                }
                for one in plan.hand_ins
            ],
        },
        "students": [
            {**_mark(mark), "feedback": page}
            for mark, page in zip(grading.marks, page_names(grading.marks), strict=True)
        ],
        "alike": [{"why": each.why, "submissions": list(each.keys)} for each in grading.hints],
    }


def _student(student: Student) -> dict[str, Any]:
    return {"ids": dict(student.ids), "name": words(student.name)}


def _mark(mark: Mark) -> dict[str, Any]:
    result = mark.result
    return {
        "submission": mark.key,
        **_student(mark.student),
        "status": mark.status,
        "score": None if mark.score is None else str(mark.score),
        "most": str(mark.most),
        "why": words(mark.why),
        "late": mark.late,
        "gone": mark.gone,
        "items": [_item(item, mark) for item in mark.items],
        "findings": [] if result is None else [dict(each) for each in result.findings],
        "differs": [] if result is None else list(result.differs),
        "found": "" if result is None else result.found,
        "notes": [] if result is None else list(result.notes),
        "sandbox": "" if result is None else result.wall,
        "seconds": None if result is None else result.seconds,
        "overrides": [_override(each) for each in mark.given],
        "comments": [_override(each) for each in mark.comments],
        "stale_overrides": [_override(each) for each in mark.stale],
    }


def _item(item: ItemResult, mark: Mark) -> dict[str, Any]:
    return {
        "item": item.item,
        "points": "" if item.item in mark.blank else str(item.points),
        "most": str(item.most),
        "state": item.state,
        "passed": item.passed,
        "asked": item.asked,
        "reasons": list(map(words, item.reasons)),
        "failing": list(item.failing),
        "wrong": list(item.wrong),
        "at_fault": item.at_fault,
    }


def _override(override: Override) -> Mapping[str, Any]:
    return override.model_dump(mode="json", exclude={"submission"})
