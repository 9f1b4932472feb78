"""What an engine is expected to fail, strictly.

- `Expected`: a case, or a glob of cases, and why.
- `Xfails`: all of an engine. `apply` turns a failure into `xfail`, and a pass into `xpass`, which fails
  the run; `check` refuses what names no case at all.

They are read by `harness.run.xfail_files`.
"""

from __future__ import annotations

import difflib
import fnmatch
import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.catalogue.collection import catalogue
from harness.catalogue.selection import SAMPLED
from harness.errors import UsageError
from harness.judge.outcome import PASSED, Outcome, Verdict
from harness.run.runner import Result
from harness.text import words

# What an expectation can cover. A mistake of the harness itself never is expected.
COVERED = frozenset({Verdict.FAIL, Verdict.TIMEOUT, Verdict.CRASH, Verdict.OUT_OF_MEMORY})
# Looking for a name's nearest takes a tenth of a second.
_LISTED, _SUGGESTED = 50, 5


@dataclass(frozen=True)
class Expected:
    """One expected failure: the id or glob, why, where it is discussed, and its line in the file."""

    case: str
    reason: str
    link: str = ""
    line: int = 0

    @property
    def why(self) -> str:
        """The reason, with the link behind it."""
        return f"{self.reason} ({self.link})" if self.link else self.reason

    def matches(self, case_id: str) -> bool:
        """Whether the id is meant."""
        return fnmatch.fnmatchcase(case_id, _pattern(self.case))


@dataclass(frozen=True)
class Xfails:
    """The expected failures of one engine; `path` is where they were read.

    `unused` is a file that lies beside the engine, and that nobody asked for.
    """

    path: Path | None = None
    entries: tuple[Expected, ...] = ()
    unused: Path | None = None

    @functools.cached_property
    def _exact(self) -> Mapping[str, Expected]:
        return {entry.case: entry for entry in self.entries}

    @functools.cached_property
    def _globs(self) -> Sequence[Expected]:
        return [entry for entry in self.entries if _is_glob(entry.case)]

    def find(self, case_id: str) -> Expected | None:
        """What is expected of a case: its own entry before a glob."""
        own = self._exact.get(case_id)
        return own or next((glob for glob in self._globs if glob.matches(case_id)), None)

    def apply(self, result: Result) -> Result:
        """The result in the light of what was expected.

        What failed becomes `xfail`; what passed in every reading becomes `xpass`; what is unsupported,
        or a mistake of the harness, stays what it is.
        """
        expected = self.find(result.case.id) if self.entries else None
        if expected is None:
            return result
        if result.verdict in COVERED:
            rows = [_expected(row, expected) for row in result.outcomes]
        elif result.verdict in PASSED:
            said = f"it was expected to fail ({expected.why}) and passes; remove {expected.case!r}"
            rows = [
                replace(row, verdict=Verdict.XPASS, message=f"{said} from {words(str(self.path))}")
                for row in result.outcomes
            ]
        else:
            return result
        return replace(result, outcomes=rows)

    def check(self, selected: Collection[str]) -> None:
        """UsageError that names the entries which match no case at all.

        An entry outside of the present selection is in order. torch's samples are known only for the
        ops of which some were selected, so that entries for others are not looked at.
        """
        known = dict.fromkeys([*(case.id for case in catalogue()), *selected])
        sampled = {_op(id) for id in selected if id.startswith(SAMPLED)}
        wrong = [entry for entry in self.entries if not _exists(entry, known, sampled)]
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


def _expected(row: Outcome, expected: Expected) -> Outcome:
    if row.verdict not in COVERED:
        return row
    return replace(row, verdict=Verdict.XFAIL, message=f"expected ({expected.why}): {row.message}")


def _pattern(case: str) -> str:
    return case.replace("[", "[[]")


def _is_glob(case: str) -> bool:
    return "*" in case or "?" in case


def _exists(entry: Expected, known: Collection[str], sampled: Collection[str]) -> bool:
    """Whether the entry names a case, as far as that is known here."""
    if not entry.case.startswith(SAMPLED):
        glob = _is_glob(entry.case)
        return any(map(entry.matches, known)) if glob else entry.case in known
    if not sampled:
        return True
    from harness.catalogue import opinfo

    op = _op(entry.case)
    if op in sampled:
        return any(entry.matches(case.id) for case in opinfo.samples_of(op))
    return any(fnmatch.fnmatchcase(name, op) for name in opinfo.names())


def _op(case_id: str) -> str:
    return case_id.removeprefix(SAMPLED).partition("[")[0]


def _nearest(case: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(case, known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""
