"""The engines that come with gradconform, named like their modules without the closing underscore.

- `packaged_names`: the names of all engines of the `engines` package. Those in `BUILTIN` are gradconform's
  own; the others adapt released libraries, which may not be installed.
- `module_of`, `place_of`: the module and the file of an engine. Neither imports the engine.
- `load`: makes an engine. The reference is described, and imported when it runs a program.
- `ReferenceEngine`: the description of the reference. `imported`: imports an engine and makes it.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..errors import EngineError
from ..program import Program
from ..program.arrays import Array
from ..program.transcript import Transcript
from .contract import Engine

# The engine whose answers are the expected ones.
REFERENCE = "torch"
# These need no library beyond gradconform's own, and run when no engine is named.
BUILTIN = (REFERENCE, "numpy", "scalar")


def packaged_names() -> list[str]:
    """The name of every engine of the `engines` package; the built-in ones first."""
    return [*BUILTIN, *sorted(_modules().keys() - set(BUILTIN))]


def module_of(name: str) -> str:
    """The name of a packaged engine's module inside `engines`. KeyError when there is no such engine."""
    return _modules()[name]


def place_of(name: str) -> Path:
    """The file of a packaged engine, or its folder when it is a package.

    KeyError when there is no such engine.
    """
    place = _folder() / module_of(name)
    return place if place.is_dir() else place.with_suffix(".py")


class ReferenceEngine(Engine):
    """The reference, described without its library: torch takes two seconds to import.

    The library is imported when the engine first runs a program. Raises EngineError when the library is not
    installed, and `run` raises it when the library cannot be imported.
    """

    name = REFERENCE
    # A test compares these with the engine itself.
    dtypes = ("float64", "float32", "float16", "bfloat16", "int64", "int8", "bool")

    def __init__(self) -> None:
        try:
            self.version = version(REFERENCE).partition("+")[0]
        except PackageNotFoundError as problem:
            raise EngineError(f"the engine {REFERENCE} cannot be imported: {problem}") from None

    @functools.cached_property
    def imported(self) -> Engine:
        """The engine itself. EngineError when its library cannot be imported."""
        return imported(REFERENCE)

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Run the program on the engine itself. Raises EngineError as `imported` does."""
        return self.imported.run(program, inputs)


def load(name: str) -> Engine:
    """Make a packaged engine in this process. The library of the reference is not imported yet.

    KeyError when there is no such engine. EngineError when its library cannot be imported.
    """
    return ReferenceEngine() if name == REFERENCE else imported(name)


def imported(name: str) -> Engine:
    """Import a packaged engine and make it in this process. KeyError and EngineError as in `load`."""
    try:
        module = importlib.import_module(f"gradconform.engines.{module_of(name)}")
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
    return own[0]()


@functools.cache
def _modules() -> dict[str, str]:
    found = [module.name for module in pkgutil.iter_modules([str(_folder())])]
    engines = (name for name in found if name != "faulty" and not name.startswith("_"))
    return {module.rstrip("_"): module for module in engines}


def _folder() -> Path:
    return Path(importlib.import_module("gradconform.engines").__path__[0])
