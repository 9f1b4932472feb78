"""The command. Exit codes are pytest's, see `harness.cli.exit`.

Data goes to stdout, progress and notes to stderr. Imports that cost time (torch, pandas, rich) are made
inside the command that needs them.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import click

from harness.cli.bench import bench
from harness.cli.exit import Exit
from harness.cli.look import list_cases, list_engines, show
from harness.cli.run import run
from harness.cli.selftest import selftest
from harness.cli.surroundings import (
    cannot_be_printed,
    check_streams,
    ended_as_interrupted,
    give_up_stdout,
)
from harness.cli.xfails import xfails
from harness.engine.garbage import rarely_looked_for
from harness.errors import EngineError, GradconformError, NothingSelected


def _version() -> str:
    try:
        return version("gradconform")
    except PackageNotFoundError:
        return "(not installed)"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="gradconform")
def cli() -> None:
    """Does this autograd engine do what PyTorch does?

    Every value and gradient of a catalogue of cases is compared with torch.autograd.

    \b
      gradconform run                        all built-in engines, the whole catalogue
      gradconform run my.py:Adapter          an adapter of yours (a subclass of EagerEngine)
      gradconform run scalar --cases 'lecture/*'
      gradconform run scalar --lower         its matrix products, element by element
      gradconform show lecture/neuron_with_sigmoid

    Exit codes: 0 all passed, 1 something failed or an engine cannot be used, 2 interrupted, 3 internal
    error, 4 wrong usage or a place that cannot be written to, 5 nothing ran.
    """


for command in (run, list_cases, show, list_engines, selftest, xfails, bench):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with pytest's exit code; people see sentences, not tracebacks."""
    try:
        with rarely_looked_for(), ended_as_interrupted():
            check_streams()
            code = cli.main(args=arguments, prog_name="gradconform", standalone_mode=False)
        sys.stdout.flush()
    except NothingSelected as problem:
        code = _say(problem, Exit.NOTHING)
    except EngineError as problem:
        code = _say(problem, Exit.FAILED)
    except GradconformError as problem:
        code = _say(problem, Exit.USAGE)
    except click.ClickException as problem:
        problem.show()
        code = Exit.USAGE
    except (KeyboardInterrupt, click.Abort):
        code = _say("interrupted", Exit.INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe has gone (`| head`).
        give_up_stdout()
        code = Exit.PASSED
    except Exception as problem:
        code = _unexpected(problem)
    # Python looks for cycles twice more on exit, in all that a run has left: the process ends anyway.
    gc.freeze()
    sys.exit(int(code or 0))


def _unexpected(problem: Exception) -> Exit:
    if cannot_be_printed(problem):
        give_up_stdout()
        return _say(f"the output cannot be written: {problem.strerror}", Exit.USAGE)
    import traceback

    traceback.print_exc()
    return _say("this is a mistake in gradconform; please report the lines above", Exit.INTERNAL)


def _say(problem: object, code: Exit) -> Exit:
    click.echo(f"gradconform: {problem}", err=True)
    return code
