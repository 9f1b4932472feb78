"""The files of a Python interpreter, and the places of packages in its environment.

- `facts`: of this interpreter or of another one (`--python`). `describe`: of this one.
- `executable`: one of these facts.

Another interpreter runs this file as a script: then it needs nothing but the standard library, and prints
the facts as one JSON object.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypedDict

# Gives the names of the distributions that hold a package, by the importable name of the package.
_Owners = Callable[[], Mapping[str, Sequence[str]]]


class Facts(TypedDict):
    """`libraries` are folders of the standard library, `shared` the files of libpython.

    `packages` maps an importable name to the folders and files of the package, none when it is absent.
    `versions` maps it to the version of its distribution, or an empty text.
    """

    executable: str
    version: str
    libraries: list[str]
    shared: list[str]
    packages: dict[str, list[str]]
    versions: dict[str, str]


def facts(python: str | None, names: Sequence[str], with_requirements: Sequence[str]) -> Facts:
    """Return the facts of the interpreter at the path `python`, or of this one for None.

    Both lists hold importable names. For those `with_requirements` the facts also list the packages that
    they declare to need. UsageError when there is no such interpreter, or it is older than Python 3.11.
    """
    if python is None:
        return describe(names, with_requirements)
    arguments = [python, "-P", __file__, json.dumps([names, with_requirements])]
    # Asked for its version first, because an old one does not understand this file.
    asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    # Imported here, because the other interpreter has no gradconform and runs this file alone.
    from ...errors import UsageError

    hint = f"; {python}/bin/python was meant?" if os.path.isdir(python) else ""
    try:
        version = _output(asked).strip()
        if tuple(map(int, version.split("."))) < (3, 11):
            raise UsageError(f"--python {python} is Python {version}; 3.11 or later is needed")
        found: Facts = json.loads(_output(arguments))
    except (OSError, ValueError, subprocess.SubprocessError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else problem
        raise UsageError(
            f"--python {python} is no usable Python interpreter: {why}{hint}"
        ) from None
    return found


def _output(command: Sequence[str]) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if answer.returncode:
        said = answer.stderr.strip().rpartition("\n")[2] or f"it left with {answer.returncode}"
        raise ValueError(said)
    return answer.stdout


def describe(names: Iterable[str], with_requirements: Iterable[str]) -> Facts:
    """Return the facts of the running interpreter, as `facts` does."""
    # It reads the files of every distribution, which takes a tenth of a second where torch is installed.
    owners = functools.cache(importlib.metadata.packages_distributions)
    wanted = dict.fromkeys(names)
    for name in with_requirements:
        wanted |= dict.fromkeys([name, *_requirements(name, owners())])
    paths = sysconfig.get_paths()
    home = sysconfig.get_config_var("LIBDIR") or ""
    shared = [
        os.path.join(home, file)
        for file in (os.listdir(home) if os.path.isdir(home) else [])
        if file.startswith("libpython")
    ]
    standard = [os.path.dirname(os.__file__), paths["stdlib"]]
    return {
        "executable": executable(),
        "version": ".".join(map(str, sys.version_info[:2])),
        "libraries": sorted({os.path.realpath(path) for path in standard}),
        "shared": shared,
        "packages": {name: _parts(name, owners) for name in wanted},
        "versions": {name: _version(name, owners) for name in wanted},
    }


def executable() -> str:
    """Return the path of the interpreter itself, not of the link to it in a virtual environment."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _requirements(name: str, owners: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the importable names of all packages that a package needs, directly or through others.

    `name` is its importable name. Raises nothing: a package that is not installed needs none.
    """
    offered: dict[str, list[str]] = {}
    for importable, distributions in owners.items():
        for distribution in distributions:
            offered.setdefault(_normal(distribution), []).append(importable)
    pending, seen = [_normal(each) for each in owners.get(name, [])], set[str]()
    while pending:
        distribution = pending.pop()
        if distribution in seen or distribution not in offered:
            continue
        seen.add(distribution)
        for line in importlib.metadata.requires(distribution) or []:
            if "extra ==" not in line:
                pending.append(_normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]))
    return sorted({importable for each in seen for importable in offered[each]})


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _parts(name: str, owners: _Owners) -> list[str]:
    """Return the folder or file of the package, with its bundled libraries and its metadata beside it."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return []
    if spec is None or (
        spec.origin in (None, "built-in", "frozen") and not spec.submodule_search_locations
    ):
        return []
    where = os.path.realpath([*(spec.submodule_search_locations or []), str(spec.origin)][0])
    home = os.path.dirname(where)
    holders = _holders(name, owners)
    # auditwheel gives a distribution a folder of shared libraries, such as `pillow.libs` beside `PIL`.
    tops = (file.parts[0] for files in holders.values() for file in files)
    libraries = dict.fromkeys([f"{name}.libs", *(top for top in tops if top.endswith(".libs"))])
    beside = [each for each in libraries if os.path.isdir(f"{home}/{each}")]
    # The metadata has the version and the entry points, which some packages ask for when they are imported.
    names = "|".join(re.escape(_normal(each)) for each in (name, *holders))
    pattern = re.compile(rf"(?:{names})-[^-]+\.(?:dist|egg)-info", re.IGNORECASE)
    beside += [each for each in os.listdir(home) if pattern.fullmatch(each.replace("_", "-"))]
    return [where, *(os.path.join(home, each) for each in beside)]


def _holders(name: str, owners: _Owners) -> dict[str, Sequence[importlib.metadata.PackagePath]]:
    """Return the distributions that hold a package, each with its files."""
    own = _files(name)
    # Most distributions have the name of their package, so that no other one needs to be read.
    if any(file.as_posix() == f"{name}/__init__.py" for file in own):
        return {name: own}
    return {each: _files(each) for each in owners().get(name, ())}


def _files(distribution: str) -> Sequence[importlib.metadata.PackagePath]:
    try:
        return importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return []


def _version(name: str, owners: _Owners) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found = owners().get(name)
        return importlib.metadata.version(found[0]) if found else ""


def _main(arguments: Any) -> None:
    names, with_requirements = json.loads(arguments[1])
    print(json.dumps(describe(names, with_requirements)))


if __name__ == "__main__":
    _main(sys.argv)
