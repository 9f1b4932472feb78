"""The functions that a submission defines, and names that differ in their spelling alone.

- `Functions`: the functions of a submission by name.
- `without_case`: a name without case and underscores.
- `attribute_named`: the attribute of an object that has a name, in upper or lower case.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any


class Functions:
    """Ops by name: functions of a module, static methods of its classes, and operator classes.

    A function that the submission imports (`from math import exp`) is not offered, because the submission
    does not define it. A function of a private module is offered only when a package exports it.
    """

    def __init__(self, modules: Iterable[ModuleType], owns: Callable[[Any], bool]) -> None:
        self._exact: dict[str, Any] = {}
        self._without_case: dict[str, Any] = {}
        self.constants: dict[str, Any] = {}
        # By the identity of a function, which `_exact` keeps alive.
        self._expressions: dict[int, str] = {}
        modules = list(modules)
        self.namespaces = [vars(module) for module in modules]
        for module in modules:
            for name, thing in list(vars(module).items()):
                if name.isupper():
                    self.constants.setdefault(name, thing)
                if inspect.isfunction(thing) and owns(thing) and _public(thing, module):
                    self._offer(name, thing, name)
        for module in modules:
            for name, thing in list(vars(module).items()):
                if inspect.isclass(thing) and owns(thing):
                    self._offer_class(name, thing)

    def named(self, name: str) -> Any:
        """The function of that name, else of the name in another case, else None."""
        return self._exact.get(name) or self._without_case.get(without_case(name))

    def expression(self, function: Any) -> str:
        """Return how a person writes the function, `exp` or `Ops.exp`; "" for one that is not offered."""
        return self._expressions.get(id(function), "")

    def _offer(self, name: str, thing: Any, expression: str) -> None:
        if self._exact.setdefault(name, thing) is thing:
            self._expressions.setdefault(id(thing), expression)
        # `def _t(x)` is private: it is not another spelling of the op T.
        if not name.startswith("_"):
            self._without_case.setdefault(without_case(name), thing)

    def _offer_class(self, name: str, kind: type) -> None:
        for inner, thing in list(vars(kind).items()):
            if isinstance(thing, staticmethod) and inner not in ("forward", "backward"):
                self._offer(inner, thing.__func__, f"{name}.{inner}")
        # An operator class is called through `apply`, as torch.autograd.Function is.
        applied = inspect.getattr_static(kind, "apply", None)
        if isinstance(applied, classmethod | staticmethod):
            self._offer(name, kind.apply, f"{name}.apply")  # type: ignore[attr-defined] # found on the line above


def _public(function: Any, module: ModuleType) -> bool:
    return "._" not in function.__module__ or hasattr(module, "__path__")


def _has(owner: object, name: str) -> bool:
    """True when the attribute exists; reading it may raise, because it has no value yet."""
    try:
        return hasattr(owner, name)
    except Exception:
        return True


def without_case(name: str) -> str:
    """A name without case and underscores, so that reLU, ReLU and re_lu are the same."""
    return name.replace("_", "").lower()


def attribute_named(owner: object, name: str) -> str:
    """The name of the attribute `name` of `owner`, else of its spelling in another case, else ""."""
    if _has(owner, name):
        return name
    wanted = without_case(name)
    return next(
        (
            other
            for other in dir(owner)
            if not other.startswith("_") and without_case(other) == wanted
        ),
        "",
    )
