"""Rubrics in files: read with all mistakes at once, and written again.

- `read_rubric`: from a path, or the name of a shipped rubric, to a `Rubric`. `shipped`: the names.
- `text_of_rubric`: the text of one, as it is written. `schema`: the JSON schema for editors.
- `published`: the text of the half that students may see.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ..catalogue.case_lists import text_of
from ..errors import UsageError
from ..text import words
from .rubric import Item, Limits, Rubric

DEFAULT = "tutorial"
_FOLDER = Path(__file__).with_name("rubrics")
_MODELS: dict[str, type[BaseModel]] = {"items": Item, "limits": Limits}


def shipped() -> list[str]:
    """Return the names of the rubrics that come with gradconform."""
    return sorted(file.stem for file in _FOLDER.glob("*.toml"))


def text_of_rubric(rubric: Path | str) -> str:
    """Return the text of a rubric file, or of the shipped rubric of that name.

    Raises UsageError when there is neither, and when the file cannot be read.
    """
    name = str(rubric)
    if name in shipped() and not Path(name).is_file():
        return text_of(_FOLDER / f"{name}.toml")
    if not Path(name).exists() and not name.endswith(".toml"):
        names = shipped()
        near = difflib.get_close_matches(name, names, n=1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
        raise UsageError(f"there is no rubric {words(name)!r}, and no such file; {meant}")
    return text_of(Path(name))


def read_rubric(rubric: Path | str) -> Rubric:
    """Return the rubric of a file, or the shipped one of that name.

    Raises UsageError when it cannot be read or breaks a rule. The message has one line for each mistake.
    """
    return parsed(text_of_rubric(rubric), words(str(rubric)))


def parsed(text: str, shown: str) -> Rubric:
    """Return the rubric that a text describes. Raises UsageError, which calls the file `shown`."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise UsageError(f"{shown} is no TOML: {problem}") from None
    try:
        return Rubric.model_validate(values)
    except ValidationError as problem:
        raise UsageError("\n".join(_complaints(problem, text, shown))) from None


def _complaints(problem: ValidationError, text: str, shown: str) -> Iterator[str]:
    from .rubric_lines import line_of  # only a file with a mistake needs tomlkit

    for mistake in problem.errors(include_url=False):
        path = mistake["loc"]
        yield f"{shown}:{line_of(text, path)}: {_path(path)}{_sentence(path, mistake)}"


def _path(path: tuple[str | int, ...]) -> str:
    """`items[3].points: `, counted from 1 as a person counts."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"{words(text.removeprefix('.'))}: " if text else ""


def _sentence(path: tuple[str | int, ...], mistake: Mapping[str, Any]) -> str:
    if mistake["type"] == "extra_forbidden":
        model: type[BaseModel] = _MODELS.get(str(path[0]), Rubric) if len(path) > 1 else Rubric
        keys = [field.alias or name for name, field in model.model_fields.items()]
        near = difflib.get_close_matches(str(path[-1]), keys, n=1)
        return "there is no such key; " + (
            f"did you mean {near[0]}?" if near else f"the keys are {', '.join(keys)}"
        )
    if mistake["type"] == "missing":
        return "this key is missing"
    said = str(mistake["msg"]).removeprefix("Value error, ")
    if mistake["type"] == "value_error":
        return said
    came = words(repr(mistake["input"]), 60)
    return f"{said[:1].lower()}{said[1:]}; {came} came"
