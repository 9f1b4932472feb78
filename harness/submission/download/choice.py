"""Which file of a submission is run, and why.

- `choose`: the file, with the reason. `Choice`: both, and the oddities.

No file is parsed as Python: a regular expression over the bounded text finds classes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...text import words
from ..files import held
from .staging import Staged, Written

# The number of a cell stands before its code in a printed notebook.
_CLASS = r"^(?:In ?\[[ \d]*\]:)?[ \t]*class[ \t]+{}[ \t]*[(:\[]"
_BACKWARD = re.compile(r"\bdef[ \t]+backward\b")
_SUFFIXES = (".py", ".ipynb", ".txt")
_MOST_NAMED = 4


@dataclass(frozen=True)
class Choice:
    """The file that is run, why it was chosen, and what is odd; None, and why there is none."""

    file: Written | None
    why: str
    odd: tuple[str, ...] = ()


def choose(found: Staged, wanted_class: str | None) -> Choice:
    """Return the file that defines the class, the latest of several; with None an engine of any name."""
    ranked = [(_rank(file, wanted_class), file) for file in found.written]
    # A text is no code, unless it holds an engine.
    ranked = [
        (rank, file) for rank, file in ranked if rank < _NO_ENGINE or not file.name.endswith(".txt")
    ]
    if not ranked:
        return Choice(None, _nothing(found))
    best = min(rank for rank, _ in ranked)
    engines = [file for rank, file in ranked if rank == best]
    latest = max(file.upload for file in engines)
    taken = min((file for file in engines if file.upload == latest), key=_plainness)
    odd = [f"{taken.place}: {taken.odd}"] if taken.odd else []
    if wanted_class and best:
        odd.append(f"no file defines a class {wanted_class}")
    if len(found.written) == 1:
        return Choice(taken, "its only file of code", tuple(odd))
    why = _REASONS[best].format(wanted_class)
    if len(engines) > 1 and best < _NO_CLASS:
        other = [file.place for file in engines if file is not taken]
        by = "it is the latest" if taken.upload else "its name is the plainest"
        odd.append(f"several engines: {taken.place} is taken, because {by}; also {_named(other)}")
        why = f"{why}; of {len(engines)} such files {by}"
    return Choice(taken, why, tuple(odd))


_NO_ENGINE, _NO_CLASS = 2, 3
_REASONS = (
    "it defines the class {}",
    "it defines a class with a method backward",
    "it defines a class",
    "it is code, and no file defines a class",
)


def _rank(file: Written, wanted_class: str | None) -> int:
    """Return the place of the file's reason in `_REASONS`."""
    if wanted_class and _defines(re.escape(wanted_class), file):
        return 0
    if not _defines(r"\w+", file):
        return _NO_CLASS
    return 1 if _BACKWARD.search(file.text) else _NO_ENGINE


def _defines(name: str, file: Written) -> bool:
    """True when the file defines a class whose name has this regular expression."""
    # The word is found much faster than the expression.
    return "class" in file.text and bool(re.search(_CLASS.format(name), file.text, re.MULTILINE))


def _plainness(file: Written) -> tuple[int, int, int, str]:
    """Return a key that is smallest for the plainest name: `engine.py` before `old/engine_2.py`."""
    suffix = next(
        (n for n, each in enumerate(_SUFFIXES) if file.name.endswith(each)), len(_SUFFIXES)
    )
    return file.name.count("/"), suffix, len(file.name), file.name


def _named(places: Sequence[str]) -> str:
    more = f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
    return ", ".join(places[:_MOST_NAMED]) + more


def _nothing(found: Staged) -> str:
    """Return the sentence for a submission without code."""
    other = found.other | {words(file.place): "" for file in found.written}
    if other:
        return f"no code: it holds {held(other)}"
    return "no code could be read" if found.odd else "no code: nothing was handed in as a file"
