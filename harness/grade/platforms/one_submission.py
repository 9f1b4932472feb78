"""One submission while it runs, and what can be said of it at each moment.

- `OneSubmission`: runs the cases, and gives the outcome so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ...catalogue.case import Case
from ...catalogue.reference import Reference
from ...isolation.options import Isolation
from ...report.rows import decoded
from ...run.report_folder import installed_version
from ...submission.download.plan import Plan
from ..course.basis import Basis
from ..course.marks import Mark, Marks, Status
from ..course.overrides import Overrides
from ..course.result import End, Result
from ..course.running import Ended, Running, run_submissions
from ..rubric import Rubric
from .platform import Outcome

FAILED = (
    "The grader failed, which is no fault of yours. Tell the course staff, who can grade it again"
)
_CUT = "The grading was ended from outside. Tell the course staff, who can grade it again"
_TIME = "The time that this site gives to a grading was over"


class OneSubmission:
    """The submission of a plan that has one. Iterating over `run` runs its cases.

    The outcome before the end says that the grading was ended from outside, because it is read only then.
    """

    def __init__(
        self, rubric: Rubric, cases: Sequence[Case], reference: Reference, plan: Plan
    ) -> None:
        self._rubric, self._cases, self._reference, self._plan = rubric, cases, reference, plan
        (self._hand_in,) = plan.hand_ins
        self._running: Running | None = None
        self._result: Result | None = None
        self._rows: Sequence[str] = ()
        self._why_cut = _CUT

    def run(self, how: Isolation) -> Iterator[None]:
        """Run the cases. KeyboardInterrupt when it is raised from outside: then call `cut` next."""
        if self._hand_in.path is None:
            return
        for running in run_submissions(
            self._plan,
            {self._hand_in.key},
            self._cases,
            self._reference,
            self._keep,
            how=how,
            wanted=self._rubric.wanted_class or "",
            jobs=1,
        ):
            self._running = running
            yield

    def cut(self, *, time_is_over: bool) -> None:
        """Take what was judged so far as the result."""
        self._why_cut = _TIME if time_is_over else _CUT
        if self._result is None and self._running is not None:
            self._running.finish_all()

    @property
    def judged(self) -> int:
        """The number of cases that were judged so far, twins among them."""
        return len(self._rows_so_far)

    @property
    def is_cut(self) -> bool:
        """True when not all cases were judged, although the engine could be used."""
        ran = self._result is None or self._result.end is End.RAN
        return self._hand_in.path is not None and ran and self.judged < len(self._cases)

    @property
    def why_failed(self) -> str:
        """Why the grader failed, for the staff; "" when it did not."""
        failed = self._result is not None and self._result.end is End.GRADER_ERROR
        return self._result.why if failed and self._result is not None else ""

    def outcome(self) -> Outcome:
        """Return what can be said now."""
        mark = self._mark()
        if mark.status is Status.GRADER_ERROR:
            return self._outcome(None, FAILED, gradable=False, complete=False)
        if mark.status in (Status.UNUSABLE, Status.NOTHING):
            why = f"No engine could be graded: {mark.why}"
            return self._outcome(mark, why, gradable=False, complete=True)
        if not self.is_cut:
            return self._outcome(mark, "", gradable=True, complete=True)
        judged, planned = self.judged, len(self._cases)
        so_far = f"{judged} of {planned} tests were judged, and the others earned no points"
        # A grading that was ended from outside is nobody's attempt.
        counts = self._why_cut is _TIME and judged > 0
        said = f"{self._why_cut}. {so_far}"
        return self._outcome(mark if judged else None, said, gradable=counts, complete=False)

    def with_page(self, outcome: Outcome) -> Outcome:
        """Return the outcome of the end with the student's page."""
        if outcome.mark is None:
            return outcome
        from ..course.pages.student import student_page  # it imports NumPy

        try:
            page = student_page([outcome.mark], self._rubric, self._decoded())
        except Exception:  # a mistake in gradconform; the points do not hang on it
            return outcome
        return replace(outcome, page=page)

    def _outcome(self, mark: Mark | None, said: str, *, gradable: bool, complete: bool) -> Outcome:
        told = (said,) if said else ()
        return Outcome(self._rubric, mark, told, gradable=gradable, complete=complete, page="")

    @property
    def _rows_so_far(self) -> Sequence[str]:
        if self._result is None and self._running is not None:
            return self._running.rows.get(0, ())
        return self._rows

    def _decoded(self) -> list[dict[str, Any]]:
        return [decoded(line.encode()) for text in self._rows_so_far for line in text.splitlines()]

    def _keep(self, key: str, ended: Ended, rows: Sequence[str]) -> None:
        self._result, self._rows = self._known(ended.end, **ended.known), rows

    def _known(self, end: End, **known: Any) -> Result:
        basis = {**_basis(self._reference).with_submission(self._hand_in.fingerprint)}
        return Result.of(self._hand_in, basis, end, **known)

    def _mark(self) -> Mark:
        results = {}
        if self._hand_in.path is not None:
            results[self._hand_in.key] = self._result or self._known(End.RAN)
        found = Marks(
            self._plan,
            lambda key: self._decoded(),
            results,
            self._rubric,
            _basis(self._reference),
            Overrides([]),
        )
        (mark,) = found
        return mark


def _basis(reference: Reference) -> Basis:
    """Return a basis without what only an earlier grading would be compared with."""
    return Basis("", "", "", reference.torch_version, installed_version("gradconform"), "")
