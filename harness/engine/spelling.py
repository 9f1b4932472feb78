"""How a person writes a program for an engine: its constructor, its ops and its backward, as Python.

- `Spelling`: the texts. `harness.adapt.written` finds them; they cross the wall in the handshake.
- `from_json`: the texts from a process that is not trusted, checked.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..text import of_engine

NODE, COTANGENT, WANTED = "{}", "{cotangent}", "{wanted}"
# What a text may hold: names, calls, attributes, options, numbers and short strings; no comment, no line end.
_TEXT = re.compile(r"[\w.(){}\[\]=, \"'-]{0,120}")
_CALL = re.compile(r"\.?[^\W\d]\w{0,60}(\.[^\W\d]\w{0,60}){0,4}(\(\))?")
_PLACE = re.compile(r"(line|cell) \d{1,7} of .{1,200}")
_MOST_ROWS, _LONGEST_NAME = 500, 120


@dataclass(frozen=True)
class Spelling:
    """The texts; "" for what the engine does not have.

    In a text `{}` stands for the node, or for the data of a new leaf; `{wanted}` for True or False, where a
    leaf says so whether it wants a gradient; `{cotangent}` for the cotangent of a backward. `data` is the
    form in which a leaf takes arrays: "number", "list" or "array", and `cotangent_as` that of a cotangent:
    "node" or "array". `then` are statements that follow after a leaf that wants a gradient,
    and `start` is one that a person writes before a backward that does not start with 1 by itself.

    `ops` has the ops that are not written as Python's operators: `.tanh()` is a method, `.T` a property,
    `exp()` or `Exp.apply()` a function. `options` has the engine's name for an option of an op, as
    ("sum", "dim", "axis"); the name is "*" for an option that is given by place. `places` says where the code
    of an op is, as ("tanh", "Value.tanh", "line 84 of engine.py"); the op is "" for the backward.
    """

    leaf: str
    data: str
    value: str
    gradient: str
    backward: str
    with_cotangent: str = ""
    cotangent_as: str = "array"
    then: tuple[str, ...] = ()
    start: str = ""
    zero_grad: str = ""
    no_grad: str = ""
    ops: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str, str], ...] = ()
    places: tuple[tuple[str, str, str], ...] = ()

    def look_at(self, op: str) -> str:
        """Return where the code of an op is, or of the backward for ""; "" where that is not known."""
        found = ((name, place) for each, name, place in self.places if each == op)
        name, place = next(found, ("", ""))
        return f"`{name}`, {place}" if name else ""

    def to_json(self) -> dict[str, Any]:
        """Return the texts as JSON values."""
        return {name: _listed(value) for name, value in asdict(self).items()}


def _listed(value: Any) -> Any:
    return list(map(_listed, value)) if isinstance(value, tuple) else value


def from_json(document: Any) -> Spelling | None:
    """Return the texts of `Spelling.to_json`.

    None when there are none, or when one of them is no text of its kind: then nothing of it is believed.
    """
    if type(document) is not dict or set(document) != {field.name for field in fields(Spelling)}:
        return None
    lists = {name: document[name] for name in ("then", "ops", "options", "places")}
    texts = {name: document[name] for name in document.keys() - lists.keys()}
    if not all(type(text) is str and _TEXT.fullmatch(text) for text in texts.values()):
        return None
    if any(type(each) is not list for each in lists.values()):
        return None
    then, rows = lists["then"][:2], [*lists["ops"], *lists["options"], *lists["places"]]
    if not all(type(text) is str and _TEXT.fullmatch(text) for text in then):
        return None
    if not all(type(row) is list and all(type(part) is str for part in row) for row in rows):
        return None
    return Spelling(
        **texts,
        then=tuple(then),
        ops=tuple((row[0], row[1]) for row in lists["ops"][:_MOST_ROWS] if _is_call(row)),
        options=tuple(
            (row[0], row[1], row[2]) for row in lists["options"][:_MOST_ROWS] if _is_option(row)
        ),
        places=tuple(
            (row[0], row[1], of_engine(row[2]))
            for row in lists["places"][:_MOST_ROWS]
            if _is_place(row)
        ),
    )


def _is_call(row: list[str]) -> bool:
    return len(row) == 2 and row[0].isidentifier() and _CALL.fullmatch(row[1]) is not None


def _is_option(row: list[str]) -> bool:
    *names, own = row
    return (
        len(names) == 2
        and all(n.isidentifier() for n in names)
        and (own == "*" or own.isidentifier())
    )


def _is_place(row: list[str]) -> bool:
    if len(row) != 3 or not _PLACE.fullmatch(row[2]) or len(row[1]) > _LONGEST_NAME:
        return False
    op, name, _ = row
    return (not op or op.isidentifier()) and all(map(str.isidentifier, name.split(".")))
