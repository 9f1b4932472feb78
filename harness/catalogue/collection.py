"""Cases by their ids: declaring them, and finding them by id, glob and tag.

- `Catalogue`: a collection of cases, which refuses two cases of one id.
- `case`: the decorator that declares a case.
- `catalogue`: every case of the folder `cases`. `part_for`: only the files of it that globs name;
  `find`: one case.
- `untagged`: the error about cases that lack the tags that were asked for.
"""

from __future__ import annotations

import difflib
import fnmatch
import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ..errors import CaseError, GradconformError, NothingSelected, UsageError
from .case import Case
from .declare import declared, listed
from .tolerance import Tolerance

# A case stays the function that it is.
_Function = TypeVar("_Function", bound=Callable[..., Any])


class Catalogue:
    """Cases by id, in order of their families and, within a family, of declaration."""

    def __init__(self) -> None:
        self.families: dict[str, dict[str, Case]] = {}

    def __iter__(self) -> Iterator[Case]:
        for family in sorted(self.families):
            yield from self.families[family].values()

    def __len__(self) -> int:
        return sum(map(len, self.families.values()))

    def __contains__(self, id: str) -> bool:
        return id in self.families.get(_family(id), ())

    def __getitem__(self, id: str) -> Case:
        """The case with that id.

        Raises GradconformError, with the nearest names, when there is none, or when the id is a
        glob that several cases match.
        """
        if id not in self:
            if found := self._matching(id):
                several = ", ".join(case.id for case in found[:3]) + (", ..." if found[3:] else "")
                raise GradconformError(f"one case was expected; {id!r} is {len(found)}: {several}")
            raise GradconformError(f"there is no case {id!r}{self._nearest(id)}")
        return self.families[_family(id)][id]

    def add(self, new: Case) -> None:
        """Add a case. Raises CaseError when another case has its id."""
        family = self.families.setdefault(new.family, {})
        taken = family.setdefault(new.id, new)
        if taken is not new:
            raise CaseError(f"{new.origin}: case {new.id} is declared at {taken.origin} already")

    def select(self, globs: Sequence[str] = (), tags: Sequence[str] = ()) -> list[Case]:
        """The cases that match any glob and carry every tag; the level counts as a tag.

        In a glob `*` and `?` are wild. Brackets stand for themselves, because the ids of variants
        hold brackets. Raises NothingSelected, with the nearest names, when a glob or the whole
        matches nothing; UsageError when no case has one of the tags.
        """
        chosen: dict[str, Case] = {}
        for glob in globs or ("*",):
            found = self._matching(glob)
            if not found:
                families = (f"{family}/*" for family in self.families)
                raise NothingSelected(f"no case matches {glob!r}{self._nearest(glob, families)}")
            chosen.update((c.id, c) for c in found)
        for tag in tags:
            if not any(tag in (*c.tags, c.level) for c in self):
                known = {tag for c in self for tag in (*c.tags, c.level)}
                raise UsageError(f"no case has the tag {tag!r}; tags: {listed(known)}")
        picked = [c for c in self if c.id in chosen and {*tags} <= {*c.tags, c.level}]
        if not picked:
            raise untagged(globs, tags)
        return picked

    def _matching(self, glob: str) -> list[Case]:
        if glob in self:
            return [self[glob]]
        pattern = glob.replace("[", "[[]")
        return [case for case in self if fnmatch.fnmatchcase(case.id, pattern)]

    def _nearest(self, asked: str, also: Iterable[str] = ()) -> str:
        near = difflib.get_close_matches(
            asked, [*(case.id for case in self), *also], n=3, cutoff=0.5
        )
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

        The function's positional parameters are its inputs. Each is given here by name as a number,
        nested lists or a recipe. Its keyword-only parameters are fixed at tracing (an op, an axis).
        A variant adds to `inputs` or replaces some of them. The decorator raises CaseError when the
        declaration is wrong or the id is taken.
        """

        def declare(function: _Function) -> _Function:
            for new in declared(
                function,
                inputs,
                variants,
                level=level,
                tags=tags,
                convention=convention,
                tolerance=tolerance,
            ):
                self.add(new)
            return function

        return declare


CATALOGUE = Catalogue()
case = CATALOGUE.case


def untagged(globs: Sequence[str], tags: Iterable[str]) -> NothingSelected:
    """The error about cases of which none has all the tags."""
    among = f" that matches {' or '.join(globs)}" if globs else ""
    return NothingSelected(f"no case{among} has the tag {' and '.join(tags)}")


@functools.cache
def catalogue() -> Catalogue:
    """Every case of the folder `cases`, which is imported on the first call.

    Raises CaseError when a file of it declares a wrong case or cannot be imported.
    """
    for name in _files():
        _import(name)
    return CATALOGUE


def part_for(globs: Iterable[str]) -> Catalogue:
    """The catalogue, in which the cases that the globs name are there, and perhaps no others.

    A file is imported when a glob begins with its name and a slash, and all are imported for a glob that
    begins in another way. Raises as `catalogue` does.
    """
    named = {_family(glob) for glob in globs}
    if not named <= {*_files(), *CATALOGUE.families}:
        return catalogue()
    for name in sorted(named.intersection(_files())):
        _import(name)
    return CATALOGUE


def find(id: str) -> Case | None:
    """The case with that id, for which only its file is imported; None when there is none.

    Raises as `catalogue` does.
    """
    family = _family(id)
    if family in _files() and family not in CATALOGUE.families:
        _import(family)
    return CATALOGUE.families.get(family, {}).get(id)


@functools.cache
def _files() -> list[str]:
    package = importlib.import_module("gradconform.cases")
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def _import(name: str) -> None:
    try:
        importlib.import_module(f"gradconform.cases.{name}")
    except GradconformError:
        raise
    except Exception as problem:
        what = f"{type(problem).__name__}: {problem}"
        raise CaseError(f"cases/{name}.py cannot be imported: {what}") from problem


def _family(id: str) -> str:
    return id.partition("/")[0]
