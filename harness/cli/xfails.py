"""`gradconform xfails`: writes a first draft of an engine's expected failures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..report.busy import busy
from .case_options import (
    fresh_reference_option,
    preferred_dtype_option,
    seed_option,
    selection_from,
    selection_options,
    tolerance_option,
)
from .exit import Exit
from .isolation import isolation_from, isolation_options
from .value_types import EXISTING_FILE, FILE_TO_WRITE

if TYPE_CHECKING:
    from ..run.runner import Result

_HEAD = """\
# Expected failures of {}: a first draft. Write a reason for each, and a link if it is discussed somewhere.
# An entry without a reason is refused, so that every failure is read before it is excused.
"""


@click.command()
@click.argument("engine")
@selection_options
@seed_option
@preferred_dtype_option
@tolerance_option
@fresh_reference_option
@click.option(
    "--xfails-file",
    type=EXISTING_FILE,
    help="A file of failures that are expected already. By default X.xfails.toml beside X.py.",
)
@click.option(
    "-o",
    "--output",
    type=FILE_TO_WRITE,
    help="The file to write, which must not exist yet. By default the draft is printed.",
)
@isolation_options
def xfails(
    engine: str,
    seed: int,
    dtype: str | None,
    tolerance: str,
    fresh_reference: bool,
    xfails_file: Path | None,
    output: Path | None,
    **others: Any,
) -> int:
    """Write the failures of ENGINE as expected failures, with blank reasons.

    Fill in the reasons. Then keep the file as X.xfails.toml beside the engine's X.py, where pytest finds
    it, or name it with --xfails-file. The draft leaves out the failures that are expected already.
    """
    from ..catalogue.reference import Reference
    from ..catalogue.tolerance import BOUNDS
    from ..errors import UsageError
    from ..report.results_file import writing
    from ..run.earlier_answers import earlier_answers
    from ..run.engine_name import EngineName
    from ..run.expected_failures import COVERED
    from ..run.registry import load
    from ..run.runner import run
    from ..run.xfail_files import of_engines

    if output is not None and output.exists():
        raise UsageError(
            f"{output} exists already; name another file, and copy its entries by hand"
        )
    asked = EngineName.parse(engine)
    how = isolation_from(others, [asked])
    selection = selection_from(others)
    with busy("reading the cases"):
        selected = selection.cases()
    ids = [case.id for case in selected]
    known = of_engines([asked], xfails_file, ids, trusted=True)[0]
    failed = []
    cache = None if fresh_reference else earlier_answers([asked], how)
    with (
        busy(f"loading {asked.shown} and torch") as now,
        closing(Reference(BOUNDS[tolerance], apart=True, cache=cache)) as reference,
    ):
        loaded = load(asked, how)
        results = run(selected, [loaded], reference, seed=seed, dtype=dtype)
        for number, result in enumerate(results, 1):
            now.what = f"{asked.shown}: {number} of {len(selected)} cases"
            found = result.as_asked() if selection.asked_for else result
            if found.verdict in COVERED and known.find(found.case.id) is None:
                failed.append(found)
    text = _HEAD.format(loaded.info.name) + "".join(_entries(failed))
    if output is None:
        click.echo(text, nl=False)
    else:
        with writing(output):
            output.write_text(text, encoding="utf-8")
    click.echo(f"{len(failed)} of {len(selected)} cases fail unexpectedly", err=True)
    return Exit.PASSED


def _entries(failed: Iterable[Result]) -> Iterator[str]:
    from ..judge.outcome import telling

    for result in failed:
        bad = telling(result.outcomes)
        what = ", ".join(filter(None, (bad.verdict, bad.reason)))
        message = " ".join(bad.message.split())
        # A JSON string is a TOML string, too.
        case = json.dumps(result.case.id, ensure_ascii=False)
        yield f'\n[[xfail]]\n# {what}: {message}\ncase = {case}\nreason = ""\n'
