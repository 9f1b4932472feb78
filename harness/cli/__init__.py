"""The command `gradconform`. Its exit codes are those of pytest (see `harness.cli.exit`).

- `main`: the command. `commands`: the group of all commands, which it imports when it is called.
- `run`, `bench`, `xfails`, `selftest`: the commands that run cases. `look`, `draw`: those that only show
  something.
- `grade`: grades a course; `fill`: writes its scores into the sheet of the course. `grade_one`: grades one
  submission where a platform runs it. `diff`, `report`: work with the files of runs that are there.
- `case_options`, `isolation`: the options about cases and about untrusted engines, which several commands
  have. `together`: several options as one decorator. `value_types`: the types of their values.
- `streams`, `signals`, `exit`: standard streams, SIGTERM and SIGHUP, and exit codes.

Data goes to stdout; progress and notes go to stderr. An import that takes long (torch, pandas, rich) is
made inside the command that needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .exit import Exit


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit with pytest's exit code. An error is shown as a sentence, not as a traceback.

    Raises SystemExit, always.
    """
    try:
        from .commands import perform  # here, so that Ctrl-C ends the imports with a sentence, too

        code = perform(arguments)
    except KeyboardInterrupt:
        print("gradconform: interrupted", file=sys.stderr)
        code = Exit.INTERRUPTED
    sys.exit(code)
