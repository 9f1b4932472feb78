"""Finding engines: by a built-in name, an entry point, or "path/file.py:Class".

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
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from harness.engine import Engine
from harness.errors import EngineError, UsageError

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


def load(spec: str) -> Engine:
    """The engine that `spec` names.

    UsageError, with the nearest names, for one that does not exist; EngineError for one that cannot
    be imported or made.
    """
    if ".py" in spec:
        return _from_file(spec)
    if spec in packaged_names():
        return _make(spec, _imported(spec), None)
    installed = _entry_points()
    if spec in installed:
        return _from_entry_point(installed[spec])
    known = [*packaged_names(), *installed]
    near = difflib.get_close_matches(spec, known, n=3, cutoff=0.4) or known
    raise UsageError(f"there is no engine {spec!r}; did you mean {' or '.join(near)}?")


def listing() -> Iterator[Listed]:
    """Every engine that has a name, whether it can be imported or not."""
    origins = {name: f"engines/{_module_of(name)}" for name in packaged_names()}
    origins |= {name: f"entry point {point.value}" for name, point in _entry_points().items()}
    for name, origin in origins.items():
        try:
            yield Listed(name, origin, load(name))
        except Exception as problem:
            yield Listed(name, origin, None, f"{type(problem).__name__}: {problem}")


def _packaged_modules() -> list[str]:
    package = importlib.import_module("engines")
    found = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return [name for name in found if name != "faulty" and not name.startswith("_")]


def _display(module: str) -> str:
    return module.rstrip("_")


def _module_of(name: str) -> str:
    return next(module for module in _packaged_modules() if _display(module) == name)


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(f"engines.{_module_of(name)}")
    except ImportError as problem:
        raise EngineError(f"the engine {name} cannot be imported: {problem}") from problem


def _entry_points() -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=ENTRY_POINTS):
        if point.name in packaged_names() or point.name in found:
            raise EngineError(f"two engines are named {point.name!r}: {point.value} is the second")
        found[point.name] = point
    return found


def _from_entry_point(point: EntryPoint) -> Engine:
    loaded = point.load()
    if isinstance(loaded, type) and issubclass(loaded, Engine):
        return _named(loaded, point.name)
    raise EngineError(f"entry point {point.value} is not an Engine class")


def _from_file(spec: str) -> Engine:
    name, _, wanted = spec.partition(":")
    path = Path(name).resolve()
    if not path.is_file():
        raise UsageError(f"there is no file {name}")
    identity = f"gradconform_engine_{path.stem}"
    description = importlib.util.spec_from_file_location(identity, path)
    if description is None or description.loader is None:
        raise UsageError(f"{name} is not a Python file")
    module = importlib.util.module_from_spec(description)
    sys.modules[identity] = module
    # Last, so that a neighbour named like a library does not take its place.
    sys.path.append(str(path.parent))
    try:
        description.loader.exec_module(module)
    except Exception as problem:
        raise EngineError(f"{name} cannot be imported: {problem!r}") from problem
    finally:
        sys.path.remove(str(path.parent))
    return _make(path.stem, module, wanted or None)


def _make(name: str, module: ModuleType, wanted: str | None) -> Engine:
    own = {
        kind.__name__: kind
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and issubclass(kind, Engine)
        and kind.__module__.startswith(module.__name__)
        and not inspect.isabstract(kind)
    }
    if wanted is not None and wanted not in own:
        raise UsageError(
            f"{name} has no Engine class {wanted!r}; it has {', '.join(own) or 'none'}"
        )
    if wanted is None and len(own) != 1:
        raise EngineError(
            f"{name} has {len(own)} Engine classes ({', '.join(own) or 'none'}); "
            f"name one as {name}:Class"
        )
    return _named(own[wanted] if wanted else next(iter(own.values())), name)


def _named(kind: type[Engine], name: str) -> Engine:
    engine = kind()
    engine.name = engine.name or name
    return engine
