"""One submission is graded where a platform runs it: a whole result is there from the first moment on.

- `grade_one`: grades it, and hands the result in. `WithTorch`: a rubric for which torch is asked.

What is handed in first says that nothing was judged. It is replaced while the cases run, and at the end. So
the end of this process, at whatever moment, leaves a whole result.
"""

from __future__ import annotations

import secrets
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from ...catalogue.case import Case, short_path
from ...catalogue.reference import Reference
from ...errors import EngineError, GradconformError, UsageError
from ...isolation.options import Isolation
from ...isolation.parent.staging import held_folder
from ...submission.download.planning import plan_of_one
from ...text import described
from ..graded_cases import graded_cases
from ..rubric import Item, Rubric
from .hand_in import HandsIn
from .one_submission import FAILED, OneSubmission
from .platform import Outcome
from .time_limit import TimeLimit, time_for

# Seconds between two results that are handed in while cases run.
_PAUSE = 1.0
_FIRST = "The grading was ended from outside before anything was judged. Tell the course staff"
_TOO_SLOW = (
    "The time that this site gives was over before anything was judged. Tell the course staff"
)
# Stands for a rubric that cannot be read, in a result that says so.
_NO_RUBRIC = Rubric(
    title="gradconform", items=(Item(name="Not graded", points=Fraction(), cases=("*",)),)
)


class Source(Protocol):
    """A rubric, and where torch's answers come from."""

    @property
    def rubric(self) -> Rubric:
        """The rubric, with a secret."""

    def reference(self) -> Reference:
        """Return the reference. UsageError when there is none."""

    def graded_cases(self, reference: Reference) -> list[Case]:
        """Return the cases and twins. UsageError when they are not what the rubric asks for."""


@dataclass(frozen=True)
class WithTorch:
    """A rubric for which torch is asked on this machine. Twins without a secret are other ones each time."""

    rubric: Rubric

    @classmethod
    def of(cls, rubric: Rubric) -> WithTorch:
        """Return the source for a rubric with or without a secret."""
        secret = rubric.secret or secrets.token_urlsafe(24)
        return cls(rubric.model_copy(update={"secret": secret}))

    def reference(self) -> Reference:
        """Return torch in a process of its own. UsageError when it is not installed."""
        try:
            return Reference(apart=True)
        except EngineError:
            raise UsageError(
                "torch is not installed here; run `gradconform rubric freeze` where it is, and name the "
                "file with --frozen"
            ) from None

    def graded_cases(self, reference: Reference) -> list[Case]:
        """Return the cases and twins."""
        return graded_cases(self.rubric, reference)


def grade_one(
    hands_in: HandsIn, read: Callable[[], Source], how: Callable[[Rubric], Isolation]
) -> Outcome:
    """Grade the submission of a platform, hand the result in, and return it.

    `read` gives the rubric, and `how` the isolation for it. The time that the platform gives counts from now.

    UsageError when the grader failed, and the result that was handed in says so; and when no result can be
    written.
    """
    with TimeLimit(time_for(hands_in.located.seconds)) as limit:
        rubric = _NO_RUBRIC
        try:
            hands_in.write(_nothing(rubric, _FIRST))  # a rubric takes some time to read
            source = read()
            rubric = source.rubric
            hands_in.write(_nothing(rubric, _FIRST))
            outcome = _graded(hands_in, source, how(rubric), limit)
            hands_in.write(outcome)
        except KeyboardInterrupt:
            outcome = _nothing(rubric, _TOO_SLOW if limit.is_over else _FIRST)
            hands_in.write(outcome)
        except GradconformError as problem:
            hands_in.write(_nothing(rubric, FAILED))
            raise UsageError(str(problem)) from problem
        except Exception as problem:
            hands_in.write(_nothing(rubric, FAILED))
            raise UsageError(f"grader-error: {_where(problem)}{described(problem)}") from problem
    return outcome


def _where(problem: Exception) -> str:
    """Return the file and line in which a mistake of gradconform raised, for the report of it."""
    *_, last = traceback.extract_tb(problem.__traceback__)
    return f"{short_path(last.filename)}:{last.lineno}: "


def _graded(hands_in: HandsIn, source: Source, how: Isolation, limit: TimeLimit) -> Outcome:
    with held_folder() as folder, closing(source.reference()) as reference:
        cases = source.graded_cases(reference)
        wanted = source.rubric.wanted_class
        plan = plan_of_one(hands_in.located.submission, wanted, unpack_to=folder / "files")
        one = OneSubmission(source.rubric, cases, reference, plan)
        try:
            written, all_judged = time.monotonic(), False
            for _ in one.run(how):
                # Behind the last case the mistakes are named, which may take longer than there is time.
                last = not all_judged and one.judged == len(cases)
                if last or time.monotonic() - written > _PAUSE:
                    hands_in.write(one.outcome())
                    written, all_judged = time.monotonic(), all_judged or last
            limit.stop()
        except KeyboardInterrupt:
            limit.stop()
            one.cut(time_is_over=limit.is_over)
        if one.why_failed:
            raise UsageError(one.why_failed)
        outcome = one.outcome()
        if one.is_cut:
            return outcome
        hands_in.write(outcome)  # before the page, which takes its time
        return one.with_page(outcome)


def _nothing(rubric: Rubric, said: str) -> Outcome:
    return Outcome(rubric, None, (said,), gradable=False, complete=False, page="")
