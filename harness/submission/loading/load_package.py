"""Loading an installed package in the child: a normal import, with placeholders for absent packages.

- `load_installed`: the modules of the package.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import os
import pkgutil
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

from ...errors import EngineError, Misnamed
from ...places import told
from .absent_packages import PlaceholderFinder
from .load import COMPANIONS, LIKELY, Loaded


def load_installed(name: str) -> Loaded:
    """Return the module `name` and the modules of its package that hold an engine or functions on its nodes.

    EngineError when it cannot be imported; Misnamed when its package has no module of that name. Its code may
    also leave by SystemExit or another BaseException.
    """
    top = name.partition(".")[0]
    source = _sources_of(top)
    finder = PlaceholderFinder(source, lambda module: module.partition(".")[0] == top)
    sys.meta_path.append(finder)
    try:
        module = importlib.import_module(name)
    except Exception as problem:
        # Python gives the name of the module that it did not find.
        kind = Misnamed if name != top and getattr(problem, "name", "") == name else EngineError
        raise kind(f"{name} cannot be imported: {told(problem)}") from None
    failed = []
    for below in (*_engines_below(module), *(f"{top}.{each}" for each in COMPANIONS)):
        try:
            importlib.import_module(below)
        except Exception as problem:
            # The names of companions are guesses. A module that exists and fails becomes a note.
            if getattr(problem, "name", "") != below:
                failed.append(f"{below} cannot be imported: {told(problem)}")
    names = [n for n in sys.modules if n == top or n.startswith(f"{top}.")]
    others = [sys.modules[n] for n in names if sys.modules[n] is not module]
    notes = [*failed, *finder.notes()]
    return Loaded([module, *others], notes, sorted(finder.placeholders), source)


def _sources_of(top: str) -> Callable[[str], str | None]:
    """Return a function from a file of the package to its text, and from any other file to None."""
    spec = importlib.machinery.PathFinder.find_spec(top)
    homes = [*(spec.submodule_search_locations or []), str(spec.origin)] if spec else []

    def source(file: str) -> str | None:
        if not any(file == home or file.startswith(home + os.sep) for home in homes):
            return None
        return _text(file)

    return source


def _engines_below(module: ModuleType) -> Sequence[str]:
    """Return the modules that define a backward, or none if the package itself has imported one of them."""
    found = []
    for each in pkgutil.iter_modules(getattr(module, "__path__", ())):
        spec = importlib.machinery.PathFinder.find_spec(each.name, module.__path__)
        if spec is not None and LIKELY.search(_text(str(spec.origin)) or ""):
            found.append(f"{module.__name__}.{each.name}")
    return [] if any(name in sys.modules for name in found) else found


def _text(file: str) -> str | None:
    try:
        with open(file, encoding="utf-8") as source:
            return source.read()
    except (OSError, ValueError):
        return None
