"""The search for the class of a submission that is the engine.

- `adapted`: an engine of this class, and how it is used, in words.
- `Loaded`: the parts of a loaded submission that the search needs.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, Protocol

from ..errors import EngineError, Misnamed
from .adapted import AdaptedEngine
from .functions import Functions, attribute_named
from .leaves import Refused
from .no_engine import nothing_defined, tapes
from .probe import InTime, probe
from .spellings import BACKWARDS, PREFERRED
from .usage import Usage

# Members of a class that say where it is defined.
_PLACES = ("__module__", "__firstlineno__")
# Types of constants that are compared by value when two classes are compared.
_CONSTANTS = (bool, int, float, complex, str, bytes, tuple, frozenset, type(None))
_MOST_NAMES, _LONGEST_NAME = 6, 80
# A class without any of these ops is no engine.
_ARITHMETIC = ("__add__", "__mul__", "add", "mul", "multiply", "plus")


class NoEngine(Refused):
    """The reason why a class does not resemble an engine."""


class SeveralEngines(EngineError):
    """A submission with several engines, of which one has to be named."""


class NothingDefined(EngineError):
    """A submission defines no class. The message says why, and need not be explained by notes."""


class Loaded(Protocol):
    """A loaded submission, as far as it is needed here; see `harness.submission.loading.load`."""

    modules: list[ModuleType]
    main: str
    notes: list[str]
    absent: list[str]
    texts: Mapping[str, str]

    def offer(self, thing: Any) -> str:
        """The end of a name by which the file of a class can be named, such as "/eng/engine.py"."""

    def place(self, thing: Any) -> str:
        """The place where a class is defined, in words."""

    def file(self, thing: Any) -> str:
        """The path of the file in which a class is defined."""

    def owns(self, thing: Any) -> bool:
        """True when the submission defines the class."""


def adapted(loaded: Loaded, name: str, wanted: str, in_time: InTime) -> tuple[AdaptedEngine, str]:
    """An engine of the class `wanted`, or of the only class that is an engine, and how it is used, in words.

    `in_time` does work that may never end, and returns True when it ended in time.
    Raises EngineError, with the classes that were seen and the remedy, when there is no engine or more
    than one; Misnamed when there is no class `wanted`.
    """
    functions = Functions(loaded.modules, loaded.owns)
    classes = _classes(loaded)
    if wanted:
        classes = _named(classes, loaded, wanted)
        if not classes:
            seen = _nearest([kind.__name__ for kind in _classes(loaded)], wanted)
            raise Misnamed(f"{name} has no class {wanted}; it has {seen}")
    usable: list[Usage] = []
    refused: dict[type, Refused] = {}
    for kind in classes:
        try:
            if not wanted:
                _require_engine_methods(kind, functions)
            usable.append(probe(kind, functions, in_time))
        except Refused as why:
            refused[kind] = why
    if not usable:
        raise _no_engine(name, refused, loaded)
    usage = _chosen(_of_the_named_file(usable, loaded), loaded, name)
    if not wanted:
        usage = usage._replace(notes=(*usage.notes, *_elsewhere(usage.kind, refused, loaded)))
    words = f"class {usage.kind.__name__}, {loaded.place(usage.kind)}: {usage.words()}"
    return AdaptedEngine(usage, functions, loaded.place), words


def _classes(loaded: Loaded) -> list[type]:
    """The classes that the submission defines, each once, even if several modules have it."""
    found: dict[tuple[str, str], type] = {}
    for module in loaded.modules:
        for thing in list(vars(module).values()):
            if inspect.isclass(thing) and loaded.owns(thing):
                # A file that is loaded under two names has each class twice: the first one is taken.
                found.setdefault((thing.__qualname__, loaded.place(thing)), thing)
    return list(found.values())


def _named(classes: Sequence[type], loaded: Loaded, wanted: str) -> list[type]:
    """The classes that a module has under the name, else the classes with this name.

    A class that is found in the first way may have another name: `Tensor = Value` makes `Tensor` importable.
    """
    meant = [vars(module).get(wanted) for module in loaded.modules]
    found = [kind for kind in classes if any(kind is each for each in meant)]
    return found or [kind for kind in classes if kind.__name__ == wanted]


def _nearest(names: Sequence[str], wanted: str) -> str:
    """The names in words, those like `wanted` first; a package can have a hundred classes."""
    import difflib  # takes time, and most engines are found

    public = [name[:_LONGEST_NAME] for name in names if not name.startswith("_")]
    near = difflib.get_close_matches(wanted, public or names, n=_MOST_NAMES, cutoff=0.0)
    more = f" and {len(names) - len(near)} more" if len(names) > len(near) else ""
    return ", ".join(near) + more if near else "no class"


def _require_engine_methods(kind: type, functions: Functions) -> None:
    """Raise NoEngine, with the reason, when a class has no backward or no arithmetic."""
    backward = any(attribute_named(kind, name) for name in BACKWARDS)
    if not backward and not any(functions.named(name) for name in BACKWARDS):
        raise NoEngine("has no backward")
    if not any(hasattr(kind, name) or functions.named(name) for name in _ARITHMETIC):
        raise NoEngine(
            "is a layer, with forward and backward and no arithmetic"
            if hasattr(kind, "forward")
            else "has no arithmetic"
        )


def _chosen(usable: Sequence[Usage], loaded: Loaded, name: str) -> Usage:
    """The engine among several: the class from which the others derive.

    Raises SeveralEngines when several remain.
    """
    # A base class without gradients is not the engine when a class for leaves derives from it.
    able = [usage for usage in usable if usage.differentiates] or usable
    working = [usage for usage in able if not _derives(usage, able)]
    if len(working) > 1 and _one_family([usage.kind for usage in working]):
        ranked = [u for p in PREFERRED for u in working if u.kind.__name__ == p]
        working = ranked[:1] or working
    left = _without_notebooks(_without_copies(working), loaded)
    if len(left) > 1:
        raise _several([usage.kind for usage in left], loaded, name)
    return left[0]


def _of_the_named_file(usable: Sequence[Usage], loaded: Loaded) -> Sequence[Usage]:
    """The usages of classes that the named file defines, if one of them differentiates, else all."""
    own = [usage for usage in usable if loaded.main and loaded.file(usage.kind) == loaded.main]
    return own if any(usage.differentiates for usage in own) else usable


def _elsewhere(kind: type, refused: Mapping[type, Refused], loaded: Loaded) -> Iterator[str]:
    """A warning that the class is not from the named file, though this file has a class of its own."""
    file = loaded.file(kind)
    own = [each for each in refused if loaded.file(each) == loaded.main]
    if not own or not loaded.main or file in ("", loaded.main):
        return
    # Of several reasons, that of a class with a backward tells most.
    own.sort(key=lambda each: isinstance(refused[each], NoEngine))
    why = f"class {own[0].__name__} {refused[own[0]]}"
    yield f"class {kind.__name__} of {file} was taken, and none of {loaded.main}, which was named: {why}"


def _derives(usage: Usage, others: Sequence[Usage]) -> bool:
    """True when the class is a subclass of another one's."""
    return any(each is not usage and issubclass(usage.kind, each.kind) for each in others)


