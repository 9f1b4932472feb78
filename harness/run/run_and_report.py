"""A whole run: engines are opened, outcomes are recorded, and the files of the report are written.

- `run_and_report`: does all of it. After Ctrl-C the outcomes that were finished are kept and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalogue.case import Case
from ..catalogue.tolerance import BOUNDS, DEFAULT_BOUND
from ..isolation.options import Isolation
from ..report.busy import busy
from ..report.progress import Progress, progress, say
from .alone import alone_in
from .columns import distinct
from .engine_name import EngineName
from .engine_output import keep_output
from .expected_failures import Xfails
from .report_folder import (
    ReportFolder,
    check_unused,
    facts_of_run,
    named_folder,
    new_folder,
    planned,
)
from .roster import Roster, assemble
from .schedule import Executor, Schedule, cores, tasks
from .under_way import UnderWay
from .worker_process import Task
from .xfail_files import files, of_engines, sentences

if TYPE_CHECKING:
    from ..catalogue.reference import Reference
    from .finished_run import FinishedRun


def run_and_report(
    cases: Sequence[Case],
    engines: Sequence[EngineName],
    *,
    selection: Mapping[str, Any],
    asked_for: bool = False,
    seed: int = 0,
    dtype: str | None = None,
    tolerance: str = DEFAULT_BOUND,
    out: Path | None = None,
    lower: bool = False,
    quiet: bool = False,
    how: Isolation | None = None,
    xfails_file: Path | None = None,
    jobs: int | None = None,
    fresh_reference: bool = False,
    dask: str | None = None,
    diagnosed: Callable[[Path, Reference], None] | None = None,
) -> FinishedRun:
    """Run `cases` on the engines that are named, and write the report folder.

    `selection` says in `run.json` how the cases were chosen. With `asked_for` a case that an engine does not
    support is missing. `tolerance` is a name of `harness.catalogue.tolerance.BOUNDS`. `out` is the folder; by
    default it is a new one under `reports/`. With `lower` every engine runs on scalars (see `harness.lower`),
    and its name says so. `how` is the isolation of untrusted engines. A failure that is expected does not
    fail the run: the expected failures are those in `xfails_file`, or else in the file beside an engine that
    comes with gradconform. `jobs` processes run at once; by default one for each core. With `fresh_reference`
    torch's answers of earlier runs are not used. `dask` is the address of a Dask scheduler whose workers run
    the engines that are not gradconform's own. `diagnosed` is called with the folder when all outcomes are
    there and one failed; it names the mistakes. After Ctrl-C the outcomes that were finished are kept and
    reported.

    Raises UsageError for a wrong option, a wrong file of expected failures, or a folder that cannot be
    written to, holds a run already or is written to by another run; NoSuchEngine when none of the engines
    exists.
    """
    from ..catalogue.reference import Reference
    from .earlier_answers import earlier_answers
    from .work import EngineWork

    started = datetime.now().astimezone()
    names = distinct(engines)
    # An engine has the same expected failures, no matter whether another engine can be loaded.
    found = of_engines(names, xfails_file, [case.id for case in cases], lowered=lower)
    xfails = dict(zip(names, found, strict=True))
    how = how or Isolation()
    if dask:
        from .dask_schedule import DaskSchedule, check
        from .dask_worker import DaskRun

        check(how)
    roster = assemble(names, how, lower, xfails, elsewhere=dask is not None)
    by_column = {roster.column(name): each for name, each in xfails.items()}
    if not quiet:
        _name_xfail_files(by_column, cases)
    jobs = jobs or cores()
    here = [name for name in names if name.builtin or not dask]
    cache = None if fresh_reference else earlier_answers(here, how)
    reference = Reference(BOUNDS[tolerance], apart=bool(here), cache=cache)
    work = EngineWork(
        roster, cases, reference, seed=seed, dtype=dtype, asked_for=asked_for, tells=True
    )
    under_way = UnderWay(roster, cases, work.case_run)
    executor: Executor = Schedule(
        _tasks(roster, len(cases), jobs, elsewhere=dask is not None), jobs, work.for_fork
    )
    if dask:
        ids = [case.id for case in cases]
        shared = DaskRun(roster, ids, seed, dtype, tolerance, asked_for, how.wall)
        executor = DaskSchedule(dask, shared, executor)
    with closing(reference), executor:
        # Imported while the worker processes open the first engines.
        from ..report.files import write_report
        from .finished_run import FinishedRun

        events = iter(executor)
        with busy("loading the first engine"):
            first = under_way.begin(events)
        path = named_folder(out) if out else new_folder([name.shown for name in engines], started)
        with alone_in(path):
            check_unused(path)
            facts = facts_of_run(
                roster,
                selection,
                started,
                asked_for=asked_for,
                count=len(cases),
                seed=seed,
                dtype=dtype,
                tolerance=tolerance,
            )
            with_arrays = planned(case for case in cases if case.has_arrays)
            facts |= {"planned": planned(cases), "planned_arrays": with_arrays}
            facts |= {"jobs": jobs, "xfails": files(by_column)}
            with progress(len(names), len(cases), quiet) as shown:
                _record(path, facts, under_way, chain(first, events), shown)
            if diagnosed is not None and under_way.failed:
                with suppress(KeyboardInterrupt):
                    diagnosed(path, reference)
            with busy("writing the report"):
                report = write_report(path, under_way.told)
    failed = under_way.failed or bool(roster.refused)
    return FinishedRun(
        report,
        failed=failed,
        ran=under_way.ran > 0,
        not_run_by_machine=bool(roster.not_run_by_machine),
    )


def _tasks(roster: Roster, cases: int, jobs: int, *, elsewhere: bool) -> list[Task]:
    """Return the tasks for the engines that may take part; those of gradconform if others run `elsewhere`."""
    apart = {
        number: not name.builtin
        for number, name in enumerate(roster.names)
        if name not in roster.refused and (name.builtin or not elsewhere)
    }
    if any(apart.values()):
        from ..isolation.parent.staging import stage_before_forks

        stage_before_forks()
    return tasks(apart, cases, jobs)


def _record(
    path: Path,
    facts: Mapping[str, Any],
    under_way: UnderWay,
    events: Iterable[Any],
    shown: Progress,
) -> None:
    """Write what comes to the folder, until an interruption, which `run.json` tells."""
    try:
        with ReportFolder(path, facts) as folder:
            under_way.follow(events, folder, shown)
    except KeyboardInterrupt:
        pass
    finally:
        keep_output(path, under_way.printed)


def _name_xfail_files(xfails: Mapping[str, Xfails], cases: Sequence[Case]) -> None:
    """Print the files whose expected failures matter for these cases, and those that are not used."""
    told = {
        column: each
        for column, each in xfails.items()
        if each.unused or any(each.find(case.id) for case in cases)
    }
    for sentence in sentences(told):
        say(sentence)
