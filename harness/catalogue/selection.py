"""The cases that a person means: the catalogue's, and torch's own samples when they are asked for.

- `select`: the cases that globs and tags name. `named`: the case of one id.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import NothingSelected
from .case import Case
from .collection import catalogue

SAMPLED = "opinfo/"


def select(globs: Sequence[str] = (), tags: Sequence[str] = ()) -> list[Case]:
    """The cases that match any glob and carry every tag; `opinfo/...` only where a glob says so.

    Raises NothingSelected, with the nearest names, when a glob or the whole matches nothing, CaseError when a
    file of cases is wrong, UsageError when no case has one of the tags or torch's samples cannot be imported.
    """
    sampled = [glob for glob in globs if glob.startswith(SAMPLED)]
    written = [glob for glob in globs if not glob.startswith(SAMPLED)]
    found = catalogue().select(written, tags) if written or not sampled else []
    if sampled:
        from . import opinfo

        found += [c for c in opinfo.select(sampled) if {*tags} <= {*c.tags, c.level}]
    if not found:
        raise NothingSelected(f"no case matches {' '.join(globs)} with {' '.join(tags)}")
    return found


def named(case_id: str) -> Case:
    """The one case with that id.

    Raises GradconformError, with the nearest names, when there is none; otherwise as `select` does.
    """
    if case_id.startswith(SAMPLED):
        return select([case_id])[0]
    return catalogue()[case_id]
