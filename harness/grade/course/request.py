"""`Request`: what a person asked for, who grades a course."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ...isolation.options import Isolation
from ..rubric import Rubric


@dataclass(frozen=True)
class Request:
    """One `gradconform grade`.

    `submissions` is the download, a folder or a zip, `sheet` a sheet with the roster, and `out` the folder of
    the grading. `starter` are files that every student was given. With `only` that student alone is graded,
    and anew. `override` has a student, an item, points and a reason. `jobs` submissions run at once; by
    default one for each core. With `anonymous` all output has random tokens in place of names and ids. `how`
    has the packages and limits of the rubric. With `open_hidden` the pages of the students show hidden items,
    too.
    """

    submissions: Path
    out: Path
    rubric: Rubric
    starter: tuple[Path, ...] = ()
    sheet: Path | None = None
    only: str = ""
    override: tuple[str, str, str, str] | None = None
    jobs: int | None = None
    anonymous: bool = False
    how: Isolation = field(default_factory=Isolation)
    open_hidden: bool = False
