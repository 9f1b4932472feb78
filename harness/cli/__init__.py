"""The command. Exit codes are pytest's: 0 passed, 1 failed, 2 interrupted, 3 internal, 4 usage, 5 nothing.

Data goes to stdout, progress and notes to stderr. Imports that cost time (torch, pandas, rich) are made
inside the command that needs them.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import click

from harness.cli.bench import bench
from harness.cli.exit import Exit
from harness.cli.look import list_cases, list_engines, show
from harness.cli.run import run
from harness.cli.selftest import selftest
from harness.cli.xfails import xfails
from harness.cycles import rarely_looked_for
from harness.errors import GradconformError, NothingSelected


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

    Exit codes: 0 all passed, 1 something failed, 2 interrupted, 3 internal error, 4 wrong usage,
    5 nothing selected.
    """


for command in (run, list_cases, show, list_engines, selftest, xfails, bench):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with pytest's exit code; people see sentences, not tracebacks."""
    try:
        with rarely_looked_for():
            code = cli.main(args=arguments, prog_name="gradconform", standalone_mode=False)
        sys.stdout.flush()
    except NothingSelected as problem:
        code = _say(problem, Exit.NOTHING)
    except GradconformError as problem:
        code = _say(problem, Exit.USAGE)
    except click.ClickException as problem:
        problem.show()
        code = Exit.USAGE
    except (KeyboardInterrupt, click.Abort):
        code = _say("interrupted", Exit.INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe has gone (`| head`); Python would complain once more on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.PASSED
    except Exception:
        import traceback

        traceback.print_exc()
        code = _say(
            "this is a mistake in gradconform; please report the lines above", Exit.INTERNAL
        )
    # Python looks for cycles twice more on exit, in all that a run has left: the process ends anyway.
    gc.freeze()
    sys.exit(int(code or 0))


def _say(problem: object, code: Exit) -> Exit:
    click.echo(f"gradconform: {problem}", err=True)
    return code
