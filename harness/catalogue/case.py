"""A case: a small function with inputs, and how to compare the answers.

- `Case`: the declaration; the function's docstring is the title of the case in every report.
- `Instance`: a case with seed and dtype fixed, which an engine runs.
- `LEVELS`, `CONVENTIONS`: the values that a case's level and convention may have.
"""

from __future__ import annotations

import ast
import functools
import inspect
import os
import textwrap
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CaseError, ProgramError
from ..program import Program
from ..program.arrays import Array
from ..program.serialize import digest
from ..trace import traced
from .recipes import Recipe
from .tolerance import Tolerance

LEVELS = ("core", "torch")
# The tag of long chains. They find no mistake that no shorter program finds, and take most of the time.
STRESS = "stress"
# How firm torch's answer is where it is a convention: "" where it is mathematics.
CONVENTIONS = ("", "stable", "implementation-defined", "version-dependent", "questionable")


@dataclass(frozen=True, eq=False)
class Case:
    """One declared case.

    `core` cases are mathematics at ordinary points, on which any correct engine agrees; `torch`
    cases assert a choice of torch. `inputs` are the positional parameters of `function`, `statics`
    the keyword-only ones. `tolerance` None means the default for dtype and ops. `origin` is
    "file:line" of the function.
    """

    id: str
    function: Callable[..., Any]
    inputs: Mapping[str, Recipe]
    statics: Mapping[str, Any]
    level: str
    tags: tuple[str, ...]
    convention: str
    tolerance: Tolerance | None
    origin: str

    @property
    def family(self) -> str:
        """The part of the id before the slash: the file that holds the case."""
        return self.id.partition("/")[0]

    @property
    def has_arrays(self) -> bool:
        """True when an input is an array, and False when each is one number."""
        return any(recipe.is_array for recipe in self.inputs.values())

    @functools.cached_property
    def title(self) -> str:
        """The first line of the docstring; under `python -OO`, which has none, the name in words."""
        written = (inspect.getdoc(self.function) or "").partition("\n")[0]
        return written or self.function.__name__.replace("_", " ")

    @functools.cached_property
    def explanation(self) -> str:
        """The rest of the docstring: why an engine may fail here, shown with a failure."""
        return " ".join((inspect.getdoc(self.function) or "").partition("\n")[2].split())

    @property
    def source(self) -> str:
        """The function as it is written, decorator included; "" where its file does not hold it.

        Raises OSError when the file cannot be read. `inspect.getsource` would stop too early where
        a decorator holds a lambda.
        """
        code = self.function.__code__
        return _functions(code.co_filename).get((code.co_name, code.co_firstlineno), "")

    @functools.cached_property
    def program(self) -> Program:
        """The program that the function traces to.

        Raises CaseError, with file and line, when the function cannot be traced.
        """
        wanted = {name: recipe.requires_grad for name, recipe in self.inputs.items()}
        try:
            return traced(self.function, wanted, **self.statics)
        except (CaseError, ProgramError) as problem:
            raise CaseError(f"{self._line_of(problem)}: case {self.id}: {problem}") from None

    def _line_of(self, problem: BaseException) -> str:
        file = self.function.__code__.co_filename
        for frame in reversed(traceback.extract_tb(problem.__traceback__)):
            if frame.filename == file:
                return f"{short_path(file)}:{frame.lineno}"
        return self.origin

    @functools.cache  # noqa: B019 - cases live as long as the catalogue
    def instance(self, seed: int, dtype: str) -> Instance:
        """The case with its inputs made; one object for each seed and dtype.

        Raises CaseError as `program` does.
        """
        inputs = {
            name: recipe.make(f"{seed}:{self.id}:{name}", dtype)
            for name, recipe in self.inputs.items()
        }
        return Instance(self, self.program, inputs, seed, dtype)


@dataclass(frozen=True)
class Instance:
    """A case with seed and dtype fixed. An engine runs it."""

    case: Case
    program: Program
    inputs: Mapping[str, Array]
    seed: int
    dtype: str

    @functools.cached_property
    def digest(self) -> str:
        """A name for program and inputs: results of two runs compare only where it is the same."""
        return digest(self.program, self.inputs)


# The cases of one file lie together, in a list of cases and in a run.
@functools.lru_cache(maxsize=4)
def _functions(file: str) -> dict[tuple[str, int], str]:
    """Return the source of each function of a file, decorators included, by its name and its first line."""
    text = Path(file).read_text(encoding="utf-8")
    lines, found = text.splitlines(), {}
    left: list[ast.AST] = [ast.parse(text)]
    while left:
        for node in ast.iter_child_nodes(left.pop()):
            if isinstance(node, ast.FunctionDef):
                first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
                source = textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))
                found[node.name, first] = source
            # No function is inside of an expression.
            if isinstance(node, ast.stmt | ast.excepthandler):
                left.append(node)
    return found


def short_path(file: str) -> str:
    """The last two parts of a path, as a person would name a file of the catalogue."""
    folder, name = os.path.split(file)
    return f"{os.path.basename(folder)}/{name}"
