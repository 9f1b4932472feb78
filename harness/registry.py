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
from os import readlink
from os.path import exists, islink, lexists
from pathlib import Path

from harness.engine import Engine
from harness.errors import EngineError, NoSuchEngine, UsageError
from harness.isolation.options import Isolation
from harness.isolation.reading import in_archive, why_no_submission
from harness.isolation.submission import ARCHIVE, CODE, suffix_of
from harness.isolation.wire import words

ENTRY_POINTS = "gradconform.engines"
# The reference first. They need nothing but what gradconform needs, and take part unless others are named.
BUILTIN = ("torch", "numpy", "scalar")
_FILES = (*CODE, ARCHIVE)


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


def asked(specs: Sequence[str]) -> Sequence[str]:
    """The names that a person typed. UsageError for an engine's that a file or folder here has, too."""
    for spec in specs:
        if lexists(spec) and (spec in packaged_names() or spec in _entry_points()):
            raise UsageError(
                f"{spec} is the name of an engine and of a file or folder here: say ./{spec} for the "
                "latter, and run the engine from elsewhere"
            )
    return specs


def split(spec: str) -> tuple[str, str]:
    """What is named, and the class behind its colon. The name of a file may have a colon itself."""
    if lexists(spec):
        return spec, ""
    name, _, wanted = spec.partition(":")
    return name, wanted


def load(spec: str, how: Isolation | None = None) -> Engine:
    """The engine that `spec` names: gradconform's own in this process, any other one in a child.

    UsageError, with the nearest names, for one that does not exist; EngineError for one that cannot
    be imported or made.
    """
    from harness.isolation import opener

    how = how or Isolation()
    check(spec, how)
    if spec in BUILTIN or (spec in packaged_names() and how.wall == "none"):
        return _imported(spec)
    if spec in packaged_names():
        return opener.from_adapter(_file_of(spec), spec, how)
    installed = _entry_points()
    if spec in installed:
        return opener.from_entry_point(installed[spec], how)
    name, wanted = split(spec)
    path = path_of(spec)
    if path is None:
        return opener.from_module(name, wanted, how)
    if islink(path) and how.wall != "none":
        # Whoever handed it in may not have written what it leads to.
        raise EngineError(
            f"{words(name)} is a link; name what it leads to: {words(readlink(path))}"
        )
    return opener.from_path(path, wanted, how)


def check(spec: str, how: Isolation) -> None:
    """Whether there is something by that name, without reading it; NoSuchEngine if not.

    UsageError for no name at all.
    """
    name, _ = split(spec)
    if not name:
        raise UsageError(
            f"an engine's name or path was expected; {spec!r} came, as from a variable that is not set"
        )
    path = path_of(spec)
    if path is not None:
        if islink(path) and not exists(path):
            raise NoSuchEngine(f"{words(name)} is a link that leads nowhere")
        if why_no_submission(path):
            raise NoSuchEngine(f"{words(name)}: {why_no_submission(path)}")
        return
    installed = _entry_points()
    if spec in packaged_names() or spec in installed:
        return
    if suffix_of(Path(name)) in _FILES or "/" in name:
        raise NoSuchEngine(f"there is no file or folder {words(name)}")
    if how.python or _is_module(name.partition(".")[0]):
        return
    known = [*packaged_names(), *installed]
    near = difflib.get_close_matches(spec, known, n=3, cutoff=0.4) or known
    raise NoSuchEngine(f"there is no engine {spec!r}; did you mean {' or '.join(near)}?")


def path_of(spec: str) -> Path | None:
    """The file or folder that `spec` stands for, which is there; None where it is a name."""
    name, _ = split(spec)
    path = Path(name)
    if in_archive(path):
        return path
    if not lexists(path):
        return None
    if path.suffix or "/" in name:
        return path
    # A folder in the current one may be called like an engine, which then is what is meant.
    named = spec in packaged_names() or spec in _entry_points()
    return path if path.is_dir() and not named else None


def plain_name(spec: str) -> str:
    """What heads the engine's column, unless another is named the same: nothing is loaded for it."""
    path = path_of(spec)
    if path is not None:
        return words(path.resolve().name if path.is_dir() else path.stem)
    name, _ = split(spec)
    if spec in packaged_names() or spec in _entry_points():
        return spec
    return words(Path(name).stem if suffix_of(Path(name)) in _FILES else name.partition(".")[0])


def listing(specs: Sequence[str] = (), how: Isolation | None = None) -> Iterator[Listed]:
    """The engines asked for, else every engine that has a name, whether it can be used or not.

    UsageError for one that does not exist, where no other is asked for.
    """
    origins = {name: f"engines/{_module_of(name)}" for name in packaged_names()}
    origins |= {name: f"entry point {point.value}" for name, point in _entry_points().items()}
    for spec in asked(specs) or origins:
        name = words(spec)
        try:
            yield Listed(name, origins.get(spec, name), load(spec, how))
        except (EngineError, NoSuchEngine) as problem:
            if len(specs) == 1 and isinstance(problem, NoSuchEngine):
                raise
            yield Listed(name, origins.get(spec, name), None, str(problem))


def _is_module(name: str) -> bool:
    # `find_spec` refuses some names, such as __main__, instead of finding nothing.
    return name.isidentifier() and name != "__main__" and importlib.util.find_spec(name) is not None


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
