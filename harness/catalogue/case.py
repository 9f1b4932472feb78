"""Cases: small functions with inputs, gathered in a catalogue.

- `case`: the decorator; the function's docstring is the title of the case in every report.
- `Case`, `Instance`: the declaration, and the same with seed and dtype fixed.
- `Catalogue`: refuses duplicates, and selects by glob and tag.
- `catalogue`: every case of the `cases` package.
"""

from __future__ import annotations

import ast
import difflib
import fnmatch
import functools
import importlib
import inspect
import pkgutil
import textwrap
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from harness.catalogue.recipes import Recipe, as_recipe
from harness.catalogue.tolerance import Tolerance
from harness.errors import CaseError, GradconformError, NothingSelected, ProgramError
from harness.program import Program
from harness.program.arrays import Array
from harness.program.serialize import digest
from harness.trace import traced

LEVELS = ("core", "torch")
# What kind of promise torch's answer is, where it is a convention at all.
CONVENTIONS = ("", "stable", "implementation-defined", "version-dependent", "questionable")
# A case stays the function that it is.
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, eq=False)
class Case:
    """One declared case.

    `core` cases are mathematics at ordinary points, on which any correct engine agrees; `torch`
    cases assert what torch chose. `origin` is "file:line" of the function.
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

    @functools.cached_property
    def title(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @functools.cached_property
    def explanation(self) -> str:
        """The rest of the docstring: why an engine may fail here, shown with a failure."""
        return " ".join((inspect.getdoc(self.function) or "").partition("\n")[2].split())

    @property
    def source(self) -> str:
        """The function as it is written, decorator included.

        `inspect.getsource` stops short where a decorator holds a lambda.
        """
        code = self.function.__code__
        text = Path(code.co_filename).read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
                first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
                if first == code.co_firstlineno:
                    lines = text.splitlines()[first - 1 : node.end_lineno]
                    return textwrap.dedent("\n".join(lines))
        return ""

    @functools.cached_property
    def program(self) -> Program:
        """What the function traces to. CaseError, with file and line, when it cannot."""
        wanted = {name: recipe.requires_grad for name, recipe in self.inputs.items()}
        try:
            return traced(self.function, wanted, **self.statics)
        except (CaseError, ProgramError) as problem:
            raise CaseError(f"{self._line_of(problem)}: case {self.id}: {problem}") from None

    def _line_of(self, problem: BaseException) -> str:
        file = self.function.__code__.co_filename
        for frame in reversed(traceback.extract_tb(problem.__traceback__)):
            if frame.filename == file:
                return f"{_short(file)}:{frame.lineno}"
        return self.origin

    @functools.cache  # noqa: B019 - cases live as long as the catalogue
    def instance(self, seed: int, dtype: str) -> Instance:
        """The case with its inputs made; one object for each seed and dtype."""
        inputs = {
            name: recipe.make(f"{seed}:{self.id}:{name}", dtype)
            for name, recipe in self.inputs.items()
        }
        return Instance(self, self.program, inputs, seed, dtype)


@dataclass(frozen=True)
class Instance:
    """A case with seed and dtype fixed: the thing that an engine runs."""

    case: Case
    program: Program
    inputs: Mapping[str, Array]
    seed: int
    dtype: str

    @functools.cached_property
    def digest(self) -> str:
        """Names program and inputs: two runs compare only where it is the same."""
        return digest(self.program, self.inputs)


class Catalogue:
    """Cases by id, in order of declaration."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases.values())

    def __len__(self) -> int:
        return len(self._cases)

    def __getitem__(self, id: str) -> Case:
        if id not in self._cases:
            if found := self._matching(id):
                listed = ", ".join(case.id for case in found[:3]) + (", ..." if found[3:] else "")
                raise GradconformError(f"one case was expected; {id!r} is {len(found)}: {listed}")
            raise GradconformError(f"there is no case {id!r}{self._nearest(id)}")
        return self._cases[id]

    def add(self, declared: Case) -> None:
        """Take a case in. CaseError when its id is taken."""
        taken = self._cases.get(declared.id)
        if taken is not None:
            raise CaseError(
                f"{declared.origin}: case {declared.id} is declared at {taken.origin} already"
            )
        self._cases[declared.id] = declared

    def select(self, globs: Sequence[str] = (), tags: Sequence[str] = ()) -> list[Case]:
        """The cases that match any glob and carry every tag; the level counts as a tag.

        In a glob `*` and `?` are wild and brackets are themselves, because variants are written
        with them. NothingSelected, with the nearest names, when a glob or the whole matches nothing.
        """
        chosen: dict[str, Case] = {}
        for glob in globs or ("*",):
            found = self._matching(glob)
            if not found:
                families = {f"{c.family}/*" for c in self}
                raise NothingSelected(f"no case matches {glob!r}{self._nearest(glob, families)}")
            chosen.update((c.id, c) for c in found)
        known = {tag for c in self for tag in (*c.tags, c.level)}
        for tag in tags:
            if tag not in known:
                raise NothingSelected(f"no case has the tag {tag!r}; tags: {_listed(known)}")
        picked = [c for c in self if c.id in chosen and {*tags} <= {*c.tags, c.level}]
        if not picked:
            raise NothingSelected(f"no case matches {' '.join(globs)} with {' '.join(tags)}")
        return picked

    def _matching(self, glob: str) -> list[Case]:
        pattern = glob.replace("[", "[[]")
        return [case for case in self if fnmatch.fnmatchcase(case.id, pattern)]

    def _nearest(self, asked: str, also: Iterable[str] = ()) -> str:
        near = difflib.get_close_matches(asked, [*self._cases, *also], n=3, cutoff=0.5)
        return f"; did you mean {' or '.join(near)}?" if near else "; see `gradconform cases`"

    def case(
        self,
        *,
        level: str = "core",
        tags: Iterable[str] = (),
        convention: str = "",
        tolerance: Tolerance | None = None,
        variants: Mapping[str, Mapping[str, Any]] | None = None,
        **inputs: Any,
    ) -> Callable[[_Function], _Function]:
        """Declare a case, or one for each of `variants`.

        The function's positional parameters are its inputs, each given here by name as a number,
        nested lists or a recipe; its keyword-only parameters are fixed at tracing (an op, an axis).
        A variant adds to `inputs` or replaces some of them.
        """

        def declare(function: _Function) -> _Function:
            origin = _origin(function)
            if level not in LEVELS or convention not in CONVENTIONS:
                raise CaseError(
                    f"{origin}: level {level!r} or convention {convention!r} is unknown"
                )
            if not (function.__doc__ or "").strip():
                raise CaseError(
                    f"{origin}: a case's docstring is its title; {_id(function)} has none"
                )
            for variant, extra in (variants or {"": {}}).items():
                given, statics = _split(function, {**inputs, **extra}, origin)
                name = _id(function) + (f"[{variant}]" if variant else "")
                self.add(
                    Case(name, function, given, statics, level, tuple(tags), convention,
                         tolerance, origin)
                )  # fmt: skip
            return function

        return declare


