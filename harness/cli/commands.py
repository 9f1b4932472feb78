"""The commands as one group, and the way from an error to a sentence and an exit code.

- `cli`: the group. `perform`: runs a command.
"""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, requires, version

import click

from ..engine.garbage import rarely_looked_for
from ..errors import EngineError, GradconformError, MachineError, Misnamed, NothingSelected
from ..report.busy import heard
from .bench import bench
from .check import check
from .diagnose import diagnose
from .diff import diff
from .draw import draw
from .exit import Exit
from .fill import fill
from .grade import grade
from .grade_one import grade_one
from .look import list_cases, list_engines, show
from .replay import replay
from .report import report
from .rubric import rubric
from .run import run
from .selftest import selftest
from .signals import ended_as_interrupted
from .spec import spec
from .streams import cannot_be_printed, give_up_stdout, prepare_streams, refused_by_machine
from .xfails import xfails


def _version() -> str:
    try:
        return version("gradconform")
    except PackageNotFoundError:
        return "(not installed)"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="gradconform")
def cli() -> None:
    """Does this autograd engine do what PyTorch does?

    gradconform runs a catalogue of cases on an engine, and compares every value and gradient with
    torch.autograd.

    \b
      gradconform run                              all built-in engines, the whole catalogue
      gradconform run student.py                   the engine in a file
      gradconform run student.py --cases 'lecture/*'
      gradconform run student.py --lower           matrix products, element by element
      gradconform run my.py:Adapter                your adapter, a subclass of EagerEngine
      gradconform grade download.zip --out grades  a whole course: points and reasons
      gradconform fill grades sheet.csv -o full.csv the points in the sheet of the course
      gradconform diagnose student.py              which op is wrong, and what the code does instead
      gradconform diff reports/before reports/after which cases fail newly, and which pass newly
      gradconform spec                             what torch promises: its conventions, with its numbers
      gradconform show lecture/neuron_with_sigmoid one case, with torch's values and gradients
      gradconform draw lecture/neuron_with_sigmoid the same as a picture

    Exit codes: 0 all cases passed; 1 a case failed, or an engine cannot be used; 2 the run was interrupted;
    3 a mistake in gradconform; 4 wrong usage, a place that cannot be written to, or a machine that can run no
    engine; 5 no case ran.
    """


for command in (
    run,
    grade,
    grade_one,
    fill,
    replay,
    check,
    rubric,
    diagnose,
    diff,
    report,
    list_cases,
    show,
    draw,
    list_engines,
    spec,
    selftest,
    xfails,
    bench,
):
    cli.add_command(command)


def perform(arguments: Sequence[str] | None) -> int:
    """Run a command and return its exit code. An error is shown as a sentence, not as a traceback.

    Without `arguments` they are those of this process. Raises KeyboardInterrupt, before the command begins
    and after it has ended.
    """
    try:
        prepare_streams()
        with rarely_looked_for(), ended_as_interrupted(), heard():
            code = cli.main(args=arguments, prog_name="gradconform", standalone_mode=False)
        sys.stdout.flush()
    except NothingSelected as problem:
        code = _say(problem, Exit.NOTHING)
    except (Misnamed, MachineError) as problem:
        code = _say(problem, Exit.USAGE)
    except EngineError as problem:
        code = _say(problem, Exit.FAILED)
    except GradconformError as problem:
        code = _say(problem, Exit.USAGE)
    except click.ClickException as problem:
        problem.show()
        code = Exit.USAGE
    except (KeyboardInterrupt, click.Abort):
        code = _say("interrupted", Exit.INTERRUPTED)
    except Exception as problem:
        code = _unexpected(problem)
    # Python would look for cycles twice on exit, in everything that the run has left. That takes time, and
    # the process ends anyway.
    gc.freeze()
    return int(code or 0)


def _needed() -> set[str]:
    """Return the distributions that gradconform declares to need, in lower case."""
    try:
        return {re.split(r"[^\w.-]", each)[0].lower() for each in requires("gradconform") or ()}
    except PackageNotFoundError:
        return set()


def _unexpected(problem: Exception) -> Exit:
    if cannot_be_printed(problem):
        give_up_stdout()
        return _say(f"the output cannot be written: {problem.strerror}", Exit.USAGE)
    if isinstance(problem, ModuleNotFoundError) and problem.name in _needed():
        return _say(
            f"{problem.name} is not installed, which this command needs; install gradconform with its "
            "dependencies",
            Exit.USAGE,
        )
    if why := refused_by_machine(problem):
        return _say(f"grader-error: this machine does not let the command go on: {why}", Exit.USAGE)
    import traceback

    traceback.print_exc()
    return _say("this is a mistake in gradconform; please report the lines above", Exit.INTERNAL)


def _say(problem: object, code: Exit) -> Exit:
    click.echo(f"gradconform: {problem}", err=True)
    return code
