"""The result of one submission: how it ended, and what the rows of its cases do not say.

- `Result`: kept in a file of its own, with the rows behind it. `End`: how it ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ...report.shape import fault
from ...submission.download.plan import HandIn, Student
from ..starts import NOTE


class End(StrEnum):
    """How the run of a submission ended. The comment behind each says it."""

    RAN = "ran"  # its cases ran, whatever they gave
    UNUSABLE = "unusable"  # no engine was found in it, or it cannot be loaded
    GRADER_ERROR = (
        "grader-error"  # gradconform or this machine failed, which costs the student nothing
    )


_FORM = {
    "key": str,
    "students": [{"name": str, "ids": {str: str}}],
    "basis": {str: str},
    "end": str,
    "why": str,
    "file": str,
    "late": bool,
    "found": str,
    "notes": [str],
    "wall": str,
    "seconds": float,
    "differs": [str],
    "findings": [
        {
            "op": (str, type(None)),
            "kind": str,
            "mistake": str,
            "operand": str,
            "confidence": str,
            "sentence": str,
            "cases": [str],
        },
    ],
    "undiagnosed": bool,
    "wrong": str,
    "printed": str,
    "spelling": (dict, type(None)),
}


@dataclass(frozen=True)
class Result:
    """What one submission gave.

    `basis` is what the result rests on (see `harness.grade.course.basis`); another basis asks for another
    run. `why` is the sentence behind an end that is not RAN. `found` and `notes` are what the engine is and
    what was noticed, `wall` the sandbox. `differs` has sentences where the engine does not always give the
    same answer, and `findings` the mistakes as `harness.diagnose.finding.Finding.to_json` gives them. With
    `undiagnosed` the mistakes could not be named. `wrong` is a digest of the wrong numbers that no known
    mistake explains, "" for none. `spelling` says how a person writes a program for the engine, as
    `harness.engine.spelling.Spelling.to_json` gives it.
    """

    key: str
    students: tuple[Student, ...]
    basis: Mapping[str, str]
    end: End
    why: str = ""
    file: str = ""
    late: bool = False
    found: str = ""
    notes: tuple[str, ...] = ()
    wall: str = ""
    seconds: float = 0.0
    differs: tuple[str, ...] = ()
    findings: Sequence[Mapping[str, Any]] = field(default=())
    undiagnosed: bool = False
    wrong: str = ""
    printed: str = ""
    spelling: Mapping[str, Any] | None = None

    @property
    def start_note(self) -> str:
        """The sentence that says that backwards were started by hand, or ""."""
        return NOTE if NOTE in self.notes else ""

    def hand_in(self) -> HandIn:
        """Return what was handed in, of which only this result is left."""
        fingerprint = self.basis.get("submission", "")
        return HandIn(
            self.key, self.students, None, self.file, late=self.late, fingerprint=fingerprint
        )

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        students = [{"name": each.name, "ids": dict(each.ids)} for each in self.students]
        known = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return known | {"students": students}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Result:
        """Return the result that JSON values hold.

        Raises KeyError, TypeError, ValueError or AttributeError for values of another form.
        """
        if wrong := fault(values, _FORM):
            raise ValueError(wrong)
        students = tuple(Student(each["ids"], each["name"]) for each in values["students"])
        texts = {name: tuple(values[name]) for name in ("notes", "differs", "findings")}
        known = dict(values) | texts | {"students": students, "end": End(values["end"])}
        return cls(**known)

    @classmethod
    def of(cls, hand_in: HandIn, basis: Mapping[str, str], end: End, **known: Any) -> Result:
        """Return the result of a submission of the plan."""
        file, late = hand_in.taken, hand_in.late
        return cls(hand_in.key, hand_in.students, basis, end, file=file, late=late, **known)
