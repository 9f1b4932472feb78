"""Examples of what is given to a platform, to copy and to change.

- `example_names`: the platforms that have one. `copied`: the files of one, with a rubric and a new secret.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from ...errors import UsageError
from ...report.results_file import writing
from ...run.report_folder import installed_version
from ...text import words
from ..course.folder import write_whole
from ..rubric_file import DEFAULT, shipped_text, with_secret

_FOLDER = Path(__file__).parents[1] / "examples"
_SHARED = "requirements.txt"
_VERSION = "VERSION"  # of gradconform, in the name of its wheel


def example_names() -> list[str]:
    """Return the names of the platforms that have an example."""
    return sorted(path.name for path in _FOLDER.iterdir() if path.is_dir())


def copied(name: str, out: Path) -> list[Path]:
    """Copy an example to the folder `out`, which must not exist or be empty. Return the files.

    UsageError when it holds something, or cannot be written to.
    """
    version = installed_version("gradconform")
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise UsageError(f"{words(str(out))} is not empty; name another folder with -o")
        # Where pip has installed them, byte code lies beside them.
        own = sorted(path for path in (_FOLDER / name).iterdir() if path.is_file())
        for source in (*own, _FOLDER / _SHARED):
            target = out / source.name
            text = source.read_text(encoding="utf-8")
            target.write_text(text.replace(_VERSION, version), encoding="utf-8")
            shutil.copymode(source, target)
    write_whole(out / "hw.toml", with_secret(shipped_text(DEFAULT), secrets.token_urlsafe(24)))
    return sorted(out.iterdir())
