"""Failures that are expected of an engine. They are strict: the run fails when one of these cases passes.

- `Xfail`: an expected failure: a case, or a glob of cases, and the reason.
- `Xfails`: all expected failures of an engine. `apply` turns a failure into `xfail`, and a pass into
  `xpass`, which fails the run; `check` refuses an entry that names no case at all.

`harness.run.xfail_files` reads them from a file.
"""

from __future__ import annotations

import difflib
import fnmatch
import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..catalogue.collection import catalogue
from ..catalogue.selection import SAMPLED
from ..errors import UsageError
from ..judge.outcome import FAILS_RUN, PASSED, Outcome, Verdict
from ..text import words
from .runner import Result

# The verdicts that can be expected. A mistake of the harness itself is never expected.
COVERED = FAILS_RUN - {Verdict.XPASS, Verdict.HARNESS_ERROR}
# The search for the nearest name takes a tenth of a second for each entry.
_LISTED, _SUGGESTED = 50, 5


@dataclass(frozen=True)
class Xfail:
    """One expected failure: the id or glob, the reason, where it is discussed, and its line in the file."""

    case: str
    reason: str
    link: str = ""
    line: int = 0

    @property
    def why(self) -> str:
        """The reason, followed by the link."""
        return f"{self.reason} ({self.link})" if self.link else self.reason

    def matches(self, case_id: str) -> bool:
        """Return True when the id, or the glob, names this case."""
        return fnmatch.fnmatchcase(case_id, _pattern(self.case))


@dataclass(frozen=True)
class Xfails:
    """The expected failures of one engine; `path` is the file from which they were read.

    `unused` is a file that lies beside the engine and does not count, because it was not asked for.
    """

    path: Path | None = None
    entries: tuple[Xfail, ...] = ()
    unused: Path | None = None

    @functools.cached_property
    def _exact(self) -> Mapping[str, Xfail]:
        return {entry.case: entry for entry in self.entries}

    @functools.cached_property
    def _globs(self) -> Sequence[Xfail]:
        return [entry for entry in self.entries if _is_glob(entry.case)]

    def find(self, case_id: str) -> Xfail | None:
        """Return the expected failure of a case, or None. The case's own entry comes before a glob."""
        own = self._exact.get(case_id)
        return own or next((glob for glob in self._globs if glob.matches(case_id)), None)

    def apply(self, result: Result) -> Result:
        """Return the result with the verdicts that an expected failure changes.

        A failure becomes `xfail`. A case that passes in every reading becomes `xpass`. A case that is
        unsupported, or that met a mistake of the harness, keeps its verdict.
        """
        xfail = self.find(result.case.id) if self.entries else None
        if xfail is None:
            return result
        if result.verdict in COVERED:
            outcomes = [_as_expected(each, xfail) for each in result.outcomes]
        elif result.verdict in PASSED:
            said = f"it was expected to fail ({xfail.why}) and passes; remove {xfail.case!r}"
            message = f"{said} from {words(str(self.path))}"
            outcomes = [
                replace(each, verdict=Verdict.XPASS, message=message) for each in result.outcomes
            ]
        else:
            return result
        return replace(result, outcomes=outcomes)

    def check(self, selected: Collection[str]) -> None:
        """Raise UsageError, with the names of the entries, when some match no case at all.

        `selected` are the ids of the cases of this run; an entry for another case is in order. torch's
        samples are known only for the ops of which some were selected: entries for the samples of other
        ops are not checked.
        """
        sampled = {_op(id) for id in selected if id.startswith(SAMPLED)}
        others = [entry for entry in self.entries if not _exists(entry, selected, sampled)]
        # The whole catalogue is imported only for an entry of a case that is not in this run.
        known = dict.fromkeys([*(case.id for case in catalogue()), *selected]) if others else {}
        wrong = [entry for entry in others if not _exists(entry, known, sampled)]
        if wrong:
            listed = [f"line {entry.line}: {entry.case}" for entry in wrong[:_LISTED]]
            for number, entry in enumerate(wrong[:_SUGGESTED]):
                listed[number] += _nearest(entry.case, known)
            listed += [f"{len(wrong) - _LISTED} more"] if len(wrong) > _LISTED else []
            raise UsageError(
                f"{words(str(self.path))} names cases that do not exist: {'; '.join(listed)}; "
                "rename or remove them"
            )


NONE = Xfails()


def _as_expected(outcome: Outcome, xfail: Xfail) -> Outcome:
    if outcome.verdict not in COVERED:
        return outcome
    message = f"expected ({xfail.why}): {outcome.message}"
    return replace(outcome, verdict=Verdict.XFAIL, message=message)


def _pattern(case: str) -> str:
    return case.replace("[", "[[]")


def _is_glob(case: str) -> bool:
    return "*" in case or "?" in case


def _exists(entry: Xfail, known: Collection[str], sampled: Collection[str]) -> bool:
    """Return True when the entry names a case, or when that is not known here."""
    if not entry.case.startswith(SAMPLED):
        glob = _is_glob(entry.case)
        return any(map(entry.matches, known)) if glob else entry.case in known
    if not sampled:
        return True
    from ..catalogue import opinfo

    op = _op(entry.case)
    if op in sampled:
        return any(entry.matches(case.id) for case in opinfo.samples_of(op))
    return any(fnmatch.fnmatchcase(name, op) for name in opinfo.names())


def _op(case_id: str) -> str:
    return case_id.removeprefix(SAMPLED).partition("[")[0]


def _nearest(case: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(case, known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""
