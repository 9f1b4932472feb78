"""`assert_conforms`: the whole comparison as one call, for the test file of an engine's author."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .catalogue.case import Case
from .catalogue.collection import Catalogue
from .catalogue.reference import Reference
from .catalogue.selection import select
from .catalogue.tolerance import BOUNDS, DEFAULT_BOUND
from .diagnose.failure import failure_text
from .diagnose.reproduce import Subject
from .engine.contract import Engine
from .errors import EngineError, NothingSelected, UsageError
from .isolation.options import WALLS, Isolation, allowed
from .judge.outcome import FAILS_RUN, Verdict
from .program.arrays import FLOAT_DTYPES
from .run.engine_name import EngineName
from .run.expected_failures import NONE, Xfails
from .run.registry import load
from .run.runner import Result, run
from .run.xfail_files import of_engines, read

# The number of failures that are described in full; the others are listed by name.
_IN_FULL = 5


def assert_conforms(
    engine: str | type[Engine] | Engine,
    cases: str | Sequence[str] | Catalogue = (),
    *,
    tags: str | Sequence[str] = (),
    seed: int = 0,
    dtype: str | None = None,
    tolerance: str = DEFAULT_BOUND,
    xfails: str | Path | None = None,
    isolation: str = "none",
    allow: Sequence[str] = (),
    paths: Sequence[str | Path] = (),
) -> list[Result]:
    """Run cases on an engine and return their results.

    - `engine`: a name or path as `gradconform run` takes it, a subclass of `Engine`, or an instance of one.
    - `cases`: globs of ids, or a `Catalogue`; all cases when empty. A case must carry all `tags`.
    - `tolerance`: how near to torch's an answer must be (see `harness.catalogue.tolerance.BOUNDS`).
    - `xfails`: a file of expected failures (see `harness.run.xfail_files`). Without one, an engine that is
      named by its path has the file beside it, unless the engine is isolated.
    - `isolation`: "none" runs the engine in this process. Any other wall of `harness.isolation.options.WALLS`
      runs an engine that is named by its path in a child, which may import NumPy and the packages in `allow`.
    - `paths`: folders from which an engine that is named by its path may import besides.

    Raises AssertionError when a case fails, and its text says which and why; NothingSelected when no case is
    selected or the engine supports none of them; UsageError for an unknown dtype, tolerance, wall or engine
    name; EngineError when the engine cannot be used; CaseError when a case cannot be traced.
    """
    if dtype is not None and dtype not in FLOAT_DTYPES:
        raise UsageError(f"dtype is one of {', '.join(FLOAT_DTYPES)}; {dtype!r} came")
    if tolerance not in BOUNDS:
        raise UsageError(f"tolerance is one of {', '.join(BOUNDS)}; {tolerance!r} came")
    if isolation not in WALLS:
        raise UsageError(f"isolation is one of {', '.join(WALLS)}; {isolation!r} came")
    how = Isolation(wall=isolation, allow=allowed(allow), paths=tuple(map(Path, paths)))
    globs, wanted = _listed(cases), _listed(tags)
    own = isinstance(cases, Catalogue)
    selected = cases.select((), wanted) if isinstance(cases, Catalogue) else select(globs, wanted)
    asked = EngineName.parse(engine) if isinstance(engine, str) else engine
    subject, made = Subject.of(engine, how), _made(asked, how)
    reference = Reference(BOUNDS[tolerance])
    expected_failures = _expected_failures(asked, xfails, selected, trusted=isolation == "none")
    results = [
        expected_failures.apply(result)
        for result in run(selected, [made], reference, seed=seed, dtype=dtype)
    ]
    bad = [result for result in results if result.verdict in FAILS_RUN]
    if bad:
        raise AssertionError(_told(bad, len(results), reference, None if own else subject))
    if all(result.verdict is Verdict.UNSUPPORTED for result in results):
        gap = results[0].outcomes[-1].message
        raise NothingSelected(
            f"{made.info.name} supports none of the {len(results)} cases; the first lacks {gap}"
        )
    return results


def _listed(words: str | Sequence[str] | Catalogue) -> Sequence[str]:
    if isinstance(words, Catalogue):
        return ()
    return [words] if isinstance(words, str) else words


def _made(engine: EngineName | type[Engine] | Engine, how: Isolation) -> Engine:
    if isinstance(engine, EngineName):
        return load(engine, how)
    made = engine() if isinstance(engine, type) else engine
    if not isinstance(made, Engine):
        raise EngineError(
            f"an engine, its class or its name was expected; {type(made).__name__} came: an adapter "
            "is a subclass of gradconform.EagerEngine"
        )
    return made


def _expected_failures(
    engine: EngineName | type[Engine] | Engine,
    file: str | Path | None,
    selected: Sequence[Case],
    *,
    trusted: bool,
) -> Xfails:
    ids = [case.id for case in selected]
    if isinstance(engine, EngineName):
        given = Path(file) if file else None
        return of_engines([engine], given, ids, trusted=trusted)[0]
    found = read(Path(file)) if file else NONE
    found.check(ids)
    return found


def _told(bad: Sequence[Result], count: int, reference: Reference, subject: Subject | None) -> str:
    texts = [failure_text(result, reference, subject) for result in bad[:_IN_FULL]]
    others = [f"{r.case.id}: {r.verdict}, {r.outcomes[-1].message}" for r in bad[_IN_FULL:]]
    if others:
        texts.append("\n".join([f"and {len(others)} more:", *others]))
    ruler = "\n\n" + "-" * 80 + "\n\n"
    return ruler.join([f"{len(bad)} of {count} cases fail", *texts])
