"""The themes of the page, as one closed table.

- `THEMES`: the themes in their order. `theme_of`: the theme of a case.
- `has_edge`: the cases that the page shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..catalogue.case import Case
from ..errors import CaseError


@dataclass(frozen=True)
class Theme:
    """A part of the page. `key` is its name in a link, `about` one sentence about it.

    It holds the cases that have one of `tags`, and those of `families`, unless a theme before it holds them.
    Both are words with blanks between them.
    """

    key: str
    title: str
    about: str
    tags: str = ""
    families: str = ""


THEMES = (
    Theme(
        "kinks",
        "Kinks",
        "A function that has no derivative at a point: the number that torch gives there.",
        tags="kink",
    ),
    Theme(
        "ties",
        "Ties",
        "Equal elements in a maximum, a sort or a median: which of them gets the gradient.",
        tags="tie",
    ),
    Theme(
        "edges",
        "Ends of a domain",
        "Poles, roots of zero, zero to a power, and numbers outside of the domain: no exception is raised.",
        tags="edge",
    ),
    Theme(
        "overflow",
        "Overflow, underflow and lost digits",
        "Numbers far out: exact limits where a formula that is spelt out gives nan, infinity or 0.",
        tags="stability",
    ),
    Theme(
        "nonfinite",
        "NaN and infinity",
        "Where a nan or an infinity goes, in the value and in the gradient.",
        tags="nan",
    ),
    Theme(
        "empty",
        "Empty tensors",
        "Tensors without elements: sums of nothing are zeros, and shapes are kept.",
        tags="empty",
    ),
    Theme(
        "inplace",
        "Changes in place",
        "A value that is changed: when torch refuses it, and which gradients it gives otherwise.",
        tags="inplace",
    ),
    Theme(
        "lifecycle",
        "The life of a graph",
        "Several backwards, gradients of gradients, flags, and deep graphs.",
        tags="lifecycle stress order2 looks",
        families="accumulation",
    ),
    Theme(
        "dtypes",
        "Dtypes",
        "The dtypes of results and gradients, and arithmetic in narrow dtypes.",
        tags="dtype",
    ),
    Theme(
        "errors",
        "Errors",
        "Shapes, indices, dtypes and calls that torch refuses, with the exception that it raises.",
        tags="error",
    ),
    Theme(
        "formulas",
        "Constants, defaults and formulas",
        "Ordinary numbers on which libraries differ, because a constant or a default is a choice.",
        families="activations elementwise layers linear_algebra losses losses_at_the_edge normalisation "
        "statistics",
    ),
    Theme(
        "shapes",
        "Shapes, indices and order",
        "Indices, masks, joined and sorted tensors: where torch's rules differ from NumPy's.",
        families="einsum extremes indexing joining movement scattering selection sorting",
    ),
)

# A case of the level core with one of these tags is mathematics, and yet at an edge.
_EDGES = frozenset({"kink", "tie", "edge", "nan", "stability"})


def has_edge(case: Case) -> bool:
    """Return True for a convention of torch, and for mathematics at an edge."""
    return case.level == "torch" or not _EDGES.isdisjoint(case.tags)


def theme_of(case: Case) -> Theme:
    """Return the theme of a case that has an edge. CaseError when no theme of the table holds it."""
    for theme in THEMES:
        if case.family in theme.families.split() or not {*theme.tags.split()}.isdisjoint(case.tags):
            return theme
    raise CaseError(
        f"{case.origin}: case {case.id} is in no theme of harness/spec/themes.py; give it a tag of a theme, "
        "or name its family there"
    )
