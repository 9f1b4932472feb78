"""A function and its inputs become cases: one, or one for each variant.

- `declared`: the cases of one function, with everything checked.
- `listed`: names in a sentence.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..errors import CaseError
from .case import CONVENTIONS, LEVELS, Case, short_path
from .recipes import as_recipe
from .tolerance import Tolerance


def declared(
    function: Callable[..., Any],
    inputs: Mapping[str, Any],
    variants: Mapping[str, Mapping[str, Any]] | None,
    *,
    level: str,
    tags: Iterable[str],
    convention: str,
    tolerance: Tolerance | None,
) -> Iterator[Case]:
    """The cases of `function`: one for each of `variants`, whose inputs replace or add to `inputs`.

    Raises CaseError when level or convention is unknown, when there is no docstring, or when the
    inputs are not the parameters of the function.
    """
    origin = _origin(function)
    if level not in LEVELS or convention not in CONVENTIONS:
        raise CaseError(f"{origin}: level {level!r} or convention {convention!r} is unknown")
    # `python -OO` removes every docstring.
    if sys.flags.optimize < 2 and not (function.__doc__ or "").strip():
        raise CaseError(f"{origin}: a case's docstring is its title; {_id(function)} has none")
    labels, (positional, keyword_only) = tuple(tags), _parameters(function)
    parameters = {*positional, *keyword_only}
    for variant, extra in (variants or {"": {}}).items():
        given = {**inputs, **extra}
        if parameters != set(given):
            raise CaseError(
                f"{origin}: {_id(function)} takes {listed(parameters)}; {listed(given)} were given"
            )
        recipes = {name: as_recipe(given[name]) for name in positional}
        statics = {name: given[name] for name in keyword_only}
        id = _id(function) + (f"[{variant}]" if variant else "")
        yield Case(id, function, recipes, statics, level, labels, convention, tolerance, origin)


def _parameters(function: Callable[..., Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the positional parameters, and those of the keyword-only ones."""
    # `inspect.signature` would take longer than everything else that is done for a case.
    code = function.__code__
    count, named = code.co_argcount, code.co_varnames
    return named[:count], named[count : count + code.co_kwonlyargcount]


def _id(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rpartition('.')[2]}/{function.__name__}"


def _origin(function: Callable[..., Any]) -> str:
    code = function.__code__
    return f"{short_path(code.co_filename)}:{code.co_firstlineno}"


def listed(names: Iterable[str]) -> str:
    """The names in order of the alphabet, or "nothing"."""
    return ", ".join(sorted(names)) or "nothing"
