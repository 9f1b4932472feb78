"""A solution that says what can be asked for: the cases that it passes.

- `passed_by`: these cases.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..catalogue.case import Case
from ..catalogue.reference import Reference
from ..errors import EngineError, NothingSelected, UsageError
from ..isolation.options import Isolation
from ..judge.outcome import LACKING, PASSED
from ..report.progress import progress
from ..text import FRAME
from .engine_name import from_command_line
from .registry import load
from .runner import run

_MOST_NAMED = 5


def passed_by(
    solution: str,
    cases: Sequence[Case],
    torch: Reference,
    how: Isolation,
    *,
    seed: int,
    dtype: str | None,
    quiet: bool,
) -> list[Case]:
    """Return those of `cases` that the solution passes. It runs as any other engine, isolated as `how` says.

    The cases that it fails are named on stderr, because they may be a mistake in it. Raises UsageError when
    it does not exist or cannot be used, and NothingSelected when it passes no case.
    """
    (name,) = from_command_line([solution])
    try:
        engine = load(name, how)
    except EngineError as problem:
        raise UsageError(f"the reference cannot be used: {problem}") from None
    passed, failed = list[Case](), list[Case]()
    with progress(1, len(cases), quiet) as shown:
        shown.found(f"reference {engine.info.name} {FRAME} {engine.info.found or 'built in'}")
        for result in run(cases, [engine], torch, seed=seed, dtype=dtype):
            shown.finished(f"reference {engine.info.name}", result.verdict)
            if result.verdict in PASSED:
                passed.append(result.case)
            elif result.verdict not in LACKING:
                failed.append(result.case)
        if failed:
            named = ", ".join(case.id for case in failed[:_MOST_NAMED])
            more = f" and {len(failed) - _MOST_NAMED} more" if len(failed) > _MOST_NAMED else ""
            shown.left_out(f"not asked for, because the reference fails them: {named}{more}")
    if not passed:
        raise NothingSelected(f"the reference {engine.info.name} passes none of {len(cases)} cases")
    return passed
