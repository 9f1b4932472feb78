"""`gradconform draw`: a case as a picture, as in a lecture."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..report.busy import busy
from ..text import words
from .case_options import preferred_dtype_option, seed_option
from .exit import Exit
from .isolation import isolation_from, isolation_options
from .value_types import FILE_TO_WRITE

if TYPE_CHECKING:
    from ..report.drawing.circuit import Circuit

_ENDINGS = (".svg", ".dot", ".mmd", ".png")
_LONGEST_NAME = 100  # characters of the name of a file


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option("--engine", metavar="ENGINE", help="An engine, named as for `gradconform run`.")
@click.option(
    "-o",
    "--output",
    type=FILE_TO_WRITE,
    metavar="FILE",
    help="The file, which ends in .svg, .dot (Graphviz), .mmd (Mermaid) or .png (needs gradconform[draw]). "
    "By default the name of the case with .svg, in this folder. - is standard output, as SVG.",
)
@seed_option
@preferred_dtype_option
@isolation_options
def draw(
    case_id: str,
    engine: str | None,
    output: Path | None,
    seed: int,
    dtype: str | None,
    **others: Any,
) -> int:
    """Draw a case: leaves at the left, values above the wires, gradients below them.

    CASE is the id of one case, as `gradconform cases` lists it. The numbers are torch's. With --engine the
    numbers of that engine stand beside them where they differ, and the first wrong node is marked. Of a
    program with more than about forty nodes the part around this node, or around the result, is drawn.

    The file is overwritten. Its path is printed.

    Exit codes: 0 the file is written, right or wrong as the engine may be; 1 the engine cannot be used, or
    does not have what the case needs; 4 wrong usage, or a file that cannot be written.
    """
    path = output or Path(re.sub(r"[^\w.=-]+", "-", case_id)[:_LONGEST_NAME].strip("-") + ".svg")
    if str(path) != "-" and path.suffix.lower() not in _ENDINGS:
        raise UsageError(
            f"-o: a file that ends in {', '.join(_ENDINGS[:-1])} or {_ENDINGS[-1]} was expected; "
            f"{words(str(path))} came"
        )
    made = _circuit(case_id, engine, seed, dtype, others)
    if str(path) == "-":
        from ..report.drawing.svg import svg

        click.echo(svg(made), nl=False)
        return Exit.PASSED
    _write(made, path)
    click.echo(words(str(path)))
    return Exit.PASSED


def _circuit(
    case_id: str, engine: str | None, seed: int, dtype: str | None, isolation: dict[str, Any]
) -> Circuit:
    from ..catalogue.reference import Reference, dtype_for
    from ..catalogue.selection import named
    from ..diagnose.drawn import drawn
    from ..run.engine_name import from_command_line
    from ..run.registry import load

    names = from_command_line([engine] if engine is not None else [])
    how = isolation_from(isolation, names)
    with busy("reading the cases and asking torch") as now:
        case = named(case_id)
        if not names:
            return drawn(case.instance(seed, dtype or "float64"), Reference())
        now.what = f"running {names[0].shown}"
        with closing(load(names[0], how)) as opened:
            return drawn(case.instance(seed, dtype_for(opened, dtype)), Reference(), opened)


def _write(made: Circuit, path: Path) -> None:
    from ..report.drawing.dot import dot
    from ..report.drawing.mermaid import mermaid
    from ..report.drawing.png import png
    from ..report.drawing.svg import svg
    from ..report.results_file import writing

    texts = {".svg": svg, ".dot": dot, ".mmd": mermaid}
    written = texts.get(path.suffix.lower())
    content = written(made).encode() if written else png(made)
    with writing(path):
        path.write_bytes(content)
