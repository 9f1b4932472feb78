"""Placeholders for parts of absent packages: they can be named and subclassed, but not used.

- `NotHere`: raised by a use that needs the package.
- `part`: the placeholder for a part of an absent package. `result`: for a value that a part would have given.
- `PlaceholderModule`: for the package itself. `is_placeholder`: True for each of these; `is_result`: True for
  a value.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ...errors import OWN_FOLDERS
from ...program.transcript import Unsupported

# The special methods that raise NotHere. `|` is not among them, because it joins types in annotations.
_USES = """
call getitem setitem delitem iter next len contains enter exit lt le gt ge neg pos abs invert round int float
complex index add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor radd rsub rmul rmatmul
rtruediv rfloordiv rmod rdivmod rpow rlshift rrshift rand rxor
""".split()


class NotHere(ImportError, Unsupported):
    """A package that is not importable here was used; `part` is the dotted name of the part that was used.

    In a case it is `Unsupported`: that the machine lacks a package is no failure of the engine.
    """

    def __init__(self, part: str) -> None:
        top = part.partition(".")[0]
        remedy = OWN_FOLDERS.get(top, f"--allow {top}")
        super().__init__(f"{part} was used, and {top} is not importable here ({remedy})")
        self.part = part


class Placeholder(type):
    """The class of the placeholders of `part` and `result`, which are classes themselves.

    A part can be compared, printed and tested for truth, because options and annotations are. A result
    raises NotHere for all of these: any answer would be a guess, and what follows from it would be wrong.
    """

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls if _is_result(cls) else part(f"{cls.__qualname__}.{name}")

    def __eq__(cls, other: object) -> bool:
        _unless_part(cls)
        return cls is other

    def __bool__(cls) -> bool:
        _unless_part(cls)
        return True

    def __repr__(cls) -> str:
        _unless_part(cls)
        return super().__repr__()

    def __format__(cls, form: str) -> str:
        _unless_part(cls)
        return super().__format__(form)

    __hash__ = type.__hash__


def _refuse(cls: type, *arguments: Any, **options: Any) -> Any:
    raise NotHere(_path_of(cls))


for _use in _USES:
    setattr(Placeholder, f"__{_use}__", _refuse)


def part(path: str) -> Any:
    """Return the placeholder for the part with this dotted name."""
    return _made(path, result=False)


def result(path: str) -> Any:
    """Return the placeholder for a value that the part would have given. Each use of it names the part."""
    return _made(path, result=True)


def _made(path: str, result: bool) -> Any:
    made = Placeholder(path.rpartition(".")[2], (), {"__absent__": path, "__result__": result})
    made.__qualname__ = path
    return made


def _path_of(kind: type) -> str:
    return str(getattr(kind, "__absent__", kind.__qualname__))


def _is_result(kind: type) -> bool:
    return bool(getattr(kind, "__result__", False))


def _unless_part(kind: type) -> None:
    if _is_result(kind):
        raise NotHere(_path_of(kind))


class PlaceholderModule(ModuleType):
    """The module of an absent package that does more than draw or print."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":  # the first cell of many notebooks prints or compares it
            return result(f"{self.__name__}.{name}")
        if name.startswith("__"):
            raise AttributeError(name)
        return part(f"{self.__name__}.{name}")


def is_result(thing: object) -> bool:
    """True for a value that a part of an absent package would have given."""
    return isinstance(thing, Placeholder) and _is_result(thing)


def is_placeholder(thing: object) -> bool:
    """True for an absent package, a part of one, or a result of a part."""
    return isinstance(thing, Placeholder | PlaceholderModule)
