"""The cases that a person means: the catalogue's, and torch's own samples when they are asked for.

- `Selection`: how the cases are chosen, and whether they were asked for.
- `select`: the cases that globs and tags name. `named`: the case of one id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NothingSelected, UsageError
from ..text import words
from .case import Case
from .case_lists import CaseList, read_list, ready_set
from .collection import CATALOGUE, catalogue, part_for, untagged
from .needs import asked_words, fits

SAMPLED = "opinfo/"
_MOST_COMPLAINTS = 10


@dataclass(frozen=True)
class Selection:
    """How cases are chosen: each field that is not empty narrows the choice, and its several values widen it.

    `globs` and `tags` look at a part of the catalogue; a case must carry all `tags`. The other fields say
    what was asked for. `sets` are names of ready sets, `files` are lists of ids and globs, and `ops` are
    words with commas: a case needs nothing but these (see `harness.catalogue.needs`). A case that was asked
    for and that an engine does not support is missing.
    """

    globs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    ops: tuple[str, ...] = ()

    @property
    def asked_for(self) -> bool:
        """True when the selection says what was asked for."""
        return bool(self.sets or self.files or self.ops)

    def facts(self) -> dict[str, Any]:
        """Return the selection as `run.json` holds it."""
        return {
            "cases": self.globs,
            "tags": self.tags,
            "sets": self.sets,
            "cases_from": [words(str(file)) for file in self.files],
            "ops": self.ops,
        }

    def cases(self) -> list[Case]:
        """Return the cases, in the order of the catalogue.

        Raises UsageError for an unknown set or op, and for a file that cannot be read or has a line that
        names no case; otherwise as `select` does.
        """
        asked = asked_words(self.ops) if self.ops else None
        choices = [_of_lists(map(ready_set, self.sets)), _of_lists(map(read_list, self.files))]
        choices = [choice for choice in choices if choice]
        if self.globs or self.tags or not choices:
            choices.insert(0, {case.id: case for case in select(self.globs, self.tags)})
        first, *others = choices
        found = [case for id, case in first.items() if all(id in other for other in others)]
        if asked is not None:
            found = [case for case in found if fits(case, asked)]
        if not found:
            raise NothingSelected("no case fits all of these options together; leave one out")
        place = {case.id: number for number, case in enumerate(CATALOGUE)}
        return sorted(found, key=lambda case: place.get(case.id, len(place)))


def _of_lists(lists: Iterable[CaseList]) -> dict[str, Case]:
    """Return the cases of all lists by their ids. Raises UsageError, with the lines that name no case."""
    found: dict[str, Case] = {}
    complaints = []
    for each in lists:
        for number, glob in each.globs.items():
            try:
                found.update((case.id, case) for case in select([glob]))
            except NothingSelected as problem:
                complaints.append(f"{each.shown}:{number}: {words(str(problem))}")
    if complaints:
        more = len(complaints) - _MOST_COMPLAINTS
        rest = [f"and {more} more lines"] if more > 0 else []
        raise UsageError("; ".join([*complaints[:_MOST_COMPLAINTS], *rest]))
    return found


def select(globs: Sequence[str] = (), tags: Sequence[str] = ()) -> list[Case]:
    """The cases that match any glob and carry every tag; `opinfo/...` only where a glob says so.

    Raises NothingSelected, with the nearest names, when a glob or the whole matches nothing, CaseError when a
    file of cases is wrong, UsageError when no case has one of the tags or torch's samples cannot be imported.
    """
    sampled = [glob for glob in globs if glob.startswith(SAMPLED)]
    written = [glob for glob in globs if not glob.startswith(SAMPLED)]
    found = _written(written, tags) if written or not sampled else []
    if sampled:
        from . import opinfo

        found += [c for c in opinfo.select(sampled) if {*tags} <= {*c.tags, c.level}]
    if not found:
        raise untagged(globs, tags)
    return found


def _written(globs: Sequence[str], tags: Sequence[str]) -> list[Case]:
    try:
        return part_for(globs or ["*"]).select(globs, tags)
    except (NothingSelected, UsageError):
        # The message tells the nearest names of all cases.
        return catalogue().select(globs, tags)


def named(case_id: str) -> Case:
    """The one case with that id.

    Raises GradconformError, with the nearest names, when there is none; otherwise as `select` does.
    """
    if case_id.startswith(SAMPLED):
        return select([case_id])[0]
    part = part_for([case_id])
    return part[case_id] if case_id in part else catalogue()[case_id]
