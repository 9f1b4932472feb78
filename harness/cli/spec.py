"""`gradconform spec`: what torch promises, as one page."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..report.busy import busy
from ..text import words
from .case_options import cases_option, fresh_reference_option
from .exit import Exit
from .value_types import FILE_TO_WRITE

if TYPE_CHECKING:
    from ..catalogue.case import Case
    from ..spec.contents import Contents
    from ..spec.other_torch import OtherTorch

_PAGE = Path("spec.html")
_STDOUT = Path("-")


@click.command()
@cases_option
@click.option(
    "-o",
    "--output",
    type=FILE_TO_WRITE,
    metavar="FILE",
    help="The file; - is standard output. By default it is spec.html in this folder, with --json standard "
    "output.",
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object, with every digit.")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="A run that was made with another torch: a folder, or its results.jsonl. The page begins with the "
    "differences between the two.",
)
@fresh_reference_option
def spec(
    globs: Sequence[str],
    output: Path | None,
    as_json: bool,
    against: Path | None,
    fresh_reference: bool,
) -> int:
    """Write what PyTorch promises, as one page: its conventions as programs, with torch's own numbers.

    The page has every case of the level torch (kinks, ties, ends of a domain, overflow, the life of a graph,
    dtypes, errors) and the mathematics at an edge. Each case has its program in torch's lines, the numbers
    that the installed torch gives, and how firm they are: stable, version-dependent, implementation-defined
    or questionable. It is one file without a network, for people who write an engine.

    \b
      gradconform spec                            writes spec.html
      gradconform spec --cases 'kinks/*' -o kinks.html
      gradconform spec --json | jq '.cases[0]'
      gradconform spec --against reports/of-torch-2.12

    The file is overwritten. Its path is printed.

    Exit codes: 0 the page was written; 1 torch cannot be used; 4 a wrong option, or a file that cannot be
    read or written; 5 no case was selected that belongs on the page.
    """
    from ..report.results_file import writing
    from ..spec.document import document
    from ..spec.page import page
    from ..spec.page import versions as of_libraries

    path = output or (_STDOUT if as_json else _PAGE)
    contents, other = _asked(globs, path, against, fresh_reference)
    versions = of_libraries(contents)
    text = document(contents, versions, other) if as_json else page(contents, versions, other)
    if path == _STDOUT:
        click.echo(text)
        return Exit.PASSED
    with writing(path):
        path.write_text(text, encoding="utf-8")
    click.echo(words(str(path)))
    return Exit.PASSED


def _chosen(globs: Sequence[str]) -> list[Case]:
    """Return the selected cases; NothingSelected when none of them belongs on the page."""
    from ..catalogue.collection import catalogue
    from ..errors import NothingSelected
    from ..spec.themes import has_edge

    selected = catalogue().select(globs)
    if not any(map(has_edge, selected)):
        raise NothingSelected(
            f"no case of {' '.join(globs)} is a convention of torch or at an edge; `gradconform spec "
            "--cases 'kinks/*'` is a page of those that are"
        )
    return selected


def _asked(
    globs: Sequence[str], path: Path, against: Path | None, fresh_reference: bool
) -> tuple[Contents, OtherTorch | None]:
    """Ask torch. Whether the files can be read and written is known before, because torch takes seconds."""
    from ..catalogue.collection import catalogue
    from ..catalogue.reference import Reference
    from ..catalogue.reference_cache import of_user
    from ..report.results_file import writing
    from ..report.run_files import RunFiles
    from ..spec.contents import contents_of
    from ..spec.other_torch import Answers, compared
    from ..spec.themes import has_edge

    # Before torch is imported: else no answer is kept.
    cache = None if fresh_reference else of_user()
    with closing(Reference(cache=cache)) as reference, busy("reading the cases") as now:

        def progress(done: int, of: int) -> None:
            now.what = f"asking torch: {done} of {of} cases are done"

        chosen = _chosen(globs)
        there = None
        if against is not None:
            run = RunFiles.of(against)
            now.what = f"reading {run.shown}"
            known = {case.id for case in catalogue() if has_edge(case)}
            there = Answers.of(run, known, reference.torch_version)
        if path != _STDOUT:
            with writing(path):
                path.open("a").close()
        now.what = "importing torch"
        contents = contents_of(chosen, reference, progress)
        if there is None:
            return contents, None
        return contents, compared(there, contents, reference)