def _several(kinds: Sequence[type], loaded: Loaded, name: str) -> SeveralEngines:
    """The error about several engines: where they are, and how one of them is named."""
    places = [f"{kind.__name__} ({loaded.place(kind)})" for kind in kinds[:4]]
    seen = " and ".join([*places, *([f"{len(kinds) - 4} more"] if kinds[4:] else [])])
    # If others have the same name, the name does not choose one, but the file does.
    alone = [kind.__name__ for kind in kinds].count(kinds[0].__name__) == 1
    one = f":{kinds[0].__name__}" if alone else loaded.offer(kinds[0])
    said = f"{name} has {len(kinds)} engines: {seen}; name one as {name}{one}"
    # In a folder of submissions each file, or each folder, has an engine of its own.
    parts = {loaded.offer(kind).split("/")[1] for kind in kinds}
    several = len(parts) == len(kinds) and not loaded.main
    said += f", or all as {name}/* when each is a submission" if several else ""
    return SeveralEngines(said, one)


def _without_notebooks(usages: Sequence[Usage], loaded: Loaded) -> Sequence[Usage]:
    """The usage of the class in a module, with a note about those in the notebooks beside it."""
    in_notebooks = [usage for usage in usages if loaded.file(usage.kind).endswith(".ipynb")]
    if loaded.main or len(usages) - len(in_notebooks) != 1:
        return usages
    (usage,) = (each for each in usages if each not in in_notebooks)
    notes = [
        f"class {each.kind.__name__} in {loaded.place(each.kind)} was passed over: a module comes first"
        for each in in_notebooks
    ]
    return [usage._replace(notes=(*usage.notes, *notes))]


def _without_copies(usages: Sequence[Usage]) -> list[Usage]:
    """The usages without those of copied classes: a file handed in twice, or a notebook and its module."""
    kept: dict[object, Usage] = {}
    for usage in usages:
        members = vars(usage.kind).items()
        written = [(name, _written(each)) for name, each in members if name not in _PLACES]
        kept.setdefault((usage.kind.__name__, repr(written)), usage)
    return list(kept.values())


def _written(member: Any) -> Any:
    """A class member, or a constant in its code, as a value to compare, without its place in a file."""
    if isinstance(member, staticmethod | classmethod):
        return _written(member.__func__)
    if isinstance(member, property):
        return [_written(each) for each in (member.fget, member.fset)]
    code = member.__code__ if inspect.isfunction(member) else member
    if inspect.iscode(code):
        return code.co_code, code.co_names, code.co_varnames, [_written(c) for c in code.co_consts]
    return (type(code), code) if type(code) in _CONSTANTS else type(code)


def _one_family(kinds: Sequence[type]) -> bool:
    """True when all classes derive from one class other than object."""
    shared = set.intersection(*(set(kind.__mro__) for kind in kinds)) - {object}
    return bool(shared)


def _no_engine(name: str, refused: Mapping[type, Refused], loaded: Loaded) -> EngineError:
    """The error about a submission without an engine."""
    if not refused:
        why = nothing_defined(loaded.texts, loaded.notes, loaded.absent)
        return NothingDefined(f"{name} has no engine: {why}")
    # A class that resembles an engine is more likely to be the one that is meant.
    order = sorted(refused.items(), key=lambda item: isinstance(item[1], NoEngine))
    refusals = [f"class {kind.__name__} ({loaded.place(kind)}) {why}" for kind, why in order]
    more = f"; and {len(refusals) - 4} more" if len(refusals) > 4 else ""
    seen = f"{name} has no engine: {'; '.join(refusals[:4])}{more}"
    if recorded_on := tapes(list(refused)):
        how = f"Operations are recorded on a {recorded_on[0]}, which an --adapter has to open"
        return EngineError(f"{seen}. {how}")
    if "--adapter" in seen:
        return EngineError(seen)
    help = f"If one is meant, say which ({name}:Class) or write an --adapter"
    return EngineError(f"{seen}. {help}", ":Class")
