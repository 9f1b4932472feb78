"""A failure as Python to paste: the program written out, on torch and on the engine.

- `Subject`: an engine as Python writes it.
- `snippet`: lines that fail as the case failed.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from ..catalogue.case import Case, Instance
from ..catalogue.reference import Reference
from ..engine.contract import Engine
from ..isolation.options import Isolation
from ..program.arrays import FLOAT_DTYPES
from ..program.python_writer import INDENT, array_source
from .python_source import function_source
from .torch_source import torch_source

# A longer program, or one with more numbers, is not written out: the snippet names the case by its id.
_MOST_STEPS = 60
_MOST_NUMBERS = 400


@dataclass(frozen=True)
class Subject:
    """An engine in Python: the expression, the line that imports it, and how it is isolated."""

    expression: str
    imported: str = ""
    options: str = ""

    @classmethod
    def of(cls, engine: str | type[Engine] | Engine, how: Isolation) -> Subject:
        """Return the subject for a name or path, a class or an instance; `how` is the isolation of a name."""
        if isinstance(engine, str):
            walls = f", isolation={how.wall!r}" if how.wall != "none" else ""
            walls += f", allow={how.allow!r}" if walls and how.allow != Isolation.allow else ""
            walls += f", paths={tuple(map(str, how.paths))!r}" if how.paths else ""
            return cls(repr(engine), options=walls)
        kind = engine if isinstance(engine, type) else type(engine)
        name = kind.__qualname__
        return cls(
            name if isinstance(engine, type) else f"{name}()",
            f"from {kind.__module__} import {name.partition('.')[0]}",
        )


def snippet(instance: Instance, subject: Subject, reference: Reference) -> str:
    """Return Python that prints torch's answers, runs the case on the engine, and fails as the case did."""
    name = re.sub(r"\W+", "_", instance.case.id.rpartition("/")[2]).strip("_")
    name = name if name.isidentifier() and not keyword.iskeyword(name) else f"case_{name}"
    numbers = sum(array.size for array in instance.inputs.values())
    written = None
    if len(instance.program) <= _MOST_STEPS and numbers <= _MOST_NUMBERS:
        written = function_source(instance.program, name, _doc(instance.case))
    if written is None:
        asked = f"cases={instance.case.id!r}, seed={instance.seed}, dtype={instance.dtype!r}{subject.options}"
        lines = [
            "from gradconform import assert_conforms",
            *filter(None, [subject.imported]),
            "",
            f"assert_conforms({subject.expression}, {asked})",
        ]
        return "\n".join(lines)
    body = [
        "mine = Catalogue()",
        "",
        "",
        *_decorator(instance),
        written,
        "",
        "",
        f"assert_conforms({subject.expression}, mine, dtype={instance.dtype!r}{subject.options})",
    ]
    text = "\n".join(body)
    engine = "\n".join([*_imports(text, subject), "", text])
    torch = torch_source(instance, reference)
    if torch is None:
        return engine
    numbers_used = [f"from math import {name}" for name in ("inf", "nan") if _uses(torch, name)]
    parts = ["# torch alone", *numbers_used, torch, "", "# the engine, compared with torch"]
    return "\n".join([*parts, engine])


def _uses(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None


def _doc(case: Case) -> str:
    title = case.title or case.id
    if not case.explanation:
        return title
    return "\n".join(
        [
            title,
            "",
            *wrap(case.explanation, 90, initial_indent=INDENT, subsequent_indent=INDENT),
            INDENT,
        ]
    )


def _decorator(instance: Instance) -> Iterator[str]:
    case = instance.case
    yield "@mine.case("
    for name, array in instance.inputs.items():
        floating = array.dtype in FLOAT_DTYPES
        own = instance.case.inputs[name].dtype
        dtype = repr(array.dtype) if own or not floating else "None"
        flows = "" if case.inputs[name].requires_grad or not floating else ", requires_grad=False"
        plain = dtype == "None" and not flows and array.shape == ()
        shown = repr(array.item()) if plain else f"literal({array_source(array)}, {dtype}{flows})"
        yield f"    {name}={shown},"
    options = {"level": case.level, "tags": case.tags, "convention": case.convention}
    for name, value in options.items():
        if value and value != "core":
            yield f"    {name}={value!r},"
    if case.tolerance is not None:
        yield f"    tolerance={case.tolerance!r},"
    yield ")"


def _imports(text: str, subject: Subject) -> Iterator[str]:
    """Yield the imports of the names that the text mentions."""
    for module, names in (
        ("math", ("inf", "nan")),
        ("gradconform", ("Array", "Tolerance", "assert_conforms", "trace")),
        ("gradconform.catalogue", ("Catalogue", "literal")),
        ("gradconform.harness.program.op_table", ("free",)),
        ("gradconform.harness.trace.symbol", ("record",)),
    ):
        mentioned = [name for name in names if _uses(text, name)]
        if mentioned:
            yield f"from {module} import {', '.join(mentioned)}"
    if subject.imported:
        yield subject.imported
