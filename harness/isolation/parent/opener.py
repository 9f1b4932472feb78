"""From the name of an untrusted engine to the engine: in a child, or in this process with `--isolation none`.

- `from_submission`, `from_adapter`, `from_module`: one for each kind of name.
- `known_packages`: the packages that a child could import.
"""

from __future__ import annotations

import functools
import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...engine.contract import Engine, WrappedEngine
from ...errors import OWN_FOLDERS, EngineError, Misnamed, UsageError
from ...submission.collect import read
from ...submission.files import Submission
from ..options import Isolation
from . import walls
from .interpreter import Facts, facts
from .isolated_engine import IsolatedEngine
from .request import Request
from .staging import ORACLES

_IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)


def from_submission(
    name: str, submission: Submission, wanted: str, how: Isolation, given: str
) -> Engine:
    """Return the engine that was handed in.

    `name` heads its column of a report; `wanted` is the name of its class, or empty; `given` is the path as
    it was typed. UsageError when an option does not fit; EngineError when it holds no engine that can be
    used.
    """
    return _open(name, how, submission=submission, wanted=wanted, given=given)


def from_adapter(name: str, path: Path, how: Isolation) -> Engine:
    """Return the engine of an adapter that comes with gradconform. The packages that it imports are allowed.

    UsageError when an option does not fit; EngineError when a package is absent or the adapter fails.
    """
    adapter = read(path, alone=True)
    return _open(name, how, trusted=_imports(adapter), submission=adapter)


def from_module(name: str, module: str, wanted: str, how: Isolation) -> Engine:
    """Return the engine in an installed package. The packages that it declares to need are allowed.

    EngineError when the package is absent or has no engine; UsageError when an option does not fit.
    """
    package = module.partition(".")[0]
    return _open(name, how, trusted=[package], module=module, wanted=wanted)


def _open(name: str, how: Isolation, trusted: Sequence[str] = (), **what: Any) -> Engine:
    if how.adapter is not None:
        trusted = [*trusted, *_imports_of_adapter(how.adapter, what.get("submission"), how.allow)]
    known = known_packages(how.python, how.allow, tuple(trusted))
    named = _packages_in(how.paths)
    known = {**known, "packages": {**known["packages"], **named}}
    _check_allowed(how, known, [*trusted, *named])
    for package in trusted:
        if not known["packages"][package]:
            raise EngineError(f"{name} needs {package}, which is not installed{_ways(package)}")
    request = Request(
        name,
        _without_oracles(known, {*how.allow, *trusted, *named}),
        adapter=how.adapter,
        variables=how.variables,
        **what,
    )
    if how.wall == "none":
        return _here(request, how)
    return IsolatedEngine(request, walls.chosen(how.wall), how.limits)


@functools.cache
def known_packages(python: str | None, allow: tuple[str, ...], trusted: tuple[str, ...]) -> Facts:
    """Return `interpreter.facts`, kept for later calls. UsageError when `python` is no usable Python."""
    # A package that is allowed brings those that it declares to need. NumPy needs none.
    return facts(python, allow, [*trusted, *(name for name in allow if name != "numpy")])


def _check_allowed(how: Isolation, known: Facts, trusted: Sequence[str]) -> None:
    for name in how.allow:
        if not known["packages"][name] and name != "numpy":
            raise UsageError(
                f"--allow {name}: there is no package of that name to import{_ways(name)}"
            )
    allowed = {*how.allow, *trusted}
    needed = [n for n, parts in known["packages"].items() if parts and n in ORACLES - allowed]
    if needed and not trusted:
        options = " ".join(f"--allow {name}" for name in sorted(needed))
        given = " ".join(f"--allow {name}" for name in how.allow if name != "numpy")
        raise UsageError(
            f"{given}: {' and '.join(sorted(needed))} must be allowed too, from which answers could be had: "
            f"{options} says that this is meant"
        )


def _ways(package: str) -> str:
    """Return the end of a sentence about a package that cannot be imported."""
    if package in OWN_FOLDERS:
        return f"; {OWN_FOLDERS[package]}"
    return (
        f"; install it (`pip install {package}`, or `pip install -e .` in the project that has it), or name "
        f"the folder that holds {package}: --path src (--conform-path under pytest)"
    )


def _packages_in(folders: Sequence[Path]) -> dict[str, list[str]]:
    """Return the place of each package and module in the folders, by its importable name.

    The first folder that has a name comes first, as on Python's own path. UsageError when one cannot be read.
    """
    found: dict[str, list[str]] = {}
    for folder in folders:
        try:
            entries = sorted(folder.iterdir())
        except OSError as problem:
            raise UsageError(f"--path {folder} cannot be read: {problem.strerror}") from None
        for entry in entries:
            name = entry.name.partition(".")[0]
            code = entry.is_dir() or entry.suffix in (".py", ".so")
            if code and name.isidentifier() and not name.startswith("__"):
                found.setdefault(name, [os.path.abspath(entry)])
    return found


def _without_oracles(known: Facts, named: set[str]) -> Facts:
    """Return the facts without packages that know the answers, unless they were named."""
    kept = {n: p for n, p in known["packages"].items() if n not in ORACLES or n in named}
    return {**known, "packages": kept}


def _imports(adapter: Submission) -> list[str]:
    """Return the packages that a trusted file imports, by its text alone."""
    text = adapter.files.get(adapter.main, b"").decode("utf-8", "replace")
    names = set(_IMPORTED.findall(text))
    return sorted(names - sys.stdlib_module_names - {"gradconform", "submission"})


def _imports_of_adapter(
    adapter: Submission, student: Submission | None, allow: Sequence[str]
) -> list[str]:
    """Return the packages that an adapter imports, which are importable for the submission too.

    UsageError when a package has the name of a file of the submission, or knows the answers.
    """
    found = _imports(adapter)
    for name in found:
        if student is not None and f"{name}.py" in student.files:
            raise UsageError(
                f"{adapter.name} imports {name}: what was handed in is called submission there, as in "
                "`from submission import Value`"
            )
        if name in ORACLES and name not in allow:
            raise UsageError(
                f"{adapter.name} imports {name}, from which answers could be had: --allow {name} "
                "says that this is meant"
            )
    return found


def _here(request: Request, how: Isolation) -> Engine:
    """Return the engine without a wall: in this process, with all packages that are installed."""
    from ...submission.loading.time_budget import TimeBudget
    from ..child.open_engine import open_engine

    os.environ.update(how.variables)
    sys.path[:0] = [each for each in map(os.path.abspath, how.paths) if each not in sys.path]
    finders = list(sys.meta_path)
    try:
        engine, handshake = open_engine(
            request.opening(), TimeBudget(how.limits.load, time.monotonic())
        )
    except EngineError as problem:
        misnamed = isinstance(problem, Misnamed)
        raise request.refusal(str(problem), misnamed=misnamed, offer=problem.offer) from None
    finally:
        sys.meta_path[:] = finders
    fingerprint = request.submission.fingerprint if request.submission else ""
    info = replace(
        engine.info,
        name=str(engine.name or request.name),
        version=handshake["version"] or fingerprint,
        found=handshake["found"],
        notes=(*request.remarks(), *handshake["notes"]),
        wall="NOT ISOLATED: in the process of gradconform",
        supports=handshake["supports"],
    )
    return WrappedEngine(engine, info)
