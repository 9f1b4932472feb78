"""One case that changed, with its rows in both runs.

- `Change`: the case. `details`: reads the rows of the cases that are shown.
- `number`: an answer in a few words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from ...judge.cause import split
from ...judge.outcome import PASSED
from ...text import words
from ..results_file import reading
from ..rows import Row, read_case, telling_row
from ..run_files import RunFiles
from .changes import Changes, Kind, Place

_MOST, _LONGEST = 4, 60  # elements of an array; characters of a text
_Rows = Mapping[str, Any] | None


@dataclass(frozen=True)
class Change:
    """A case that changed. `old` and `new` are the rows of one reading, None where a run has none.

    The reading is the one that tells most about the newer run, or about the older one where the case passes.
    """

    place: Place
    old: _Rows
    new: _Rows

    @property
    def row(self) -> Mapping[str, Any]:
        """The row of the newer run, or else of the older one."""
        found = self.new or self.old
        assert found is not None  # a case that changed is in one of the runs
        return found

    @property
    def verdicts(self) -> tuple[str, str]:
        """The verdict before and now."""
        before, after = (row["verdict"] if row else "not there" for row in (self.old, self.new))
        return before, after

    @property
    def numbers(self) -> tuple[str, str, str]:
        """The engine's answer before and now, and torch's, in a few words; "" where there is none."""
        was, now = (number(row["actual"]) if row else "" for row in (self.old, self.new))
        return was, now, number(self.row["expected"])

    @property
    def said(self) -> str:
        """Why the case cannot be compared, or else why it fails now, without a possible cause."""
        return split(self.place.why or (self.new["message"] if self.new else ""))[0]

    @property
    def told(self) -> str:
        """The verdict and the number before and now, and why the case fails now, on one line."""
        (before, after), (was, now, _), said = self.verdicts, self.numbers, self.said
        both = " → ".join(filter(None, dict.fromkeys((was, now))))
        # A message about a number has it.
        numbers = f"was {was}" if said and self.old and now in said else both
        verdicts = before if before == after else f"{before} → {after}"
        return ": ".join(filter(None, (f"{verdicts} ({numbers})" if numbers else verdicts, said)))


def details(changes: Changes, kind: Kind, most: int = -1) -> Iterator[Change]:
    """Yield the cases that changed in this way, in the order of `Changes.places`; `most` limits them.

    Raises UsageError when a file of results cannot be read any more.
    """
    yield from _read(changes.old, changes.new, changes.places(kind, most))


def _read(old: RunFiles, new: RunFiles, places: Iterable[Place]) -> Iterator[Change]:
    with (
        reading(old.results),
        old.results.open("rb") as before,
        reading(new.results),
        new.results.open("rb") as after,
    ):
        for place in places:
            was, now = _rows(before, place.old_at), _rows(after, place.new_at)
            passed = not now or telling_row(now).values["verdict"] in PASSED
            told = telling_row((was or now) if passed else now).values["reading"]
            yield Change(place, _of(was, told), _of(now, told))


def _rows(file: BinaryIO, at: int | None) -> list[Row]:
    return [] if at is None else read_case(file, at)


def _of(rows: list[Row], told: str) -> _Rows:
    """Return the row of a reading; where the run does not have it, as after an exception, the telling one."""
    if not rows:
        return None
    return next((v for _, v in rows if v["reading"] == told), telling_row(rows).values)


def number(answer: Any) -> str:
    """Return an answer, as a row holds it, in a few words: a number, some elements, a text; "" for none."""
    if answer is None:
        return ""
    if isinstance(answer, str):
        return _short(answer)
    if "opaque" in answer:
        return _short(f"{answer['opaque']} {answer['text']}")
    shown = [f"{float(each):.9g}" for each in answer["data"][:_MOST]]
    if not answer["shape"] and shown:
        return shown[0]
    more = ["..."] if len(answer["data"]) > _MOST else []
    return f"[{', '.join([*shown, *more])}]"


def _short(text: str) -> str:
    plain = words(text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 3]}..."
