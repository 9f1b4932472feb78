"""The options of the plugin, each with its twin in the ini file.

- `add_options`: declares them.
- `settings`: what was said, the command line before the ini file.

Only the standard library and pytest are imported here, unless an engine is asked for: this runs in every
project in which gradconform is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.run.engine_name import EngineName

# The collector's name, and the first part of every node id.
NAME = "gradconform"

_DTYPES = ("float64", "float32")
_WALLS = ("auto", "bubblewrap", "landlock", "rlimits", "none")

# Flag, kind of its ini twin, and what `addoption` takes.
_OPTIONS: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    (
        "--engine",
        "args",
        {
            "metavar": "NAME_OR_PATH",
            "help": "Test this engine against torch: a name, package.module:Class or "
            "path/file.py:Class; repeatable.",
        },
    ),
    ("--conform-cases", "args", {"metavar": "GLOB", "help": "Only these case ids; repeatable."}),
    (
        "--conform-tag",
        "args",
        {"metavar": "TAG", "help": "Only cases with this tag or level; repeatable."},
    ),
    ("--conform-seed", "int", {"type": int, "help": "Seed of the drawn inputs; by default 0."}),
    (
        "--conform-dtype",
        "string",
        {
            "choices": _DTYPES,
            "help": "Float dtype of the run; by default what each engine prefers.",
        },
    ),
    (
        "--conform-out",
        "string",
        {
            "metavar": "FOLDER",
            "help": "Folder of the report, whose files are replaced; by default a new one under "
            "reports/.",
        },
    ),
    (
        "--conform-benchmark",
        "bool",
        {
            "action": "store_const",
            "const": True,
            "help": "Time build, forward and backward of the cases tagged bench, with pytest-benchmark.",
        },
    ),
    (
        "--isolation",
        "string",
        {
            "choices": _WALLS,
            "help": "Walls around an engine that is not built in; by default none, because the "
            "project's own tests run its code here anyway.",
        },
    ),
    (
        "--allow",
        "args",
        {
            "metavar": "PACKAGE",
            "help": "A package that an isolated engine may import, besides numpy; repeatable.",
        },
    ),
    (
        "--xfails-file",
        "string",
        {
            "metavar": "FILE",
            "help": "Expected failures, strict, each with a reason; by default X.xfails.toml beside "
            "the engine's X.py, unless the engine is isolated.",
        },
    ),
)


@dataclass(frozen=True)
class Settings:
    """What was asked for. `engines` is empty when nothing is to be collected; then `note` may say why."""

    engines: tuple[EngineName, ...]
    cases: tuple[str, ...]
    tags: tuple[str, ...]
    seed: int
    dtype: str | None
    out: Path | None
    isolation: str
    allow: tuple[str, ...]
    xfails_file: Path | None
    benchmark: bool
    note: str = ""


def add_options(parser: pytest.Parser) -> None:
    """Declare every option and its ini twin."""
    group = parser.getgroup(NAME, "conformance with torch.autograd")
    for flag, kind, options in _OPTIONS:
        if kind == "args":
            options = {"action": "append", **options}
        # Older releases of pytest know no numbers in ini files, and load this plugin all the same.
        kind = "string" if kind == "int" and pytest.version_tuple < (8, 4) else kind
        group.addoption(flag, dest=_dest(flag), default=None, **options)
        said = options["help"].replace("; repeatable", "")
        parser.addini(_dest(flag), f"{said} (as {flag})", type=kind, default=None)


def settings(config: pytest.Config) -> Settings:
    """What the command line says, else the ini file. UsageError for what does not fit."""
    engines = list(dict.fromkeys(_listed(config, "engine")))
    named = [flag for flag, _, _ in _OPTIONS if config.getoption(_dest(flag)) is not None]
    if not engines and named:
        raise pytest.UsageError(f"{named[0]} needs an engine: --engine NAME_OR_PATH")
    note = ""
    if engines and config.getoption("engine") is None and _files_only(config):
        note = f"{', '.join(engines)} of the ini file not run, because files were named"
        engines = []
    dtype, isolation = _one(config, "conform_dtype"), _one(config, "isolation") or "none"
    for value, choices in ((dtype, _DTYPES), (isolation, _WALLS)):
        if value is not None and value not in choices:
            raise pytest.UsageError(f"one of {', '.join(choices)} was expected; {value!r} came")
    return Settings(
        _parsed(config, engines) if engines else (),
        tuple(_listed(config, "conform_cases")),
        tuple(_listed(config, "conform_tag")),
        int(_one(config, "conform_seed") or 0),
        dtype,
        _path(config, "conform_out"),
        isolation,
        tuple(_listed(config, "allow")),
        _path(config, "xfails_file"),
        bool(_one(config, "conform_benchmark")),
        note,
    )


def _dest(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_")


def _one(config: pytest.Config, name: str) -> Any:
    given = config.getoption(name)
    return config.getini(name) or None if given is None else given


def _listed(config: pytest.Config, name: str) -> list[str]:
    return _one(config, name) or []


def _ini_folder(config: pytest.Config) -> Path:
    return config.inipath.parent if config.inipath is not None else config.rootpath


def _path(config: pytest.Config, name: str) -> Path | None:
    """A path of the command line is relative to where pytest was called, one of the ini file to it."""
    given = config.getoption(name)
    if given is not None:
        return Path(config.invocation_params.dir, given)
    written = config.getini(name)
    return _ini_folder(config) / written if written else None


def _parsed(config: pytest.Config, engines: Sequence[str]) -> tuple[EngineName, ...]:
    """The names of the command line are those of the current folder, the ini file's are its own."""
    from harness.errors import GradconformError
    from harness.run.engine_name import EngineName

    try:
        if config.getoption("engine") is not None:
            return tuple(map(EngineName.parse, engines))
        folder = _ini_folder(config)
        return tuple(EngineName.written_in(folder, engine) for engine in engines)
    except GradconformError as problem:
        raise pytest.UsageError(str(problem)) from None


def _files_only(config: pytest.Config) -> bool:
    """Whether the command line names files or tests in them, and nothing else."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return False
    places = [config.invocation_params.dir / arg.partition("::")[0] for arg in config.args]
    return all(place.is_file() for place in places)
