"""The options of the person who runs gradconform on untrusted engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import UsageError
from ..submission.files import Submission
from .limits import Limits

# "none" is no wall: the engine runs in the process of gradconform.
WALLS = ("auto", "bubblewrap", "landlock", "rlimits", "none")


@dataclass(frozen=True)
class Isolation:
    """The isolation of untrusted engines.

    `wall` is one of `WALLS`, `allow` are the packages that a child may import, by their importable names.
    `paths` are folders from which it may import besides. `python` is the path of the child's interpreter, or
    None for this one. `adapter` has a file with an `Engine` class, for a submission that cannot be adapted
    automatically. `unisolated` permits several untrusted engines behind resource limits only. `variables` are
    environment variables for the engine. With `alone` a submission of one file is read without the files
    beside it.
    """

    wall: str = "auto"
    allow: tuple[str, ...] = ("numpy",)
    paths: tuple[Path, ...] = ()
    python: str | None = None
    adapter: Submission | None = None
    unisolated: bool = False
    alone: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


def allowed(packages: Iterable[str]) -> tuple[str, ...]:
    """Return the packages that a child may import when these are allowed besides NumPy."""
    return tuple(dict.fromkeys((*Isolation.allow, *packages)))


# The first decides the order of hashes, in which a flaky engine is asked again. Another value of the others
# keeps Python from starting, or changes the encoding of its files.
_OWN = frozenset({"PYTHONHASHSEED", "PYTHONHOME", "PYTHONUTF8"})


def variables_from(given: Sequence[str]) -> dict[str, str]:
    """Return the environment variables that `NAME=VALUE` texts describe.

    UsageError for another text, and for a variable that gradconform has to set itself.
    """
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or "\0" in text:
            raise UsageError(f"--env takes NAME=VALUE; {text!r} came")
        if name in _OWN:
            raise UsageError(f"--env cannot set {name}: gradconform sets it itself; leave it out")
        found[name] = value
    return found
