"""How an op is called that has other names for its options, or does not say which it has."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from harness.adapt.spellings import OPTIONS
from harness.engine.arguments import called, parameters
from harness.program.transcript import Unsupported
from harness.text import described

_COLLECTED = "*"
_NO_KEYWORD, _NO_PLACE = "unexpected keyword argument", "positional argument"


class OptionNames:
    """Calls functions with torch's options under their own names for them.

    A function that says what it takes is believed. One that hands everything on (`**options`) is tried
    with torch's names and with NumPy's, and what it took is remembered.
    """

    def __init__(self) -> None:
        self._took: dict[int, int] = {}

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """The function's result; Unsupported when it has no name for an option."""
        declared, hands_on = _declared(function)
        if not hands_on:
            own = _spelt(function, options, declared)
            collected = own.pop(_COLLECTED, ())
            return called(function, [*operands, *collected], own)
        key = id(getattr(function, "__func__", function))
        for place in (1, 0) if self._took.get(key) else (0, 1):
            own = {
                _first(declared, names) or names[place]: value for names, value in _named(options)
            }
            try:
                result = called(function, operands, own)
            except TypeError as problem:
                if not any(words in described(problem) for words in hands_on):
                    raise
            else:
                self._took[key] = place
                return result
        wanted = ", ".join(f"{name}=" for name in options) or f"{len(operands)} arguments"
        raise Unsupported(f"{getattr(function, '__name__', 'the op')} with {wanted}")


def _named(options: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each option's names, torch's first; one that has no other is its own other."""
    for name, value in options.items():
        yield (name, *OPTIONS.get(name, (name,))), value


def _declared(function: Any) -> tuple[frozenset[str], Sequence[str]]:
    """The options that a function declares, `*axes` among them, and what Python says of too many."""
    taken = parameters(function)
    if taken is None:
        return frozenset(), (_NO_KEYWORD, _NO_PLACE)
    kinds = {each.kind for each in taken}
    star = inspect.Parameter.VAR_POSITIONAL
    names = frozenset(f"*{each.name}" if each.kind is star else each.name for each in taken)
    said = (_NO_KEYWORD,) if inspect.Parameter.VAR_KEYWORD in kinds else ()
    return names, (*said, _NO_PLACE) if said and star in kinds else said


def _first(declared: frozenset[str], names: Sequence[str]) -> str:
    return next((name for name in names if name in declared), "")


def _spelt(function: Any, options: dict[str, Any], declared: frozenset[str]) -> dict[str, Any]:
    """The options by their own names; what `*axes` takes is under `_COLLECTED`."""
    spelt: dict[str, Any] = {}
    for name, value in options.items():
        names = (name, *OPTIONS.get(name, ()))
        own = _first(declared, names)
        if own:
            spelt[own] = value
        elif any(
            each.kind is each.VAR_POSITIONAL and each.name in names
            for each in parameters(function) or ()
        ):
            spelt[_COLLECTED] = value if isinstance(value, list | tuple) else (value,)
        else:
            raise Unsupported(f"{getattr(function, '__name__', 'the op')} with {name}=")
    return spelt
