"""How the backward of an untrusted class is called.

- `BackwardCall`: its name, and which argument it takes.
- `backward_of`: the backward of a class.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple

from ..engine.arguments import parameters
from .functions import Functions, attribute_named
from .leaves import Refused
from .spellings import BACKWARDS, COTANGENTS, TAPES


class BackwardCall(NamedTuple):
    """A method of the node, or a function of the submission.

    `function` is None for a method. `cotangent` is the parameter that takes a cotangent; it is "" when there
    is none. `needed` is True when a call without this parameter fails.
    """

    name: str
    function: Callable[..., Any] | None
    cotangent: str
    needed: bool

    def run(self, root: Any) -> Any:
        """Accumulate gradients from a root that is one number; return what the backward returns.

        Raises every error that the backward raises.
        """
        return self._call(root, [1.0] if self.needed else [])

    def run_with(self, root: Any, cotangent: Any) -> Any:
        """Accumulate gradients from a root with a cotangent, which is handed over as it is.

        Raises every error that the backward raises.
        """
        return self._call(root, [cotangent])

    def code_of(self, kind: type) -> tuple[CodeType | None, dict[str, Any]]:
        """The code of the function or method, and its global variables. A builtin has no code."""
        function = self.function or inspect.getattr_static(kind, self.name, None)
        if not inspect.isfunction(function):
            return None, {}
        return function.__code__, function.__globals__

    def words(self) -> str:
        """The call as a report shows it, for example `.backward(grad)`."""
        if self.function is not None:
            return f"backward function {self.name}"
        return f".{self.name}({self.cotangent})"

    def _call(self, root: Any, arguments: list[Any]) -> Any:
        if self.function is not None:
            return self.function(root, *arguments)
        method = getattr(root, self.name)
        # An optional cotangent need not be the first parameter, so it goes by its name.
        if arguments and not self.needed:
            return method(**{self.cotangent: arguments[0]})
        return method(*arguments)


def backward_of(kind: type, functions: Functions) -> BackwardCall:
    """The method of the class, else the function of the submission.

    Raises Refused for a function whose first argument is no node. One of the two exists: `harness.adapt.find`
    refuses a class without a backward. A class that the user names is not looked at before; for this class
    the call of `backward` fails later, with its own error.
    """
    for name in BACKWARDS:
        found = attribute_named(kind, name)
        if found:
            return _call_of(found, None, getattr(kind, found))
    for name in BACKWARDS:
        function = functions.named(name)
        if function is not None:
            _refuse_tape(name, function)
            return _call_of(name, function, function)
    return BackwardCall("backward", None, "", False)


def _refuse_tape(name: str, function: Any) -> None:
    """Raise Refused when the first argument of a function is no node, but a record of the operations."""
    taken = [each.name for each in parameters(function) or ()]
    if taken and taken[0] in TAPES:
        raise Refused(
            f"records its operations on a {taken[0]}, which {name}({', '.join(taken[:4])}) takes: an "
            "--adapter has to open it"
        )


def _call_of(name: str, function: Any, signed: Callable[..., Any]) -> BackwardCall:
    """The call of `name`; the parameters behind the node are those of `signed`."""
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    options = [each for each in (parameters(signed) or ())[1:] if each.kind not in several]
    taken = [each for each in options if each.name in COTANGENTS or each.default is each.empty]
    if not taken:
        return BackwardCall(name, function, "", False)
    return BackwardCall(name, function, taken[0].name, taken[0].default is taken[0].empty)
