"""The options of the plugin, as a table. Each can be given on the command line and in the ini file.

- `add_options`: declares them. `OPTIONS`: the table.
- `NAME`: what pytest calls the plugin.
- `DTYPES`, `TOLERANCES`, `WALLS`, `LONGEST`: the values that are allowed.

This module runs in every project in which gradconform is installed. So it imports the standard library and
pytest only.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

# The collector's name, and the first part of every node id.
NAME = "gradconform"

DTYPES = ("float64", "float32")
TOLERANCES = ("measured", "torch")
LONGEST = 86_400  # seconds; as in `harness.isolation.limits`
WALLS = ("auto", "bubblewrap", "landlock", "rlimits", "none")


class _Option(NamedTuple):
    """An option: `kind` is its type in the ini file, and "args" is a list of values."""

    flag: str
    kind: Any  # pytest names its types by literals of its own
    help: str
    metavar: str | None = None
    choices: tuple[str, ...] | None = None

    @property
    def dest(self) -> str:
        """The name under which pytest keeps its value."""
        return self.flag.lstrip("-").replace("-", "_")

    def on_command_line(self) -> dict[str, Any]:
        """Return the arguments of `addoption`."""
        if self.kind == "bool":
            return {"action": "store_const", "const": True, "help": self.help}
        if self.kind == "int":
            return {"type": int, "help": self.help}
        if self.kind == "args":
            repeatable = f"{self.help.removesuffix('.')}; repeatable."
            return {"action": "append", "help": repeatable, "metavar": self.metavar}
        return {"choices": self.choices, "metavar": self.metavar, "help": self.help}


OPTIONS = (
    _Option(
        "--engine",
        "args",
        "Test this engine against torch: a name, package.module:Class or path/file.py:Class.",
        metavar="NAME_OR_PATH",
    ),
    _Option(
        "--conform-cases",
        "args",
        "Test only these case ids.",
        metavar="GLOB",
    ),
    _Option(
        "--conform-tag",
        "args",
        "Test only the cases with this tag or level.",
        metavar="TAG",
    ),
    _Option(
        "--conform-set",
        "args",
        "Test only the cases of a ready set: lecture, micrograd, tensor or tutorial; what the "
        "engine does not support of them is missing, and fails.",
        metavar="NAME",
    ),
    _Option(
        "--conform-cases-from",
        "args",
        "Test only the cases in this file, an id or glob on each line; what is not supported is "
        "missing.",
        metavar="FILE",
    ),
    _Option(
        "--conform-ops",
        "args",
        "Test only the cases that need no other op, as in add,mul,relu; what is not supported is "
        "missing.",
        metavar="OP,OP,...",
    ),
    _Option(
        "--conform-seed",
        "int",
        "Seed of the random inputs; by default 0.",
    ),
    _Option(
        "--conform-dtype",
        "string",
        "Float dtype of the run; by default the one that each engine prefers.",
        choices=DTYPES,
    ),
    _Option(
        "--conform-tolerance",
        "string",
        "How near to torch's an answer must be: as near as correct engines were when they were "
        "measured, or the defaults of torch.testing.assert_close; by default measured.",
        choices=TOLERANCES,
    ),
    _Option(
        "--conform-fresh-reference",
        "bool",
        "Ask torch for every answer; by default torch's answers of earlier runs are used, which "
        "are kept in the user's cache folder, but not with --isolation none.",
    ),
    _Option(
        "--conform-out",
        "string",
        "Folder of the report; files of an older report in it are replaced; by default a new "
        "folder under reports/.",
        metavar="FOLDER",
    ),
    _Option(
        "--conform-benchmark",
        "bool",
        "Also time build, forward and backward of the cases tagged bench, with pytest-benchmark.",
    ),
    _Option(
        "--isolation",
        "string",
        "Sandbox of an engine that is not built in; by default none, because the project's own "
        "tests run the same code without one.",
        choices=WALLS,
    ),
    _Option(
        "--allow",
        "args",
        "An isolated engine may import this package and those that it needs, besides numpy.",
        metavar="PACKAGE",
    ),
    _Option(
        "--conform-env",
        "args",
        "Set this environment variable for the engine; an isolated engine sees no other.",
        metavar="NAME=VALUE",
    ),
    _Option(
        "--conform-path",
        "args",
        "An isolated engine may import from here.",
        metavar="FOLDER",
    ),
    _Option(
        "--conform-timeout",
        "string",
        "Longest time for one case on an isolated engine.",
        metavar="SECONDS",
    ),
    _Option(
        "--conform-timeout-total",
        "string",
        "Longest time for all cases of an isolated engine.",
        metavar="SECONDS",
    ),
    _Option(
        "--xfails-file",
        "string",
        "File of expected failures, each with a reason; one that passes fails the test; by "
        "default X.xfails.toml beside the engine's X.py, unless the engine is isolated.",
        metavar="FILE",
    ),
)


def add_options(parser: pytest.Parser) -> None:
    """Declare every option, for the command line and for the ini file."""
    group = parser.getgroup(NAME, "conformance with torch.autograd")
    for option in OPTIONS:
        # Releases of pytest before 8.4 do not know integers in the ini file.
        old = option.kind == "int" and pytest.version_tuple < (8, 4)
        kind: Any = "string" if old else option.kind
        group.addoption(option.flag, dest=option.dest, default=None, **option.on_command_line())
        parser.addini(option.dest, f"{option.help} (as {option.flag})", type=kind, default=None)
