"""Hints that two submissions are one: for graders alone, and never points.

- `Hint`: submissions that are alike. `alike_sources`: those whose sources are equal without names and layout.
- `alike_mistakes`: those whose wrong numbers are equal and have no known mistake as their reason.

A source is parsed in a process of its own, because a hostile one can take any time and memory, or crash it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from ...isolation.limits import MIB, Limits, address_space, impose
from ...processes import can_fork, forked
from ...submission.collect import read
from ...submission.magics import as_python
from ...submission.notebook_format import of_notebook, of_text
from .normalized import function_digests
from .result import Result

_EVERYBODYS = Path(__file__).with_name("everybodys")
_SECONDS = 5.0  # for one submission
_LIMITS = Limits(memory=512 * MIB, processes=0)
# Less code of their own says nothing: two people write the same.
_FEWEST_NODES = 150
# Number of nodes by digest.
_Digests = Mapping[str, int]


@dataclass(frozen=True)
class Hint:
    """Submissions, by their keys, that are alike, and the sentence that says in which way."""

    why: str
    keys: tuple[str, ...]


def alike_sources(paths: Mapping[str, Path], starter: Sequence[Path]) -> list[Hint]:
    """Return the submissions whose own functions are all the same, but for names, comments and layout.

    `paths` has the file or folder of each submission by its key. Functions of the `starter`, of the tutorial
    and of micrograd are nobody's own. A source that cannot be parsed is like no other.
    """
    if not can_fork():
        return []
    common = {str(number): path for number, path in enumerate([*_everybodys(), *starter])}
    nobodys = {digest for each in dict(_digests(common)).values() for digest in each}
    groups: dict[str, list[str]] = {}
    for key, found in _digests(paths):
        own = {digest: nodes for digest, nodes in found.items() if digest not in nobodys}
        if sum(own.values()) >= _FEWEST_NODES:
            whole = hashlib.sha256("".join(sorted(own)).encode()).hexdigest()
            groups.setdefault(whole, []).append(key)
    return _hints(
        "the sources are equal without names, comments, short functions and common code", groups
    )


def alike_mistakes(results: Iterable[Result]) -> list[Hint]:
    """Return the submissions that give the same wrong numbers, for which there is no known mistake."""
    groups: dict[str, list[str]] = {}
    for result in results:
        if result.wrong:
            groups.setdefault(result.wrong, []).append(result.key)
    return _hints("the same wrong numbers, which no known mistake gives", groups)


def _hints(why: str, groups: Mapping[str, Sequence[str]]) -> list[Hint]:
    return [Hint(why, tuple(keys)) for keys in groups.values() if len(keys) > 1]


def _everybodys() -> list[Path]:
    return sorted(_EVERYBODYS.glob("*.txt"))


def _digests(paths: Mapping[str, Path]) -> Iterator[tuple[str, _Digests]]:
    """Yield the digests of each submission. One that breaks the process is left out."""
    left = list(paths)
    while left:
        ours, theirs = Pipe()
        process = forked(_answer, theirs, [(key, paths[key]) for key in left])
        theirs.close()
        try:
            with suppress(EOFError, OSError):
                while left and ours.poll(_SECONDS):
                    yield left[0], ours.recv()
                    del left[0]
        finally:
            process.kill()
            process.join()
            ours.close()
        del left[:1]  # the one at which it stopped


def _answer(connection: Connection, paths: Sequence[tuple[str, Path]]) -> None:
    impose(_LIMITS, address_space())
    for _, path in paths:
        connection.send(_of_submission(path))


def _of_submission(path: Path) -> _Digests:
    found: dict[str, int] = {}
    for source in _sources(path):
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            found |= function_digests(as_python(source))
    return found


def _sources(path: Path) -> Iterator[str]:
    for name, data in read(path, alone=True).files.items():
        text = data.decode("utf-8", "replace")
        if name.endswith(".py"):
            yield text
        else:
            with suppress(ValueError):
                cells = of_notebook(text) if name.endswith(".ipynb") else of_text(text)
                yield from (cell.source for cell in cells)
