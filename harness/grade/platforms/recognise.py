"""The platforms, and which of them this is.

- `PLATFORMS`: all of them. `recognised`: the one whose files are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import UsageError
from ...text import words
from .classroom50 import Classroom50
from .coursera import Coursera
from .gradescope import Gradescope
from .platform import Located, Platform
from .prairielearn import PrairieLearn

PLATFORMS: Sequence[Platform] = (Gradescope(), PrairieLearn(), Coursera(), Classroom50())


def recognised(
    root: Path, environ: Mapping[str, str], name: str | None = None
) -> tuple[Platform, Located]:
    """Return the platform, by `name` or else by what is there, and where it has put things.

    UsageError when there is no such platform, or when none has put a submission below `root`.
    """
    names = [each.name for each in PLATFORMS]
    if name is not None and name not in names:
        raise UsageError(
            f"--platform: there is no platform {words(name)!r}; there are {', '.join(names)}"
        )
    for platform in PLATFORMS:
        if name in (None, platform.name):
            located = platform.located(root, environ)
            if located is not None:
                return platform, located
    wanted = name or ", ".join(names)
    raise UsageError(
        f"no submission was found below {words(str(root))} where these platforms put it: {wanted}"
    )
