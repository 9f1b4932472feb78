"""The page: one file without a network.

- `page`: its text. `versions`: of what computed the numbers.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from ..report.html.assets import rendered
from .contents import Contents, Group
from .other_torch import Difference, OtherTorch
from .promise import IMPORTS, RAISES, Promise, differing

# How firm an answer is, in the words of the page; cases/README.md has the same table.
FIRM: Mapping[str, str] = {
    "": "mathematics at an edge: every correct engine agrees",
    "stable": "documented, or the same for years",
    "implementation-defined": "another legal subgradient is as good",
    "version-dependent": "torch has changed it, or may",
    "questionable": "torch's own answer is probably wrong",
}
_SCRIPTS, _STYLES = ("spec.js",), ("spec.css",)


@dataclass(frozen=True)
class _Table:
    """How the cases of a group differ. A cell is a text of one or several lines."""

    columns: Sequence[str]
    rows: Sequence[tuple[Promise, Sequence[str]]]


def page(contents: Contents, versions: Mapping[str, str], other: OtherTorch | None = None) -> str:
    """Return the page, which begins with the differences to another torch where there is one.

    `versions` are those of the libraries that compute, and of Python, by name.
    """
    firm = Counter(each.case.convention for each in contents.promises)
    return rendered(
        "spec.html",
        _SCRIPTS,
        _STYLES,
        contents=contents,
        other=other,
        differing=_by_group(contents, other),
        firm=[(name, about, firm[name]) for name, about in FIRM.items()],
        imports=IMPORTS,
        tables={group.name: _table(group) for group in contents.groups},
        versions=versions,
    )


def versions(contents: Contents) -> dict[str, str]:
    """Return the versions of what computed the numbers, by name."""
    return {
        "torch": contents.torch,
        "numpy": version("numpy"),
        "Python": platform.python_version(),
        "gradconform": version("gradconform"),
    }


def _by_group(contents: Contents, other: OtherTorch | None) -> list[tuple[Group, list[Difference]]]:
    """Return the groups that have differences, and these, in the order of the page."""
    found: dict[str, list[Difference]] = {}
    for each in other.differences if other is not None else ():
        found.setdefault(each.promise.case.id, []).append(each)
    told = [
        (group, [d for promise in group.promises for d in found.get(promise.case.id, ())])
        for group in contents.groups
    ]
    return [(group, differences) for group, differences in told if differences]


def _table(group: Group) -> _Table | None:
    """Return the table of a group; None where its only case is told by its program."""
    several = group.promises
    if len(several) == 1 and several[0].lines:
        return None
    columns: dict[str, Sequence[str]] = {}
    names = [name for name in several[0].inputs if len({p.inputs.get(name) for p in several}) > 1]
    if all(p.inputs.keys() == several[0].inputs.keys() for p in several):
        columns |= {name: [p.briefly[name] for p in several] for name in names}
    else:
        columns["inputs"] = [_lines(p.briefly) for p in several]
    if any(p.lines for p in several) and len({p.body for p in several}) > 1:
        columns["in torch"] = ["\n".join(lines) for lines in differing([p.body for p in several])]
    labels = list(several[0].readings)
    if all(list(p.readings) == labels for p in several):
        columns |= {_heading(label): [p.readings[label] for p in several] for label in labels}
    else:
        columns["torch says"] = [_lines(p.readings) for p in several]
    rows = list(zip(*columns.values(), strict=True))
    return _Table(list(columns), list(zip(several, rows, strict=True)))


def _heading(label: str) -> str:
    """Return the heading of a reading; an input that is read has the heading of its column already."""
    return f"read {label}" if label.isidentifier() and label not in ("result", RAISES) else label


def _lines(texts: Mapping[str, str]) -> str:
    return "\n".join(f"{name} = {text}" for name, text in texts.items())
