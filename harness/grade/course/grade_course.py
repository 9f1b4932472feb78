"""`grade_course`: a download in, a folder with points and reasons out.

- `Graded`: what came of it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from ...catalogue.reference import Reference
from ...errors import UsageError
from ...isolation.parent.staging import held_folder
from ...report.busy import busy
from ...report.description_file import write_json
from ...run.alone import alone_in
from ...run.earlier_answers import earlier_answers
from ...run.report_folder import installed_version
from ...submission.download.plan import HandIn, Plan
from ...submission.download.planning import plan_of
from ...text import words
from ..graded_cases import graded_cases
from ..rubric import Rubric
from .agenda import Agenda
from .anonymous import anonymized, anonymous_lines, check_anonymous, with_tokens
from .basis import Basis, options_of
from .copies import Hint, alike_mistakes, alike_sources
from .document import Grading, document
from .folder import CLASS, GradingFolder, private, write_whole
from .grading_file import GRADING
from .key_file import Key
from .marks import Mark, Marks
from .overrides import Overrides, append_override, given_now, read_overrides
from .pages.feedback import pages
from .pages.staff import class_page
from .people import People
from .plan_text import plan_lines
from .reasons import reasons
from .request import Request
from .result import Result
from .running import SEED, Ended, name_of, run_submissions
from .scores import write_scores

_WAIT = "wait until it has ended, and say the same command again"


@dataclass(frozen=True)
class Graded:
    """What came of a grading.

    With `interrupted` some submissions are not graded yet. `before` has the marks of the student who was
    asked for alone, or who got points by hand, as they were.
    """

    grading: Grading
    interrupted: bool
    before: Sequence[Mark] = ()


def grade_course(
    request: Request, *, say: Callable[[str], None], dry_run: bool = False
) -> Graded | None:
    """Grade a course. `say` gets the lines of the plan before it runs; with `dry_run` it is not run.

    An assignment whose rubric has no secret gets one, which the folder keeps. Results are on disk as soon as
    they are whole. After Ctrl-C the folder has those that were finished. Returns None for a dry run.

    Raises UsageError for a wrong option, sheet or file of overrides, for a folder that cannot be written to,
    in which another command writes, which has files of others, or which lies in the download; and as
    `plan_of` and `graded_cases` do.
    """
    _check_paths(request)
    folder = GradingFolder(request.out)
    folder.check()
    results = folder.results()
    check_anonymous(request.out, results.values(), request.anonymous)
    key = Key(request.out) if request.anonymous else None
    own_secret = bool(request.rubric.secret)
    request = request if own_secret else _with_secret(request)
    with held_folder() as staged:
        with busy("reading the download"):
            wanted = request.rubric.wanted_class
            plan = plan_of(request.submissions, request.sheet, wanted, unpack_to=staged / "files")
        if key:
            plan, request = anonymized(plan, key), with_tokens(request, key)
        names = [name_of(plan, one, wanted or "") for one in plan.hand_ins if one.path]
        cache = earlier_answers(names, request.how)
        with closing(Reference(apart=True, cache=cache)) as reference:
            course = _Course(request, plan, folder, results, reference)
            said = anonymous_lines(request.out, key, dry_run) if key else ()
            for line in (*plan_lines(plan, course.agenda), *said):
                say(line)
            if dry_run:
                return None
            folder.make()
            with alone_in(request.out, other="grading", instead=_WAIT):
                folder.clean()
                if not own_secret:
                    _keep_secret(folder, request.rubric.secret)
                if key:
                    key.keep()
                return course.graded(say)


def _with_secret(request: Request) -> Request:
    """Return the request with the secret that its folder keeps, or with a new one."""
    secret = GradingFolder(request.out).secret() or secrets.token_urlsafe(24)
    return replace(request, rubric=request.rubric.model_copy(update={"secret": secret}))


def _keep_secret(folder: GradingFolder, secret: str) -> None:
    """Keep the secret that was drawn. UsageError when another command has kept another one since."""
    if folder.secret() not in ("", secret):
        raise UsageError(
            f"another grading began in {words(str(folder.path))} at the same moment, with other numbers; "
            "say the same command again"
        )
    folder.keep_secret(secret)


def _check_paths(request: Request) -> None:
    out, download = request.out.resolve(), request.submissions.resolve()
    if out.is_relative_to(download):
        raise UsageError(
            f"--out: {words(str(request.out))} lies in {words(str(request.submissions))}, where it would be "
            "taken for a submission; name a folder beside it"
        )
    missing = next((path for path in request.starter if not path.exists()), None)
    if missing is not None:
        raise UsageError(
            f"starter: there is no {words(str(missing))}; name a file, relative to the rubric"
        )


class _Course:
    """What is known of a course before its submissions run."""

    def __init__(
        self,
        request: Request,
        plan: Plan,
        folder: GradingFolder,
        results: dict[str, Result],
        reference: Reference,
    ) -> None:
        self._request, self._plan, self._reference = request, plan, reference
        self.folder, self._results = folder, results
        with busy("reading the cases"):
            self._cases = graded_cases(request.rubric, reference)
            self._basis = _basis(request, self._cases, reference)
        self._people = People([*plan.hand_ins, *self._gone()], plan.absent)
        self._only = self._key_of(request.only) if request.only else ""
        self.agenda = Agenda.of(plan, self._results, self._basis, self._only)

    def graded(self, say: Callable[[str], None]) -> Graded:
        """Run what is on the agenda, and write all files. `say` gets a line for each override of nobody."""
        before = list(self._before())
        overrides = self._overrides()
        for line in overrides.of_nobody(self._people):
            say(line)
        interrupted = False
        try:
            self._run()
        except KeyboardInterrupt:
            interrupted = True
        with busy("counting the points"):
            marks = list(self._marks(overrides))
        with busy("comparing the sources"):
            hints = self._hints()
        grading = Grading(self._plan, self._request.rubric, self._basis, marks, hints)
        with busy("writing the reasons"):
            self._write(grading)
        return Graded(grading, interrupted, before)

    def _gone(self) -> list[HandIn]:
        there = {one.key for one in self._plan.hand_ins}
        return [each.hand_in() for key, each in self._results.items() if key not in there]

    def _key_of(self, student: str) -> str:
        hand_in = self._people.hand_in(student)
        if hand_in is None or hand_in.path is None:
            raise UsageError(f"--only: {words(student)} handed in nothing that can be graded")
        return hand_in.key

    def _before(self) -> Iterator[Mark]:
        """Yield the marks, as they were, of a student whose points may change by what was asked for."""
        key = self._only
        if self._request.override and (hand_in := self._people.hand_in(self._request.override[0])):
            key = hand_in.key
        if key:
            earlier = Overrides(read_overrides(self.folder.path))
            yield from (mark for mark in self._marks(earlier) if mark.key == key)

    def _overrides(self) -> Overrides:
        """Return the overrides, with the one that was given now, which is written down first."""
        items = {item.name: item.points for item in self._request.rubric.items}
        found = read_overrides(self.folder.path)
        if self._request.override:
            student, item, points, reason = self._request.override
            hand_in = self._people.hand_in(student)
            fingerprint = hand_in.fingerprint if hand_in else ""
            new = given_now(student, item, points, reason, fingerprint)
            Overrides([new]).check(self._people, items)
            append_override(self.folder.path, new)
            found.append(new)
        overrides = Overrides(found)
        overrides.check(self._people, items)
        return overrides

    def _run(self) -> None:
        if self.agenda.why:
            for _ in run_submissions(
                self._plan,
                self.agenda.why,
                self._cases,
                self._reference,
                self._keep,
                how=self._request.how,
                wanted=self._request.rubric.wanted_class or "",
                jobs=self._request.jobs,
            ):
                pass

    def _keep(self, key: str, ended: Ended, rows: Sequence[str]) -> None:
        hand_in = next(one for one in self._plan.hand_ins if one.key == key)
        basis = self._basis.with_submission(hand_in.fingerprint)
        result = Result.of(hand_in, basis, ended.end, **ended.known)
        self.folder.keep(result, rows)
        self._results[key] = result

    def _marks(self, overrides: Overrides) -> Marks:
        rubric = self._request.rubric
        return Marks(self._plan, self.folder.rows, self._results, rubric, self._basis, overrides)

    def _hints(self) -> list[Hint]:
        plan = self._plan
        paths = {one.key: plan.folder / one.path for one in plan.hand_ins if one.path}
        found = alike_mistakes(self._results[key] for key in paths if key in self._results)
        return [*alike_sources(paths, self._request.starter), *found]

    def _write(self, grading: Grading) -> None:
        rubric, folder = grading.rubric, self.folder
        open_hidden = self._request.open_hidden
        for key, marks in groupby(grading.marks, lambda mark: mark.key):
            if key:
                folder.explain(key, reasons(list(marks), rubric, open_hidden=open_hidden))
        with private():
            write_json(folder.path / GRADING, document(grading))
        write_scores(folder.path, grading.marks, rubric.rounding)
        write_whole(folder.path / CLASS, class_page(grading))
        folder.give_back(pages(grading.marks, rubric, folder.failing_rows, open_hidden=open_hidden))
        folder.join(sorted(self._results))  # the largest file, for which a full disk has no room


def _basis(request: Request, cases: Sequence[Any], reference: Reference) -> Basis:
    return Basis.of(
        cases,
        SEED,
        secret=_fingerprint(request.rubric),
        torch=reference.torch_version,
        gradconform=installed_version("gradconform"),
        options=options_of(request.how, request.rubric),
    )


def _fingerprint(rubric: Rubric) -> str:
    """Return the fingerprint of the secret; "" without one."""
    return rubric.secret and hashlib.sha256(rubric.secret.encode()).hexdigest()
