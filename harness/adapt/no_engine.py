"""The reason why a submission without any class has no engine, and the way out, in one sentence.

- `nothing_defined`: the reason.
- `tapes`: the classes on which operations are recorded.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence

from ..places import line_of
from .functions import attribute_named
from .spellings import BACKWARDS

_MOST_NAMES = 4


def nothing_defined(texts: Mapping[str, str], notes: Sequence[str], absent: Sequence[str]) -> str:
    """Return the end of a sentence that begins with the name of the submission.

    `texts` has the sources by the names under which they were compiled, `notes` tell of errors in them.
    `absent` are the modules that could not be imported.
    """
    for file, text in texts.items():
        for inner, kind in _inner_classes(text):
            place = line_of(file, kind.lineno)
            said = f"class {kind.name} ({place}) is defined inside of {inner}, and not at the top of a file"
            if "marimo.App(" in text:
                return (
                    f"{said}: {inner} is a cell of a marimo notebook, of which `marimo export script "
                    "NOTEBOOK -o engine.py` makes a plain file"
                )
            return f"{said}; move it there, or write an --adapter"
    if line := _handed_on(texts, absent):
        name, module = line.names[0].name, "." * line.level + str(line.module)
        return (
            f"no class is defined in it: {name} comes from {module}, which was not read with it; name the "
            f"file that defines {name}, or the folder that holds both"
        )
    if notes:
        return "; ".join(notes[:2])
    if found := _class_of_a_package(texts):
        name, module = found
        return f"no class is defined in it: {name} comes from {module}; name it as {module}:{name}"
    functions = list(dict.fromkeys(name for text in texts.values() for name in _functions(text)))
    if functions:
        more = " ..." if len(functions) > _MOST_NAMES else ""
        names = ", ".join(functions[:_MOST_NAMES])
        return (
            f"it defines functions ({names}{more}) and no class; write an --adapter that calls them"
        )
    return "no class is defined in it"


def tapes(classes: Sequence[type]) -> list[str]:
    """Return the names of the classes that are entered by `with`, and have a backward."""
    names = (*BACKWARDS, "gradient", "gradients")
    return [
        kind.__name__
        for kind in classes
        if hasattr(kind, "__enter__") and any(attribute_named(kind, name) for name in names)
    ]


def _inner_classes(text: str) -> Iterator[tuple[str, ast.ClassDef]]:
    """Yield each class inside of a function that has a backward, and the name of the function."""
    for function in _definitions(text):
        for node in ast.walk(function):
            if isinstance(node, ast.ClassDef) and any(
                isinstance(each, ast.FunctionDef) and each.name.strip("_") in BACKWARDS
                for each in node.body
            ):
                yield f"{function.name}()", node


def _handed_on(texts: Mapping[str, str], absent: Sequence[str]) -> ast.ImportFrom | None:
    """Return the line by which a file without definitions imports from a file that was not read."""
    for line, module in _imports(texts):
        file = f"{module.replace('.', '/')}.py"
        missing = line.level > 0 or module.partition(".")[0] in absent
        if missing and not any(read.endswith(file) for read in texts):
            return line
    return None


def _class_of_a_package(texts: Mapping[str, str]) -> tuple[str, str] | None:
    """Return what a file without definitions imports with a capital letter, and from which package."""
    known = {*sys.stdlib_module_names, "numpy"}
    for line, module in _imports(texts):
        name = line.names[0].name
        if line.level == 0 and name[:1].isupper() and module.partition(".")[0] not in known:
            return name, module
    return None


def _imports(texts: Mapping[str, str]) -> Iterator[tuple[ast.ImportFrom, str]]:
    """Yield the lines `from module import name` of the files without definitions, and their modules."""
    for text in texts.values():
        lines = _statements(text)
        if not any(isinstance(each, ast.FunctionDef | ast.ClassDef) for each in lines):
            for line in lines:
                if isinstance(line, ast.ImportFrom) and line.module:
                    yield line, line.module


def _functions(text: str) -> list[str]:
    return [each.name for each in _definitions(text) if not each.name.startswith("_")]


def _definitions(text: str) -> list[ast.FunctionDef]:
    return [each for each in _statements(text) if isinstance(each, ast.FunctionDef)]


def _statements(text: str) -> list[ast.stmt]:
    """Return the statements at the top of a file; none where Python cannot parse it."""
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
