"""The modules of its own package that a file imports, found by its text alone.

- `modules_named`: their files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

# "from ..ops import (exp, log)": the dots, the module, the names. "import tinyad.ops, math" has names alone.
_FROM = re.compile(
    r"^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)", re.MULTILINE
)
_IMPORT = re.compile(r"^[ \t]*import[ \t]+([^\n#]*)", re.MULTILINE)
_NAME, _DOTTED = re.compile(r"[A-Za-z_]\w*"), re.compile(r"[A-Za-z_][\w.]*")
_DEEPEST = 20  # parts of a dotted name


def modules_named(source: str, place: Path, root: Path) -> Iterator[Path]:
    """Yield the places at which the imported modules may lie; there need not be a file at each.

    `place` is the file, and `root` the folder that holds the outermost package.
    """
    for line in _IMPORT.findall(source):
        for name in _DOTTED.findall(line):
            yield from _along(root, name.split("."))
    for dots, module, names in _FROM.findall(source):
        up = len(dots) - 1
        if up >= len(place.relative_to(root).parents):
            continue
        base = place.parents[up] if dots else root
        parts = [part for part in module.split(".") if part]
        yield from _along(base, parts)
        for name in _NAME.findall(names):
            yield from _along(base.joinpath(*parts[:_DEEPEST]), [name])


def _along(base: Path, parts: list[str]) -> Iterator[Path]:
    """Yield the files of a module and of the packages that contain it."""
    for part in parts[:_DEEPEST]:
        base /= part
        yield base.with_name(f"{part}.py")
        yield base / "__init__.py"
