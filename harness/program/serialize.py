"""A program as JSON, which goes from process to process, and as a digest, which is compared between runs.

- `to_json`, `from_json`: a round trip that changes nothing.
- `digest`: a short hash of a program and its inputs.

In JSON a reference is "%3", a string literal {"str": ...}, a tuple {"tuple": [...]}, a slice
{"slice": [start, stop, step]}, an ellipsis {"ellipsis": true}, an array {"array": {...}}; non-finite
floats are "nan", "inf", "-inf". A step is an object. But an op on nothing but values and numbers is a list:
["mul", "%0", 2.0]. Most steps are of this kind.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..errors import ProgramError
from . import (
    DEFAULT,
    STEP_KINDS,
    Apply,
    Default,
    Part,
    Program,
    Ref,
    Repeat,
    value_number,
)
from .arrays import Array, decode_number, encode_number


def to_json(program: Program) -> list[Any]:
    """The parts as JSON values, from which `from_json` makes an equal program."""
    return _all_to_json(program.parts)


def from_json(document: list[Any], unchecked: bool = False) -> Program:
    """Read what `to_json` wrote. ProgramError when the document is not a program.

    With `unchecked` the rules of a program are not checked again: the writer has checked them.
    """
    try:
        parts = _all_from_json(document)
        return Program.unchecked(parts) if unchecked else Program(parts)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise ProgramError(f"the document is not a program: {problem!r}") from problem


# Fields that are written only where they are True: they came later, and the digests of older programs stay.
_SELDOM = ("raised",)
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (*STEP_KINDS, Repeat)}
_KIND_OF_FIELD = {
    **dict.fromkeys(("attributes", "settings"), "pairs"),
    **dict.fromkeys(("operands", "leaves", "inputs", "others"), "list"),
    **dict.fromkeys(("name", "op", "results", "what", "label", "rule", "times"), "plain"),
    "steps": "steps",
}


def _all_to_json(parts: Iterable[Part]) -> list[Any]:
    return [_json_of(part) for part in parts]


def _all_from_json(document: list[Any]) -> tuple[Any, ...]:
    return tuple([_step_from_json(entry) for entry in document])


def _json_of(step: Part) -> list[Any] | dict[str, Any]:
    if type(step) is Apply and step.results == 1 and not step.attributes:
        return _line(step.op, step.operands, encode_number) or _step_to_json(step)
    return _step_to_json(step)


def _line(head: str, operands: tuple[Any, ...], number: Callable[[float], Any]) -> list[Any] | None:
    """`head` and the operands when all are values and numbers, as in most steps, else None."""
    line: list[Any] = [head]
    for operand in operands:
        kind = type(operand)
        if kind is Ref:
            line.append(f"%{operand.index}")
        elif kind is float or kind is int:
            line.append(number(operand))
        else:
            return None
    return line


def _step_to_json(step: Part) -> dict[str, Any]:
    document: dict[str, Any] = {"step": type(step).__name__}
    for name, write in _FIELDS[type(step)]:
        value = getattr(step, name)
        if name not in _SELDOM or value:
            document[name] = value if write is None else write(value)
    return document


def _step_from_json(document: Any) -> Part:
    if type(document) is list:
        op, *operands = document
        return Apply(op, tuple([_decode(part) for part in operands]))
    fields: dict[str, Any] = {}
    for name, value in document.items():
        kind = _KIND_OF_FIELD.get(name, "value")
        if kind == "pairs":
            fields[name] = tuple((key, _decode(part)) for key, part in value.items())
        elif kind == "list":
            fields[name] = tuple(_decode(part) for part in value)
        elif kind == "steps":
            fields[name] = _all_from_json(value)
        elif name != "step":
            fields[name] = value if kind == "plain" else _decode(value)
    step: Part = _KINDS[document["step"]](**fields)
    return step


def _encode(value: Any) -> Any:
    kind = type(value)
    if kind is Ref:
        return f"%{value.index}"
    if kind is float or kind is int or kind is bool:
        return encode_number(value)
    if isinstance(value, Default):
        return {"default": True}
    if isinstance(value, Array):
        return {"array": value.to_json()}
    if isinstance(value, str):
        return {"str": value}
    if isinstance(value, list):
        return _encode_all(value)
    if isinstance(value, tuple):
        return {"tuple": _encode_all(value)}
    if isinstance(value, slice):
        return {"slice": _encode_all((value.start, value.stop, value.step))}
    return {"ellipsis": True} if value is ... else encode_number(value)


def _encode_all(values: Iterable[Any]) -> list[Any]:
    return [_encode(value) for value in values]


def _encode_pairs(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _encode(value) for name, value in pairs} if pairs else {}


_WRITERS = {
    "plain": None,
    "list": _encode_all,
    "pairs": _encode_pairs,
    "steps": _all_to_json,
    "value": _encode,
}
_FIELDS: dict[type[Any], list[tuple[str, Callable[[Any], Any] | None]]] = {
    kind: [(name, _WRITERS[_KIND_OF_FIELD.get(name, "value")]) for name in kind.__match_args__]
    for kind in _KINDS.values()
}


@functools.cache
def _ref(text: str) -> Ref:
    return value_number(int(text[1:]))


def _decode(value: Any) -> Any:
    if isinstance(value, str):
        return _ref(value) if value.startswith("%") else decode_number(value)
    if isinstance(value, list):
        return [_decode(part) for part in value]
    if not isinstance(value, dict):
        return value
    (tag, content), *extra = value.items()
    if extra:
        raise ValueError(f"one tag was expected; {sorted(value)} came")
    return _TAGS[tag](content)


_TAGS: dict[str, Any] = {
    "default": lambda _: DEFAULT,
    "array": Array.from_json,
    "str": str,
    "tuple": lambda parts: tuple(_decode(part) for part in parts),
    "slice": lambda parts: slice(*(_decode(part) for part in parts)),
    "ellipsis": lambda _: ...,
}


def digest(program: Program, inputs: Mapping[str, Array]) -> str:
    """Twelve hexadecimal digits of SHA-256 over the program and its inputs, a line for each part.

    A line is the step's JSON. But an op on nothing but values and numbers, as most steps are, has a shorter
    line. This line begins with the op's name, so that it differs from every JSON.
    """
    import hashlib

    lines = [_digested(part) for part in program.parts]
    lines.append(_dumped([[name, array.to_json()] for name, array in inputs.items()]))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


_dumped = json.JSONEncoder(allow_nan=False).encode


def _digested(step: Part) -> str:
    if type(step) is Apply and not step.attributes:
        line = _line(f"{step.op} {step.results}", step.operands, repr)
        if line:
            return " ".join(line)
    return _dumped(_step_to_json(step))
