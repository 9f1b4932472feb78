"""Finding engines: by a name, an entry point, a path or an importable module, with ":Class" behind it.

An engine of the `engines` package is named like its module, without the closing underscore; it is
imported only when it is asked for, and one that cannot be imported is listed with its error. Those in
`BUILTIN` are gradconform's own; the others are adapters of released libraries, which may be absent.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from harness.engine import Engine
from harness.errors import EngineError, UsageError
from harness.isolation.options import Isolation
from harness.isolation.reading import in_archive
from harness.isolation.submission import CODE, suffix_of

ENTRY_POINTS = "gradconform.engines"
# The reference first. They need nothing but what gradconform needs, and take part unless others are named.
BUILTIN = ("torch", "numpy", "scalar")


@dataclass(frozen=True)
class Listed:
    """A known engine: where it comes from, and the engine or the error that its import gave."""

    name: str
    origin: str
    engine: Engine | None
    error: str = ""


def builtin_names() -> list[str]:
    """The names of gradconform's own engines; torch first, as the reference."""
    return list(BUILTIN)


def packaged_names() -> list[str]:
    """Every engine of the `engines` package, without importing any; the built-in ones first."""
    names = {_display(module) for module in _packaged_modules()}
    return [*BUILTIN, *sorted(names - set(BUILTIN))]


def load(spec: str, how: Isolation | None = None) -> Engine:
    """The engine that `spec` names: gradconform's own in this process, any other one in a child.

    UsageError, with the nearest names, for one that does not exist; EngineError for one that cannot
    be imported or made.
    """
    from harness.isolation import opener

    how = how or Isolation()
    if spec in BUILTIN or (spec in packaged_names() and how.wall == "none"):
        return _imported(spec)
    if spec in packaged_names():
        return opener.from_adapter(_file_of(spec), spec, how)
    installed = _entry_points()
    if spec in installed:
        return opener.from_entry_point(installed[spec], how)
    name, _, wanted = spec.partition(":")
    path = Path(name)
    if in_archive(path) or (path.exists() and (path.suffix or path.is_dir() or "/" in name)):
        return opener.from_path(path, wanted, how)
    if suffix_of(path) in CODE or "/" in name:
        raise UsageError(f"there is no file or folder {name}")
    if how.python or (importlib.util.find_spec(name.partition(".")[0]) is not None):
        return opener.from_module(name, wanted, how)
    known = [*packaged_names(), *installed]
    near = difflib.get_close_matches(spec, known, n=3, cutoff=0.4) or known
    raise UsageError(f"there is no engine {spec!r}; did you mean {' or '.join(near)}?")


def listing(specs: Sequence[str] = (), how: Isolation | None = None) -> Iterator[Listed]:
    """The engines asked for, else every engine that has a name, whether it can be used or not."""
    origins = {name: f"engines/{_module_of(name)}" for name in packaged_names()}
    origins |= {name: f"entry point {point.value}" for name, point in _entry_points().items()}
    for name in specs or origins:
        try:
            yield Listed(name, origins.get(name, name), load(name, how))
        except EngineError as problem:
            yield Listed(name, origins.get(name, name), None, str(problem))


def _packaged_modules() -> list[str]:
    package = importlib.import_module("engines")
    found = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return [name for name in found if name != "faulty" and not name.startswith("_")]


def _display(module: str) -> str:
    return module.rstrip("_")


def _module_of(name: str) -> str:
    return next(module for module in _packaged_modules() if _display(module) == name)


def _file_of(name: str) -> Path:
    package = importlib.import_module("engines")
    return Path(package.__path__[0]) / f"{_module_of(name)}.py"


def _imported(name: str) -> Engine:
    try:
        module = importlib.import_module(f"engines.{_module_of(name)}")
    except ImportError as problem:
        raise EngineError(f"the engine {name} cannot be imported: {problem}") from problem
    own = [
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and issubclass(kind, Engine)
        and kind.__module__.startswith(module.__name__)
        and not inspect.isabstract(kind)
    ]
    assert len(own) == 1, f"a module of `engines` has one Engine class, {name} has {len(own)}"
    engine = own[0]()
    engine.name = engine.name or name
    return engine


def _entry_points() -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=ENTRY_POINTS):
        if point.name in packaged_names() or point.name in found:
            raise EngineError(f"two engines are named {point.name!r}: {point.value} is the second")
        found[point.name] = point
    return found
