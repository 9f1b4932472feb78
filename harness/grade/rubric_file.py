"""Rubrics in files: read with all mistakes at once, and written again.

- `read_rubric`: from a path, or the name of a shipped rubric, to a `Rubric`. `shipped`: the names.
- `shipped_text`: the text of a shipped one. `with_secret`: a text with another secret.
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
_MOST_TOLD = 20
_MODELS: dict[str, type[BaseModel]] = {"items": Item, "limits": Limits}


def shipped() -> list[str]:
    """Return the names of the rubrics that come with gradconform."""
    return sorted(file.stem for file in _FOLDER.glob("*.toml"))


def shipped_text(name: str) -> str:
    """Return the text of the shipped rubric of that name. UsageError, with the names, when there is none."""
    names = shipped()
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
        raise UsageError(f"there is no rubric {words(name)!r}; {meant}")
    return text_of(_FOLDER / f"{name}.toml")


def read_rubric(rubric: Path | str) -> Rubric:
    """Return the rubric of a file, or the shipped one of that name.

    Raises UsageError when it cannot be read or breaks a rule. The message has one line for each mistake.
    """
    path = Path(rubric)
    # A folder with the name of a shipped rubric is not meant.
    is_name = str(rubric) in shipped() and not path.is_file()
    in_file = not is_name and (path.exists() or path.suffix)
    text = text_of(path) if in_file else shipped_text(str(rubric))
    return parsed(text, words(str(rubric)))


def with_secret(text: str, secret: str) -> str:
    """Return the text of a rubric that has a secret, with this one instead, and otherwise as it was."""
    import tomlkit

    document = tomlkit.parse(text)
    document["secret"] = secret
    return tomlkit.dumps(document)


def published(rubric: Rubric) -> str:
    """Return the text of the rubric without its secret, its hidden items and its starter files."""
    import tomlkit

    shown = [item for item in rubric.items if not item.hidden]
    if not shown:
        raise UsageError("each item of this rubric is hidden, so that there is nothing to publish")
    values = rubric.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"secret", "starter", "items"}
    )
    items = [item.model_dump(mode="json", exclude_defaults=True) for item in shown]
    return tomlkit.dumps(values | {"items": items})


def parsed(text: str, shown: str) -> Rubric:
    """Return the rubric that a text describes. Raises UsageError, which calls the file `shown`."""
    try:
        values = tomllib.loads(text)
    # Python itself refuses a number of 5,000 digits, and lists in lists without end.
    except (ValueError, RecursionError) as problem:
        raise UsageError(f"{shown} is no TOML: {words(str(problem))}") from None
    try:
        return Rubric.model_validate(values)
    except ValidationError as problem:
        raise UsageError("\n".join(_complaints(problem, text, shown))) from None


def _complaints(problem: ValidationError, text: str, shown: str) -> Iterator[str]:
    from .rubric_lines import line_of  # only a file with a mistake needs tomlkit

    mistakes = problem.errors(include_url=False)
    # pydantic also says that there are no items when each of them has a mistake.
    inside = {mistake["loc"][0] for mistake in mistakes if len(mistake["loc"]) > 1}
    told = [
        mistake
        for mistake in mistakes
        if not (mistake["type"] == "too_short" and inside.issuperset(mistake["loc"]))
    ]
    # To look for a line takes as long as to read the file.
    found = [(line_of(text, mistake["loc"]), mistake) for mistake in told[:_MOST_TOLD]]
    for line, mistake in sorted(found, key=lambda each: each[0]):
        path = mistake["loc"]
        yield f"{shown}:{line}: {_path(path)}{_sentence(path, mistake)}"
    if (more := len(told) - _MOST_TOLD) > 0:
        yield f"{shown}: and {more} more mistakes"


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
