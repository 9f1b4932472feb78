"""How strangers' engines are run, as the person at the keyboard says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harness.isolation.limits import Limits

# The last one is no wall at all: the engine runs where gradconform does.
WALLS = ("auto", "bubblewrap", "landlock", "rlimits", "none")


@dataclass(frozen=True)
class Isolation:
    """`wall` is one of `WALLS`; `allow` are the importable names that a child may import.

    `python` is the interpreter of the child, `adapter` a file with an `Engine` class for what cannot be
    adapted by itself, `unisolated` permits several strangers behind resource limits only. With `alone`
    the files beside a single one are not shown to it.
    """

    wall: str = "auto"
    allow: tuple[str, ...] = ("numpy",)
    python: str | None = None
    adapter: Path | None = None
    unisolated: bool = False
    alone: bool = False
    limits: Limits = field(default_factory=Limits)
