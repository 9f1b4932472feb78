"""From what the parent asked for to an engine that runs programs, and a sentence about it."""

from __future__ import annotations

import inspect
import sys
from types import ModuleType
from typing import Any

from harness.adapt import adapted
from harness.engine.contract import Engine
from harness.engine.eager import EagerEngine
from harness.engine.functional import FunctionalEngine
from harness.engine.offers import supported
from harness.errors import EngineError
from harness.submission.loading.clock import Clock
from harness.submission.loading.load import Loaded, load
from harness.submission.loading.load_package import load_installed
from harness.submission.loading.unpack import Files
from harness.text import described

_BASES = (Engine, EagerEngine, FunctionalEngine)


def opened(setup: dict[str, Any], clock: Clock) -> tuple[Engine, dict[str, Any]]:
    """The engine, and the greeting: what was found, how it is used, what was noticed.

    `clock` has the time of all this. EngineError when there is none.
    """
    wanted = setup["wanted"]
    if setup["module"]:
        loaded = load_installed(setup["module"])
    else:
        loaded = load(Files(setup["submission"]), wanted, clock)
    if setup["adapter"]:
        engine, how = _with_adapter(setup["adapter"], loaded, clock)
    else:
        engine, how = _found(loaded, setup["name"], wanted, clock)
    info = engine.info
    notes = [*loaded.notes, *info.notes]
    try:
        supports = supported(engine)
    except Exception as problem:
        raise EngineError(f"{how} cannot be used: {described(problem)}") from None
    return engine, {
        "found": how,
        "notes": notes[:20],
        "version": str(info.version),
        "dtypes": list(info.dtypes),
        "lacks": list(info.lacks),
        "supports": supports,
    }


def _found(loaded: Loaded, name: str, wanted: str, clock: Clock) -> tuple[Engine, str]:
    """An `Engine` subclass in the submission is its own adapter; any other class is adapted."""
    written = _engine_classes(loaded)
    if wanted:
        written = [kind for kind in written if kind.__name__ == wanted]
    if len(written) > 1:
        names = ", ".join(kind.__name__ for kind in written)
        raise EngineError(f"{name} has several Engine classes ({names}); name one as {name}:Class")
    if written:
        _complete(loaded, name)
        return _made(
            written[0], clock
        ), f"adapter {written[0].__name__}, {loaded.place(written[0])}"
    if loaded.notes and any(
        vars(m).get(base.__name__) is base for m in loaded.modules for base in _BASES
    ):
        raise EngineError(f"the adapter {name} cannot be loaded: {loaded.notes[0]}")
    try:
        return adapted(loaded, name, wanted, clock.tried)
    except EngineError as problem:
        # What went wrong on the way is most likely why nothing was found.
        raise EngineError("; ".join([str(problem), *loaded.notes[:2]])) from None


def _complete(loaded: Loaded, name: str) -> None:
    """An adapter is written for a package; without it nothing would run, and nobody would know why."""
    if loaded.absent:
        options = " ".join(f"--allow {package}" for package in loaded.absent)
        names = ", ".join(loaded.absent)
        raise EngineError(f"{name} imports {names}, which its process may not; say {options}")


def _engine_classes(loaded: Loaded) -> list[type[Engine]]:
    return [kind for kind in _derived(loaded) if not inspect.isabstract(kind)]


def _unfinished(loaded: Loaded) -> list[str]:
    """A sentence for each class that lacks methods of an engine."""
    lacking = {kind: sorted(kind.__abstractmethods__) for kind in _derived(loaded)}
    return [f"{kind.__name__} lacks {', '.join(names)}" for kind, names in lacking.items() if names]


def _derived(loaded: Loaded) -> list[type[Engine]]:
    found = {
        kind
        for module in loaded.modules
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, Engine)
    }
    return [kind for kind in found if loaded.owns(kind)]


def _with_adapter(adapter: dict[str, Any], loaded: Loaded, clock: Clock) -> tuple[Engine, str]:
    """The grader's own adapter, which finds the student's work in the module `submission`."""
    sys.modules["submission"] = _merged(loaded)
    # What the student left importable under a name of the adapter's must not stand in its way.
    own = load(Files(adapter), "", clock)
    written = _engine_classes(own)
    _complete(own, adapter["name"])
    if own.notes or len(written) != 1:
        what = "; ".join([*own.notes, *_unfinished(own)]) or (
            f"it has {len(written)} Engine classes, and one was expected"
        )
        raise EngineError(f"the adapter {adapter['name']} cannot be used: {what}")
    return _made(written[0], clock), f"adapter {written[0].__name__} of {adapter['name']}"


def _merged(loaded: Loaded) -> ModuleType:
    merged = ModuleType("submission")
    for module in reversed(loaded.modules):
        vars(merged).update(
            {name: value for name, value in vars(module).items() if not name.startswith("__")}
        )
    return merged


def _made(kind: type[Engine], clock: Clock) -> Engine:
    made: list[Engine] = []
    try:
        ended = clock.tried(lambda: made.append(kind()))
    except Exception as problem:
        raise EngineError(f"{kind.__name__}() raises {described(problem)}") from None
    if not ended:
        raise EngineError(f"{kind.__name__}() took too long: it does not come to an end")
    return made[0]
