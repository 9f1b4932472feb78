"""The options of the plugin. Each can be given on the command line and in the ini file.

- `add_options`: declares them.
- `settings`: their values. The command line overrides the ini file.

This module runs in every project in which gradconform is installed. So it imports the standard library and
pytest only, unless an engine is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..run.engine_name import EngineName

# The collector's name, and the first part of every node id.
NAME = "gradconform"

_DTYPES = ("float64", "float32")
_TOLERANCES = ("measured", "torch")
_LONGEST = 86_400  # seconds; as in `harness.isolation.limits`
_WALLS = ("auto", "bubblewrap", "landlock", "rlimits", "none")

# The flag, the type of the option in the ini file, and the arguments of `addoption`.
_OPTIONS: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    (
        "--engine",
        "args",
        {
            "metavar": "NAME_OR_PATH",
            "help": "Test this engine against torch: a name, package.module:Class or "
            "path/file.py:Class.",
        },
    ),
    (
        "--conform-cases",
        "args",
        {"metavar": "GLOB", "help": "Test only these case ids."},
    ),
    (
        "--conform-tag",
        "args",
        {"metavar": "TAG", "help": "Test only the cases with this tag or level."},
    ),
    (
        "--conform-set",
        "args",
        {
            "metavar": "NAME",
            "help": "Test only the cases of a ready set: lecture, micrograd, tensor or tutorial; what the "
            "engine does not support of them is missing, and fails.",
        },
    ),
    (
        "--conform-cases-from",
        "args",
        {
            "metavar": "FILE",
            "help": "Test only the cases in this file, an id or glob on each line; what is not supported is "
            "missing.",
        },
    ),
    (
        "--conform-ops",
        "args",
        {
            "metavar": "OP,OP,...",
            "help": "Test only the cases that need no other op, as in add,mul,relu; what is not supported is "
            "missing.",
        },
    ),
    ("--conform-seed", "int", {"type": int, "help": "Seed of the random inputs; by default 0."}),
    (
        "--conform-dtype",
        "string",
        {
            "choices": _DTYPES,
            "help": "Float dtype of the run; by default the one that each engine prefers.",
        },
    ),
    (
        "--conform-tolerance",
        "string",
        {
            "choices": _TOLERANCES,
            "help": "How near to torch's an answer must be: as near as correct engines were when they were "
            "measured, or the defaults of torch.testing.assert_close; by default measured.",
        },
    ),
    (
        "--conform-out",
        "string",
        {
            "metavar": "FOLDER",
            "help": "Folder of the report; files of an older report in it are replaced; by default "
            "a new folder under reports/.",
        },
    ),
    (
        "--conform-benchmark",
        "bool",
        {
            "action": "store_const",
            "const": True,
            "help": "Also time build, forward and backward of the cases tagged bench, with "
            "pytest-benchmark.",
        },
    ),
    (
        "--isolation",
        "string",
        {
            "choices": _WALLS,
            "help": "Sandbox of an engine that is not built in; by default none, because the project's "
            "own tests run the same code without one.",
        },
    ),
    (
        "--allow",
        "args",
        {
            "metavar": "PACKAGE",
            "help": "An isolated engine may import this package and those that it needs, besides numpy.",
        },
    ),
    (
        "--conform-env",
        "args",
        {
            "metavar": "NAME=VALUE",
            "help": "Set this environment variable for the engine; an isolated engine sees no other.",
        },
    ),
    (
        "--conform-path",
        "args",
        {"metavar": "FOLDER", "help": "An isolated engine may import from here."},
    ),
    (
        "--conform-timeout",
        "string",
        {"metavar": "SECONDS", "help": "Longest time for one case on an isolated engine."},
    ),
    (
        "--conform-timeout-total",
        "string",
        {"metavar": "SECONDS", "help": "Longest time for all cases of an isolated engine."},
    ),
    (
        "--xfails-file",
        "string",
        {
            "metavar": "FILE",
            "help": "File of expected failures, each with a reason; one that passes fails the test; by "
            "default X.xfails.toml beside the engine's X.py, unless the engine is isolated.",
        },
    ),
)


@dataclass(frozen=True)
class Settings:
    """The values of the options. When `engines` is empty, nothing is collected, and `note` may say why."""

    engines: tuple[EngineName, ...]
    cases: tuple[str, ...]
    tags: tuple[str, ...]
    sets: tuple[str, ...]
    cases_from: tuple[Path, ...]
    ops: tuple[str, ...]
    seed: int
    dtype: str | None
    tolerance: str
    out: Path | None
    isolation: str
    allow: tuple[str, ...]
    variables: tuple[str, ...]
    paths: tuple[Path, ...]
    timeout: float | None
    timeout_total: float | None
    xfails_file: Path | None
    benchmark: bool
    note: str = ""


def add_options(parser: pytest.Parser) -> None:
    """Declare every option, for the command line and for the ini file."""
    group = parser.getgroup(NAME, "conformance with torch.autograd")
    for flag, kind, options in _OPTIONS:
        said = options["help"]
        if kind == "args":
            repeatable = f"{said.removesuffix('.')}; repeatable."
            options = {**options, "action": "append", "help": repeatable}
        # Releases of pytest before 8.4 do not know integers in the ini file.
        kind = "string" if kind == "int" and pytest.version_tuple < (8, 4) else kind
        group.addoption(flag, dest=_dest(flag), default=None, **options)
        parser.addini(_dest(flag), f"{said} (as {flag})", type=kind, default=None)


def settings(config: pytest.Config) -> Settings:
    """Read the options from the command line, or else from the ini file.

    pytest.UsageError for a value that is not allowed, and for options of gradconform without an engine.
    """
    engines = tuple(dict.fromkeys(_listed(config, "engine")))
    named = [flag for flag, _, _ in _OPTIONS if config.getoption(_dest(flag)) is not None]
    if not engines and named:
        raise pytest.UsageError(f"{named[0]} needs an engine: --engine NAME_OR_PATH")
    note = ""
    if engines and config.getoption("engine") is None and _files_only(config):
        note = f"{', '.join(engines)} of the ini file not run, because files were named"
        engines = ()
    dtype, isolation = _one(config, "conform_dtype"), _one(config, "isolation") or "none"
    tolerance = _one(config, "conform_tolerance") or _TOLERANCES[0]
    for value, choices in ((dtype, _DTYPES), (tolerance, _TOLERANCES), (isolation, _WALLS)):
        if value is not None and value not in choices:
            raise pytest.UsageError(f"one of {', '.join(choices)} was expected; {value!r} came")
    timeout = _seconds(config, "conform_timeout")
    timeout_total = _seconds(config, "conform_timeout_total")
    if isolation == "none" and (timeout, timeout_total) != (None, None):
        raise pytest.UsageError(
            "--conform-timeout needs a process that can be ended: --isolation auto"
        )
    return Settings(
        engines=_parsed(config, engines) if engines else (),
        cases=_listed(config, "conform_cases"),
        tags=_listed(config, "conform_tag"),
        sets=_listed(config, "conform_set"),
        cases_from=_paths(config, "conform_cases_from"),
        ops=_listed(config, "conform_ops"),
        seed=int(_one(config, "conform_seed") or 0),
        dtype=dtype,
        tolerance=tolerance,
        out=_path(config, "conform_out"),
        isolation=isolation,
        allow=_listed(config, "allow"),
        variables=_listed(config, "conform_env"),
        paths=_paths(config, "conform_path"),
        timeout=timeout,
        timeout_total=timeout_total,
        xfails_file=_path(config, "xfails_file"),
        benchmark=bool(_one(config, "conform_benchmark")),
        note=note,
    )


def _dest(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_")


def _one(config: pytest.Config, name: str) -> Any:
    given = config.getoption(name)
    return config.getini(name) or None if given is None else given


def _seconds(config: pytest.Config, name: str) -> float | None:
    given = _one(config, name)
    if given is None:
        return None
    try:
        found = float(given)
    except ValueError:
        found = float("nan")
    if not 0.1 <= found <= _LONGEST:
        raise pytest.UsageError(
            f"--{name.replace('_', '-')}: seconds from 0.1 to {_LONGEST} were expected; {given} came"
        )
    return found


def _listed(config: pytest.Config, name: str) -> tuple[str, ...]:
    return tuple(_one(config, name) or ())


def _ini_folder(config: pytest.Config) -> Path:
    return config.inipath.parent if config.inipath is not None else config.rootpath


def _path(config: pytest.Config, name: str) -> Path | None:
    """A path of the option, or None."""
    given = _one(config, name)
    return _located(config, name, given) if given else None


def _paths(config: pytest.Config, name: str) -> tuple[Path, ...]:
    return tuple(_located(config, name, path) for path in _listed(config, name))


def _located(config: pytest.Config, name: str, path: str) -> Path:
    """A path that is a value of the option.

    A path on the command line is relative to the folder in which pytest was called, and a path in the ini
    file to the folder of the ini file.
    """
    typed = config.getoption(name) is not None
    return Path(config.invocation_params.dir if typed else _ini_folder(config), path)


def _parsed(config: pytest.Config, engines: Sequence[str]) -> tuple[EngineName, ...]:
    """Parse the engines' names.

    Paths on the command line are relative to the current folder, and paths in the ini file to its folder.
    """
    from ..errors import GradconformError
    from ..run.engine_name import EngineName

    try:
        if config.getoption("engine") is not None:
            return tuple(map(EngineName.parse, engines))
        folder = _ini_folder(config)
        return tuple(EngineName.written_in(folder, engine) for engine in engines)
    except GradconformError as problem:
        raise pytest.UsageError(str(problem)) from None


def _files_only(config: pytest.Config) -> bool:
    """True when the command line names only files, or tests in files."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return False
    places = [config.invocation_params.dir / arg.partition("::")[0] for arg in config.args]
    return all(place.is_file() for place in places)
