"""Everything that the page tells: cases by theme and by function, and the ops that have an edge.

- `Contents`: all of it. `contents_of`: asks torch about the cases.
- `Group`: the cases that one function declares. `Section`: the groups of a theme. `Edge`: an op.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..catalogue.case import Case
from ..catalogue.reference import Reference
from ..program.op_table import TABLE
from .promise import Promise, promised
from .themes import THEMES, Theme, has_edge, theme_of

SEED, DTYPE = 0, "float64"
# Ops that are differentiable everywhere, and those whose result carries no gradient, have no edge.
_NO_EDGE = ("everywhere", "never")


@dataclass(frozen=True)
class Group:
    """The cases that one function declares: one recipe, in one or several variants."""

    promises: Sequence[Promise]

    @property
    def case(self) -> Case:
        """The first case. All have its title, tags, level and convention."""
        return self.promises[0].case

    @property
    def name(self) -> str:
        """The id of the cases, without their variants."""
        return self.case.id.partition("[")[0]

    @functools.cached_property
    def ops(self) -> list[str]:
        """The ops of the cases, by name."""
        return sorted({op for each in self.promises for op in each.case.program.ops})

    @property
    def own_bound(self) -> str:
        """The reason for a tolerance of its own; "" where the usual one holds."""
        tolerance = self.case.tolerance
        return "" if tolerance is None else tolerance.why


@dataclass(frozen=True)
class Section:
    """The groups of one theme, in the order of their files, the file with most cases first."""

    theme: Theme
    groups: Sequence[Group]

    @property
    def cases(self) -> int:
        """The number of cases."""
        return sum(len(group.promises) for group in self.groups)


@dataclass(frozen=True)
class Edge:
    """An op of the level core that has an edge: its name, where it is differentiable, and its groups."""

    op: str
    smooth: str
    groups: Sequence[Group]


@dataclass(frozen=True)
class Contents:
    """What the page tells, and the version of torch that answered."""

    torch: str
    sections: Sequence[Section]
    edges: Sequence[Edge]

    @functools.cached_property
    def groups(self) -> list[Group]:
        """All groups, in the order of the page."""
        return [group for section in self.sections for group in section.groups]

    @functools.cached_property
    def promises(self) -> list[Promise]:
        """All cases, in the order of the page."""
        return [each for group in self.groups for each in group.promises]


def contents_of(
    cases: Iterable[Case], reference: Reference, progress: Callable[[int, int], None] | None = None
) -> Contents:
    """Ask torch about those of the cases that have an edge, and return the contents.

    The ops of the other cases are looked at, too. `progress` is called with the number of the cases that are
    done, and of all. NoReference when torch cannot be imported. CaseError when a case cannot be traced, or no
    theme holds it.
    """
    torch = reference.engine.info.version  # torch is imported here, which takes seconds
    every = list(cases)
    chosen = [case for case in every if has_edge(case)]
    found: dict[str, dict[str, list[Promise]]] = {theme.key: {} for theme in THEMES}
    for done, case in enumerate(chosen, 1):
        of_function = found[theme_of(case).key].setdefault(case.id.partition("[")[0], [])
        of_function.append(promised(case.instance(SEED, DTYPE), reference))
        if progress is not None:
            progress(done, len(chosen))
    sections = [
        Section(theme, _main_family_first([Group(each) for each in found[theme.key].values()]))
        for theme in THEMES
    ]
    told = [section for section in sections if section.groups]
    return Contents(torch, told, _edges(every, told))


def _main_family_first(groups: list[Group]) -> list[Group]:
    """Order the groups by the number of cases that their families have here: the main one comes first."""
    cases = Counter(each.case.family for group in groups for each in group.promises)
    return sorted(groups, key=lambda group: -cases[group.case.family])


def _edges(cases: Iterable[Case], sections: Iterable[Section]) -> list[Edge]:
    core = {op for case in cases if case.level == "core" for op in case.program.ops}
    groups = [group for section in sections for group in section.groups]
    return [
        Edge(op.name, op.smooth, [group for group in groups if op.name in group.ops])
        for op in TABLE.values()
        if op.name in core and op.smooth not in _NO_EDGE
    ]
