"""The functions that a submission defines itself, wherever in it they stand."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any


class Functions:
    """Ops by name: a module's functions, static methods of its classes, operator classes.

    What was imported (`from math import exp`) is not the submission's and is not offered, nor is a
    function of a private module that no package hands on.
    """

    def __init__(self, modules: Iterable[ModuleType], owns: Callable[[Any], bool]) -> None:
        self._exact: dict[str, Any] = {}
        self._alike: dict[str, Any] = {}
        self.constants: dict[str, Any] = {}
        modules = list(modules)
        self.namespaces = [vars(module) for module in modules]
        for module in modules:
            for name, thing in list(vars(module).items()):
                if name.isupper():
                    self.constants.setdefault(name, thing)
                if inspect.isfunction(thing) and owns(thing) and _public(thing, module):
                    self._offer(name, thing)
        for module in modules:
            for name, thing in list(vars(module).items()):
                if inspect.isclass(thing) and owns(thing):
                    self._offer_class(name, thing)

    def named(self, name: str) -> Any:
        """The function of that name, or of the same name in other letters, or None."""
        return self._exact.get(name) or self._alike.get(alike(name))

    def _offer(self, name: str, thing: Any) -> None:
        self._exact.setdefault(name, thing)
        if not name.startswith("_"):  # `def _t(x)` is a helper and no other spelling of T
            self._alike.setdefault(alike(name), thing)

    def _offer_class(self, name: str, kind: type) -> None:
        for inner, thing in list(vars(kind).items()):
            if isinstance(thing, staticmethod) and inner not in ("forward", "backward"):
                self._offer(inner, thing.__func__)
        # An operator class is called through `apply`, as torch.autograd.Function is.
        applied = inspect.getattr_static(kind, "apply", None)
        if isinstance(applied, classmethod | staticmethod):
            self._offer(name, kind.apply)  # type: ignore[attr-defined]


def _public(function: Any, module: ModuleType) -> bool:
    return "._" not in function.__module__ or hasattr(module, "__path__")


def has(owner: object, name: str) -> bool:
    """Whether there is such an attribute, be it one that has no value yet and says so by an error."""
    try:
        return hasattr(owner, name)
    except Exception:
        return True


def alike(name: str) -> str:
    """A name without case and underscores, so that reLU, ReLU and re_lu are one."""
    return name.replace("_", "").lower()


def same_name(owner: object, name: str) -> str:
    """The attribute of `owner` that has the name, else the same name in other letters, else ''."""
    if has(owner, name):
        return name
    wanted = alike(name)
    return next(
        (other for other in dir(owner) if not other.startswith("_") and alike(other) == wanted), ""
    )