def _split(
    function: Callable[..., Any], given: Mapping[str, Any], origin: str
) -> tuple[dict[str, Recipe], dict[str, Any]]:
    parameters = inspect.signature(function).parameters
    if set(parameters) != set(given):
        raise CaseError(
            f"{origin}: {_id(function)} takes {_listed(parameters)}; {_listed(given)} were given"
        )
    static = {n for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY}
    recipes = {name: as_recipe(given[name]) for name in parameters if name not in static}
    return recipes, {name: given[name] for name in static}


def _id(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rpartition('.')[2]}/{function.__name__}"


def _origin(function: Callable[..., Any]) -> str:
    code = function.__code__
    return f"{_short(code.co_filename)}:{code.co_firstlineno}"


def _short(file: str) -> str:
    return "/".join(Path(file).parts[-2:])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


CATALOGUE = Catalogue()
case = CATALOGUE.case


@functools.cache
def catalogue() -> Catalogue:
    """Every case of the `cases` package, which is imported on the first call."""
    package = importlib.import_module("cases")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        try:
            importlib.import_module(f"cases.{module.name}")
        except GradconformError:
            raise
        except Exception as problem:
            what = f"{type(problem).__name__}: {problem}"
            raise CaseError(f"cases/{module.name}.py cannot be imported: {what}") from problem
    return CATALOGUE
