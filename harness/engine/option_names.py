"""How an op is called when its options have other names than torch's.

- `OptionNames`: calls functions, and gives them torch's options under their own names.
- `OPTIONS`: these names. `own_name`, `may_be_left_out`: for those who call a function in another way.
"""

from __future__ import annotations

import inspect
from collections.abc import Container, Sequence
from typing import Any

from ..program.transcript import Unsupported
from .arguments import call, parameters
from .cpython_messages import (
    MISSING_ARGUMENT,
    TOO_MANY_ARGUMENTS,
    UNEXPECTED_KEYWORD,
    Words,
)

# torch's name of an option, and the names that others have for it; NumPy's comes first.
OPTIONS = {
    "dim": ("axis", "axes", "dims", "dimension"),
    "keepdim": ("keepdims", "keep_dims", "keep_dim"),
    "dims": ("axes", "axis", "dim", "perm", "order"),
    "dim1": ("axis1",),
    "dim2": ("axis2",),
    "min": ("a_min", "x_min", "low", "lo", "lower", "min_val", "min_value", "minimum"),
    "max": ("a_max", "x_max", "high", "hi", "upper", "max_val", "max_value", "maximum"),
    "negative_slope": ("alpha", "slope", "leak"),
    "correction": ("ddof",),
}
# Options that say what happens anyway. A function that does not have one is called without it.
_BY_DEFAULT = {"reduction": "mean", "keepdim": False}
# The key of options that a function collects by place.
_COLLECTED = "*"


class OptionNames:
    """Calls functions, and gives them torch's options under their own names.

    A function that declares its options gets them under its own names. A function that passes all options on
    (`**options`) does not show their names. It is called with torch's names first and with NumPy's next, and
    the names that worked come first from then on.
    """

    def __init__(self) -> None:
        # By the identity of a function: the place of the name that worked last, among the names of an option.
        self._worked: dict[int, int] = {}

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """The result of the function.

        Raises Unsupported when it has no name for an option, and every error of the function.
        """
        declared, passes_on = _declared(function)
        if not passes_on:
            own = _renamed(function, options, declared)
            collected = own.pop(_COLLECTED, ())
            return call(function, [*operands, *collected], own)
        key = id(getattr(function, "__func__", function))
        for place in (1, 0) if self._worked.get(key) else (0, 1):
            own = {_passed_on(declared, option, place): value for option, value in options.items()}
            try:
                result = call(function, operands, own)
            except TypeError as problem:
                if not any(words.are_of(problem) for words in passes_on):
                    raise
            else:
                self._worked[key] = place
                return result
        wanted = ", ".join(f"{name}=" for name in options) or f"{len(operands)} arguments"
        raise Unsupported(f"{getattr(function, '__name__', 'the op')} with {wanted}")


def own_name(option: str, declared: Container[str]) -> str:
    """The name among the declared ones that an option of torch has; "" when it has none."""
    names = (option, *OPTIONS.get(option, ()))
    return next((name for name in names if name in declared), "")


def may_be_left_out(option: str, value: Any) -> bool:
    """True when a function without the option does what the value asks for."""
    return option in _BY_DEFAULT and value == _BY_DEFAULT[option]


def _passed_on(declared: frozenset[str], option: str, place: int) -> str:
    """The declared name of an option, else torch's name at place 0 and NumPy's at place 1."""
    others = OPTIONS.get(option, (option,))
    return own_name(option, declared) or (option, others[0])[place]


def _declared(function: Any) -> tuple[frozenset[str], Sequence[Words]]:
    """The options that a function declares, with `*` before a name that collects by place.

    Also the words of the errors that mean that a name did not work. There are none for a function that
    declares all options: for this function every error is a finding.
    """
    taken = parameters(function)
    by_place = (TOO_MANY_ARGUMENTS, MISSING_ARGUMENT)
    if taken is None:
        return frozenset(), (UNEXPECTED_KEYWORD, *by_place)
    kinds = {each.kind for each in taken}
    star = inspect.Parameter.VAR_POSITIONAL
    names = frozenset(f"*{each.name}" if each.kind is star else each.name for each in taken)
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        return names, ()
    return names, (UNEXPECTED_KEYWORD, *by_place) if star in kinds else (UNEXPECTED_KEYWORD,)


def _renamed(function: Any, options: dict[str, Any], declared: frozenset[str]) -> dict[str, Any]:
    """The options under the names of the function; `_COLLECTED` has those that `*axes` collects.

    Raises Unsupported when the function has no name for an option.
    """
    renamed: dict[str, Any] = {}
    for name, value in options.items():
        own = own_name(name, declared)
        if own:
            renamed[own] = value
        elif any(f"*{each}" in declared for each in (name, *OPTIONS.get(name, ()))):
            renamed[_COLLECTED] = value if isinstance(value, list | tuple) else (value,)
        elif not may_be_left_out(name, value):
            raise Unsupported(f"{getattr(function, '__name__', 'the op')} with {name}=")
    return renamed
