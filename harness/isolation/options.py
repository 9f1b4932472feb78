"""The options of the person who runs gradconform on untrusted engines."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .limits import Limits

# "none" is no wall: the engine runs in the process of gradconform.
WALLS = ("auto", "bubblewrap", "landlock", "rlimits", "none")


@dataclass(frozen=True)
class Isolation:
    """The isolation of untrusted engines.

    `wall` is one of `WALLS`, `allow` are the packages that a child may import, by their importable names.
    `python` is the path of the child's interpreter, or None for this one. `adapter` is a file with an
    `Engine` class, for a submission that cannot be adapted automatically. `unisolated` permits several
    untrusted engines behind resource limits only. With `alone` a submission of one file is read without the
    files beside it.
    """

    wall: str = "auto"
    allow: tuple[str, ...] = ("numpy",)
    python: str | None = None
    adapter: Path | None = None
    unisolated: bool = False
    alone: bool = False
    limits: Limits = field(default_factory=Limits)
