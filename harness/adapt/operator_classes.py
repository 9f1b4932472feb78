"""Operator classes, as `class Exp(Function)`: `Exp.apply(x)` calls the op, and `forward` says what it takes.

- `Applied`: the `apply` of an operator class, called as its `forward` takes the operands and options.
- `own_code`: the code of an op, where a function only calls an operator class.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from types import MethodType
from typing import Any, NamedTuple

from ..engine.arguments import parameters
from ..engine.option_names import may_be_left_out, own_name
from ..program.transcript import Unsupported

# Names of the first parameters of a `forward` that are no operands.
_CONTEXTS = ("self", "cls", "ctx", "context", "fn", "node")
_STAR, _OPTIONS = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD


class Applied(NamedTuple):
    """The `apply` of an operator class that hands everything on, and the parameters of its `forward`."""

    apply: Any
    name: str
    forward: tuple[inspect.Parameter, ...]
    by_name: bool

    @classmethod
    def of(cls, function: Any) -> Applied | None:
        """The call of an operator class; None for another function, and where `apply` declares options."""
        owner = getattr(function, "__self__", None)
        if type(function) is not MethodType or not isinstance(owner, type):
            return None
        forward, taken = getattr(owner, "forward", None), parameters(function) or ()
        known = parameters(forward) if forward is not None else None
        kinds = [each.kind for each in taken]
        if known is None or function.__name__ != "apply" or _STAR not in kinds:
            return None
        while known and known[0].name in _CONTEXTS:
            known = known[1:]
        return cls(function, owner.__name__, known, _OPTIONS in kinds)

    def invoke(self, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """The result of `apply`. A list of nodes goes apart where `forward` collects its operands.

        Raises Unsupported when `forward` has no parameter for an option, or needs one more. Raises every
        error of the class.
        """
        first = self.forward[0].kind if self.forward else None
        if first is _STAR and len(operands) == 1 and type(operands[0]) in (list, tuple):
            operands = operands[0]
        own = self._renamed(options)
        places = [each for each in self.forward if each.kind not in (_STAR, _OPTIONS)]
        collects = any(each.kind is _STAR for each in self.forward)
        rest = places if collects else places[len(operands) :]
        missing = [
            each.name for each in rest if each.default is each.empty and each.name not in own
        ]
        if missing and not collects:
            raise Unsupported(f"{self.name} without {missing[0]}")
        if self.by_name or not own:
            return self.apply(*operands, **own)
        if collects:
            raise Unsupported(f"{self.name} with {next(iter(options))}=")
        last = max(index for index, each in enumerate(rest) if each.name in own)
        by_place = [own.get(each.name, each.default) for each in rest[: last + 1]]
        return self.apply(*operands, *by_place)

    def _renamed(self, options: dict[str, Any]) -> dict[str, Any]:
        declared = [each.name for each in self.forward]
        passed_on = any(each.kind is _OPTIONS for each in self.forward)
        renamed: dict[str, Any] = {}
        for option, value in options.items():
            own = own_name(option, declared) or (option if passed_on else "")
            if own:
                renamed[own] = value
            elif not may_be_left_out(option, value):
                raise Unsupported(f"{self.name} with {option}=")
        return renamed


def own_code(function: Any) -> tuple[str, Any]:
    """The name and the code of the `backward` of an operator class that a function calls.

    The class is that of the method `apply`, or the only one of its kind that the function names. It is
    ("", function) for a function that calls none.
    """
    owner = getattr(function, "__self__", None)
    code = getattr(function, "__code__", None)
    known = getattr(function, "__globals__", {})
    named = [known.get(name) for name in code.co_names] if code is not None else []
    found = [one for one in (owner, *named) if isinstance(one, type) and _has_code(one)]
    if len(found) != 1:
        return "", function
    return f"{found[0].__name__}.backward", found[0].backward  # type: ignore[attr-defined] # _has_code


def _has_code(kind: type) -> bool:
    return vars(kind).keys() >= {"forward", "backward"}
