"""A function and its inputs become cases: one, or one for each variant.

- `declared`: the cases of one function, with everything checked.
- `listed`: names in a sentence.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..errors import CaseError
from .case import CONVENTIONS, LEVELS, Case, short_path
from .recipes import Recipe, as_recipe
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
    labels, parameters = tuple(tags), inspect.signature(function).parameters
    for variant, extra in (variants or {"": {}}).items():
        given = {**inputs, **extra}
        if set(parameters) != set(given):
            raise CaseError(
                f"{origin}: {_id(function)} takes {listed(parameters)}; {listed(given)} were given"
            )
        recipes, statics = _split(parameters, given)
        id = _id(function) + (f"[{variant}]" if variant else "")
        yield Case(id, function, recipes, statics, level, labels, convention, tolerance, origin)


def _split(
    parameters: Mapping[str, inspect.Parameter], given: Mapping[str, Any]
) -> tuple[dict[str, Recipe], dict[str, Any]]:
    """The recipes of the positional parameters, and the values of the keyword-only ones."""
    static = {n for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY}
    recipes = {name: as_recipe(given[name]) for name in parameters if name not in static}
    return recipes, {name: given[name] for name in static}


def _id(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rpartition('.')[2]}/{function.__name__}"


def _origin(function: Callable[..., Any]) -> str:
    code = function.__code__
    return f"{short_path(code.co_filename)}:{code.co_firstlineno}"


def listed(names: Iterable[str]) -> str:
    """The names in order of the alphabet, or "nothing"."""
    return ", ".join(sorted(names)) or "nothing"
