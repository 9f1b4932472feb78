"""The types of values that several options have: files, folders and times."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import click

from ..errors import UsageError
from ..text import words

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER_TO_WRITE = click.Path(file_okay=False, path_type=Path)


class _FileToWrite(click.Path):
    """A file in a folder that is there: a command must not fail only when its work is done."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """Return the path. Raises click.BadParameter for a folder, and UsageError where there is none."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            folder = words(str(path.parent))
            raise UsageError(f"{words(str(path))} cannot be written: there is no folder {folder}")
        return path


FILE_TO_WRITE = _FileToWrite(dir_okay=False)


class Seconds(click.FloatRange):
    """A time within bounds. It refuses "nan", which no bound refuses."""

    name = "seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number of seconds. Raises click.BadParameter for any other text."""
        found: float = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"a number of seconds was expected; {value} came", param, ctx)
        return found
