"""A rubric with all that grading asks of torch, in one file, so that torch need not be there.

- `FrozenRubric`: what the file holds. `read_frozen`, `write_frozen`: the file.

The file is text: a line of JSON about the rest, then a line for each answer of torch, found by the digest of
program and inputs. The answers tell the expected numbers and the line above the secret, so that the file is
written for this user alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import ValidationError

from ...catalogue.case import Case
from ...catalogue.frozen_torch import FrozenTorch
from ...catalogue.reference import Reference
from ...catalogue.tolerance import Tolerance, Tolerances
from ...errors import NoReference, UsageError
from ...report.results_file import in_one_step, reading, writing
from ...report.shape import fault
from ...run.report_folder import installed_version
from ...text import words
from ..course.folder import private
from ..graded_cases import graded_cases
from ..rubric import Rubric

SCHEMA = "gradconform/frozen-rubric/1"
_FORM = {
    "schema": str,
    "gradconform": str,
    "torch": str,
    "tolerances": {str: {"rtol": float, "atol": float}},
    "rubric": {},
    "fingerprint": str,
    "cases": str,
    "answers": str,
}


@dataclass(frozen=True)
class FrozenRubric:
    """A rubric and torch's answers to all that grading asks, as `answer_json` writes them.

    `torch` is the version of torch. `cases` is a digest of the programs of all cases and twins. `shown` names
    the file for a person.
    """

    rubric: Rubric
    torch: str
    tolerances: Tolerances
    cases: str
    answers: Mapping[str, bytes]
    shown: str = ""

    def reference(self) -> Reference:
        """Return a reference that asks no torch."""
        torch = FrozenTorch(self.torch, self.answers, self.shown)
        return Reference(self.tolerances, frozen=torch)

    def graded_cases(self, reference: Reference) -> list[Case]:
        """Return the cases and the twins. UsageError when the catalogue has other ones now."""
        try:
            cases = graded_cases(self.rubric, reference)
        except (UsageError, NoReference):
            cases = []
        if digest_of(cases) != self.cases:
            raise UsageError(
                f"{self.shown} was frozen from another catalogue of cases; freeze the rubric anew"
            )
        return cases


def digest_of(cases: list[Case]) -> str:
    """Return a digest of the ids and programs of cases."""
    named = [(case.id, case.instance(0, "float64").digest) for case in cases]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def fingerprint(rubric: Rubric) -> str:
    """Return a digest of all that a rubric says."""
    return hashlib.sha256(json.dumps(_values(rubric), sort_keys=True).encode()).hexdigest()


def write_frozen(path: Path, frozen: FrozenRubric) -> None:
    """Write the file in one step, for this user alone. UsageError when it cannot be written."""
    answers = b"".join(b"%s %s\n" % (key.encode(), text) for key, text in frozen.answers.items())
    head = {
        "schema": SCHEMA,
        "gradconform": installed_version("gradconform"),
        "torch": frozen.torch,
        "tolerances": {
            dtype: {name: value for name, value in asdict(each).items() if name != "why"}
            for dtype, each in frozen.tolerances.items()
        },
        "rubric": _values(frozen.rubric),
        "fingerprint": fingerprint(frozen.rubric),
        "cases": frozen.cases,
        "answers": hashlib.sha256(answers).hexdigest(),
    }
    with private(), writing(path), in_one_step(path) as partial:
        partial.write_bytes(json.dumps(head).encode() + b"\n" + answers)


def read_frozen(path: Path) -> FrozenRubric:
    """Return the content of the file.

    UsageError when it cannot be read, is damaged, or was written by another gradconform.
    """
    shown = words(str(path))
    with reading(path):
        head, _, answers = path.read_bytes().partition(b"\n")
    try:
        values = json.loads(head)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or values.get("schema") != SCHEMA:
        raise UsageError(
            f"{shown} is no frozen rubric of this gradconform; make one with "
            "`gradconform rubric freeze RUBRIC -o FILE`"
        )
    here = installed_version("gradconform")
    if values.get("gradconform") != here:
        raise UsageError(
            f"{shown} was frozen by gradconform {words(str(values.get('gradconform')), 40)}, and this is "
            f"{here}; freeze the rubric anew"
        )
    try:
        rubric = None if fault(values, _FORM) else Rubric.model_validate(values["rubric"])
    except ValidationError:
        rubric = None
    whole = hashlib.sha256(answers).hexdigest() == values.get("answers")
    if rubric is None or not whole or fingerprint(rubric) != values["fingerprint"]:
        raise UsageError(f"{shown} is damaged; freeze the rubric anew")
    lines = (line.partition(b" ") for line in answers.splitlines())
    return FrozenRubric(
        rubric,
        values["torch"],
        {dtype: Tolerance(**bounds) for dtype, bounds in values["tolerances"].items()},
        values["cases"],
        {key.decode(): text for key, _, text in lines},
        shown,
    )


def _values(rubric: Rubric) -> dict[str, object]:
    return rubric.model_dump(mode="json", by_alias=True, exclude_defaults=True)
