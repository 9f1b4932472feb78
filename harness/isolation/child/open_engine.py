"""From the first message of the parent to an engine that runs programs, and the answer to this message."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from ...adapt import NothingDefined, SeveralEngines, adapted
from ...engine.contract import Engine, EngineInfo
from ...engine.offers import supported
from ...errors import OWN_FOLDERS, EngineError
from ...places import told
from ...submission.loading.load import Loaded, load
from ...submission.loading.load_package import load_installed
from ...submission.loading.time_budget import TimeBudget
from ...submission.loading.unpack import Files

_BASES = ("Engine", "EagerEngine", "FunctionalEngine")


def open_engine(setup: dict[str, Any], budget: TimeBudget) -> tuple[Engine, dict[str, Any]]:
    """Return the engine, and the child's part of the handshake, as JSON values.

    `setup` is the parent's part, see `harness.isolation.parent.process.Request.opening`. The child's part
    says what was found, how it is used, what was noticed (`notes`), its version, dtypes, what it lacks,
    which ops it supports, and how a person writes programs for it. All time is taken from `budget`.

    EngineError when there is no engine, when there are several, and when none can be made; Misnamed when
    there is no file, module or class of the name that was asked for. Code of the submission runs here, so
    that any other exception, SystemExit included, may come out of it.
    """
    wanted = setup["wanted"]
    if setup["module"]:
        loaded = load_installed(setup["module"])
    else:
        loaded = load(Files(setup["submission"]), wanted, budget)
    if setup["adapter"]:
        engine, how = _with_adapter(setup["adapter"], loaded, budget)
    else:
        engine, how = _found(loaded, setup["name"], wanted, budget)
    if setup["starts_by_hand"]:
        engine = engine.started_by_hand() or engine
    try:
        return engine, _introduction(engine, how, loaded.notes)
    except Exception as problem:
        # An error while loading is most likely the cause, so that it comes first.
        causes = [f"{note}; " for note in loaded.notes[:1]]
        raise EngineError(f"{''.join(causes)}{how} cannot be used: {told(problem)}") from None


def _introduction(engine: Engine, how: str, noticed: Sequence[str]) -> dict[str, Any]:
    """Return the child's part of the handshake. The engine's code may run here and raise any exception."""
    info = engine.info
    if not isinstance(info, EngineInfo):
        raise TypeError("`info` is an attribute of gradconform.Engine, and the class has its own")
    return {
        "found": how,
        "notes": [*noticed, *map(str, info.notes)][:20],
        "version": str(info.version),
        "dtypes": list(info.dtypes),
        "lacks": list(info.lacks),
        "arrays": info.arrays,
        "supports": supported(engine),
        "spelling": info.spelling.to_json() if info.spelling else None,
    }


def _found(loaded: Loaded, name: str, wanted: str, budget: TimeBudget) -> tuple[Engine, str]:
    """Return the `Engine` subclass of the submission, if it has one, else another class, adapted.

    The second value is a sentence about it.
    """
    written = _engine_classes(loaded)
    if wanted:
        written = [kind for kind in written if kind.__name__ == wanted]
    if len(written) > 1:
        more = f" and {len(written) - 4} more" if len(written) > 4 else ""
        names = ", ".join(kind.__name__ for kind in written[:4]) + more
        raise EngineError(f"{name} has several Engine classes ({names}); name one as {name}:Class")
    if written:
        _complete(loaded, name)
        return _made(
            written[0], budget
        ), f"adapter {written[0].__name__}, {loaded.place(written[0])}"
    if loaded.notes and _imports_a_base(loaded):
        raise EngineError(f"the adapter {name} cannot be loaded: {loaded.notes[0]}")
    unfinished = _unfinished(loaded, wanted)
    if unfinished:
        raise EngineError(f"the adapter {name} cannot be used: {'; '.join(unfinished)}")
    try:
        return adapted(loaded, name, wanted, budget.probe)
    except (NothingDefined, SeveralEngines):
        raise
    except EngineError as problem:
        # An error while loading is most likely the cause, so that it comes first.
        kind = EngineError if loaded.notes else type(problem)
        raise kind("; ".join([*loaded.notes[:1], str(problem)]), problem.offer) from None


def _complete(loaded: Loaded, name: str) -> None:
    """EngineError when a package of an adapter is absent: each case would fail without a visible reason."""
    for package in loaded.absent:
        if package in OWN_FOLDERS:
            raise EngineError(f"{name} imports {package}: {OWN_FOLDERS[package]}")
    if loaded.absent:
        options = " ".join(f"--allow {package}" for package in loaded.absent)
        names = ", ".join(loaded.absent)
        raise EngineError(
            f"{name} imports {names}, which its process may not; say {options}, or --path FOLDER "
            "(--conform-path under pytest) for a folder that holds what is not installed"
        )


def _imports_a_base(loaded: Loaded) -> bool:
    """Return True when a module has imported a class from which adapters derive."""
    # Those that no module has imported are not among the subclasses.
    known: list[type] = [Engine, *Engine.__subclasses__()]
    bases = [each for each in known if each.__name__ in _BASES]
    return any(vars(m).get(base.__name__) is base for m in loaded.modules for base in bases)


def _engine_classes(loaded: Loaded) -> list[type[Engine]]:
    return [kind for kind in _derived(loaded) if not inspect.isabstract(kind)]


def _unfinished(loaded: Loaded, wanted: str = "") -> list[str]:
    """Return a sentence for each class that lacks methods of an engine, or for the class `wanted` alone."""
    kinds = [kind for kind in _derived(loaded) if wanted in ("", kind.__name__)]
    lacking = {kind: sorted(kind.__abstractmethods__) for kind in kinds}
    return [f"{kind.__name__} lacks {', '.join(names)}" for kind, names in lacking.items() if names]


def _derived(loaded: Loaded) -> list[type[Engine]]:
    # Asked first who owns a class: the placeholder of an absent package refuses to be compared.
    own = {
        kind
        for module in loaded.modules
        for kind in vars(module).values()
        if inspect.isclass(kind) and loaded.owns(kind)
    }
    return [kind for kind in own if issubclass(kind, Engine)]


def _with_adapter(
    adapter: dict[str, Any], loaded: Loaded, budget: TimeBudget
) -> tuple[Engine, str]:
    """Return the engine of the grader's own adapter, which imports the student's work as `submission`."""
    sys.modules["submission"] = _merged(loaded)
    # Loaded from its own text: a module of the student with the same name cannot replace it.
    own = load(Files(adapter), "", budget)
    written = _engine_classes(own)
    _complete(own, adapter["name"])
    if own.notes or len(written) != 1:
        what = "; ".join([*own.notes, *_unfinished(own)]) or (
            f"it has {len(written)} Engine classes, and one was expected"
        )
        raise EngineError(f"the adapter {adapter['name']} cannot be used: {what}")
    return _made(written[0], budget), f"adapter {written[0].__name__} of {adapter['name']}"


def _merged(loaded: Loaded) -> ModuleType:
    merged = ModuleType("submission")
    for module in reversed(loaded.modules):
        vars(merged).update(
            {name: value for name, value in vars(module).items() if not name.startswith("__")}
        )
    return merged


def _made(kind: type[Engine], budget: TimeBudget) -> Engine:
    made: list[Engine] = []
    try:
        ended = budget.probe(lambda: made.append(kind()))
    except Exception as problem:
        raise EngineError(f"{kind.__name__}() raises {told(problem)}") from None
    if not ended:
        raise EngineError(f"{kind.__name__}() took too long: it does not come to an end")
    return made[0]
