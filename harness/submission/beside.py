"""A file that was named alone, with the files beside it that it needs. No link is followed.

- `with_beside`: from the path of the file to a `Submission`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence, Set
from pathlib import Path

from ..text import words
from . import notebook_format
from .files import CODE, LeftOut, Submission, plain_name, suffix_of
from .package_imports import modules_named
from .reading import bounded, check_amount, whole

_IMPORTED = re.compile(rb"^[ \t]*(?:from|import)[ \t]+\.*([A-Za-z_]\w*)", re.MULTILINE)
# The group is the part behind the second import of "from . import ops, nn".
_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+\.+(?:[ \t]+import[ \t]+([^\n]*))?", re.MULTILINE)
_RUN = re.compile(rb"(?:%run|['\"]run['\"],)[ \t]+(?:-\S+[ \t]+)*['\"]?([\w./-]+)")


def with_beside(path: Path) -> Submission:
    """Read a file, and those that it imports or runs. A file in a package is read as a part of the package.

    EngineError when a file cannot be read, or the files are too many.
    """
    name = words(plain_name(Path(path.name)))
    package = _package_of(path)
    if package:
        return _in_package(path, name, package)
    files = {name: whole(path)}
    unread = _add_siblings(path, name, files)
    # A file with relative imports belongs to a package, and its folder has the package's name.
    relative = _RELATIVE.search(_source(path, name, files[name]))
    inside = f"{words(path.resolve().parent.name)}/" if relative else ""
    return Submission(name, {inside + n: d for n, d in files.items()}, inside + name, unread)


def _package_of(path: Path) -> list[str]:
    """Return the folders of the package in which a file lies, from the outermost on; none without package."""
    folder, folders = path.absolute().parent, list[str]()
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        folders.insert(0, folder.name)
        folder = folder.parent
    return folders


def _in_package(path: Path, name: str, package: Sequence[str]) -> Submission:
    """Read a file with those files of its package that it imports, and the `__init__.py` that runs first.

    EngineError when they are too many.
    """
    folder = path.absolute().parent
    root = folder.parents[len(package) - 1]
    main = "/".join([*package, name])
    files = {main: whole(path)}
    unread = dict[str, str]()
    inits = (root.joinpath(*package[: n + 1], "__init__.py") for n in range(len(package)))
    pending = [(path.absolute(), main)]
    pending += _added([each for each in inits if _is_own(each, root)], root, files, unread)
    while pending:
        place, inner = pending.pop()
        source = _source(place, inner, files[inner])
        beside = _used(place.parent, frozenset(os.listdir(place.parent)), source)
        found = [*beside, *modules_named(source.decode("utf-8", "replace"), place, root)]
        owned = [each for each in found if _is_own(each, root)]
        pending += _added(owned, root, files, unread)
        check_amount(files, f"{name} imports")
    return Submission(name, files, main, unread)


def _add_siblings(path: Path, main: str, files: dict[str, bytes]) -> dict[str, str]:
    """Add the files beside a file that it imports or runs, directly or through others.

    Returns the files that were left out, with the reason. EngineError when they are too many.
    """
    pending, unread = [main], dict[str, str]()
    there = frozenset(os.listdir(path.parent))
    while pending:
        name = pending.pop()
        used = _used(path.parent, there, _source(path, name, files[name]))
        found = [each for each in used if each != path]
        pending += [inner for _, inner in _added(found, path.parent, files, unread)]
        check_amount(files, f"{main} imports")
    return unread


def _added(
    places: Sequence[Path], root: Path, files: dict[str, bytes], unread: dict[str, str]
) -> list[tuple[Path, str]]:
    """Read the files that were not read yet, and return them with their names in the submission."""
    read = []
    for place in places:
        inner = words(plain_name(place.relative_to(root)))
        if inner not in files and inner not in unread:
            try:
                files[inner] = bounded(place)
                read.append((place, inner))
            except LeftOut as why:
                unread[inner] = str(why)
    return read


def _source(path: Path, name: str, data: bytes) -> bytes:
    """Return the code of a file. A dot replaces the name of its own package, as in a relative import."""
    if not name.endswith(".ipynb"):
        own = re.escape(path.resolve().parent.name.encode())
        return re.sub(rb"^([ \t]*from[ \t]+)%s\b" % own, rb"\1.", data, flags=re.MULTILINE)
    try:
        found = notebook_format.of_notebook(data.decode())
    except ValueError:
        return b""
    return "\n".join(cell.source for cell in found).encode("utf-8", "replace")


def _used(folder: Path, there: Set[str], source: bytes) -> Iterator[Path]:
    """Yield the files of the folder that a source imports or runs; `there` are all names in the folder.

    Links are not followed: one may lead to a file that the author cannot read, and the person who runs
    gradconform can.
    """
    imported = _imported(source)
    for name in sorted(name for name in there if name.removesuffix(".py") in imported):
        inside = [] if name.endswith(".py") else sorted((folder / name).glob("*.py"))
        yield from (p for p in (folder / name, *inside) if p.suffix and _is_own(p, folder))
    for name in sorted({match.decode() for match in _RUN.findall(source)}):
        for place in (folder / name, folder / f"{name}.py"):
            if suffix_of(place) in CODE and _is_own(place, folder):
                yield place


def _is_own(path: Path, folder: Path) -> bool:
    """True when a file lies in the folder and no part of its path is a link."""
    if ".." in path.parts or not path.is_relative_to(folder):
        return False
    steps = [path, *path.parents][: len(path.parts) - len(folder.parts)]
    # `Path.is_file` raises for a name that is too long for a file; these functions do not.
    return os.path.isfile(path) and not any(map(os.path.islink, steps))


def _imported(source: bytes) -> set[str]:
    """Return the first part of each name that a source imports, with the modules of its own package."""
    found = set(_IMPORTED.findall(source))
    for behind in _RELATIVE.findall(source):
        found |= {b"__init__", *re.findall(rb"\b[A-Za-z_]\w*", behind)}
    return {name.decode() for name in found}
