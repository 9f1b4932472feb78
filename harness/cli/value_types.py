"""The types of values that several options have: files, folders and times."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE_TO_WRITE = click.Path(dir_okay=False, path_type=Path)
FOLDER_TO_WRITE = click.Path(file_okay=False, path_type=Path)


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
