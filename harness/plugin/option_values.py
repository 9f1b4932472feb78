"""The values of the plugin's options. The command line overrides the ini file.

- `settings`: reads them. `Settings`: all of them.

This module runs in every project in which gradconform is installed. So it imports the standard library and
pytest only, unless an engine is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .options import DTYPES, LONGEST, OPTIONS, TOLERANCES, WALLS

if TYPE_CHECKING:
    from ..run.engine_name import EngineName


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
    fresh_reference: bool
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


def settings(config: pytest.Config) -> Settings:
    """Read the options from the command line, or else from the ini file.

    pytest.UsageError for a value that is not allowed, and for options of gradconform without an engine.
    """
    engines = tuple(dict.fromkeys(_listed(config, "engine")))
    named = [each.flag for each in OPTIONS if config.getoption(each.dest) is not None]
    if not engines and named:
        raise pytest.UsageError(f"{named[0]} needs an engine: --engine NAME_OR_PATH")
    note = ""
    if engines and config.getoption("engine") is None and _files_only(config):
        note = f"{', '.join(engines)} of the ini file not run, because files were named"
        engines = ()
    dtype, isolation = _one(config, "conform_dtype"), _one(config, "isolation") or "none"
    tolerance = _one(config, "conform_tolerance") or TOLERANCES[0]
    for value, choices in ((dtype, DTYPES), (tolerance, TOLERANCES), (isolation, WALLS)):
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
        fresh_reference=bool(_one(config, "conform_fresh_reference"))
        or _one(config, "isolation") == "none",
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
    if not 0.1 <= found <= LONGEST:
        raise pytest.UsageError(
            f"--{name.replace('_', '-')}: seconds from 0.1 to {LONGEST} were expected; {given} came"
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
