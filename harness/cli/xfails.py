"""`gradconform xfails`: a first draft of an engine's expected failures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.exit import Exit
from harness.cli.isolation import isolation_from, isolation_options
from harness.program.arrays import RUN_DTYPES

if TYPE_CHECKING:
    from harness.run.runner import Result

_HEAD = """\
# Expected failures of {}: a first draft. Write a reason for each, and a link where it is discussed;
# an entry without a reason is refused, so that nothing is waved through unread.
"""


@click.command()
@click.argument("engine")
@click.option(
    "--cases", "globs", multiple=True, metavar="GLOB", help="Only these case ids; repeatable."
)
@click.option("--tag", "tags", multiple=True, help="Only cases with this tag or level; repeatable.")
@click.option("--seed", default=0, show_default=True, help="Seed of the drawn inputs.")
@click.option(
    "--dtype",
    type=click.Choice(RUN_DTYPES),
    help="Float dtype of the run; by default what the engine prefers.",
)
@click.option(
    "--xfails-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What is expected already; by default X.xfails.toml beside X.py.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new file to write to; by default the terminal.",
)
@isolation_options
def xfails(
    engine: str,
    globs: tuple[str, ...],
    tags: tuple[str, ...],
    seed: int,
    dtype: str | None,
    xfails_file: Path | None,
    output: Path | None,
    **isolation: Any,
) -> int:
    """Write the failures of ENGINE as expected failures, with the reasons left blank.

    Fill in the reasons, and keep the file as X.xfails.toml beside the engine's X.py, where pytest finds
    it, or name it with --xfails-file. What is expected already is left out.
    """
    from harness.catalogue.reference import Reference
    from harness.catalogue.selection import select
    from harness.errors import UsageError
    from harness.report.results_file import writing
    from harness.run.engine_name import EngineName
    from harness.run.expected_failures import COVERED
    from harness.run.registry import load
    from harness.run.runner import run
    from harness.run.xfail_files import of_engines

    if output is not None and output.exists():
        raise UsageError(f"{output} is there already; name another file, and join the two by hand")
    if output is not None and not output.parent.is_dir():
        raise UsageError(f"{output} cannot be written: there is no folder {output.parent}")
    asked = EngineName.parse(engine)
    how = isolation_from(isolation, [asked])
    selected = select(globs, tags)
    ids = [case.id for case in selected]
    known = of_engines([asked], xfails_file, ids, trusted=True)[0]
    loaded = load(asked, how)
    results = run(selected, [loaded], Reference(), seed=seed, dtype=dtype)
    failed = [r for r in results if r.verdict in COVERED and known.find(r.case.id) is None]
    text = _HEAD.format(loaded.name) + "".join(_entries(failed))
    if output is None:
        click.echo(text, nl=False)
    else:
        with writing(output):
            output.write_text(text, encoding="utf-8")
    click.echo(f"{len(failed)} of {len(selected)} cases fail without being expected to", err=True)
    return Exit.PASSED


def _entries(failed: Iterable[Result]) -> Iterator[str]:
    from harness.judge.outcome import PASSED

    for result in failed:
        bad = next(row for row in result.outcomes if row.verdict not in PASSED)
        what = ", ".join(filter(None, (bad.verdict, bad.reason)))
        message = " ".join(bad.message.split())
        # A JSON string is a TOML string too.
        case = json.dumps(result.case.id, ensure_ascii=False)
        yield f'\n[[xfail]]\n# {what}: {message}\ncase = {case}\nreason = ""\n'
