"""The rows of a run as columns: what the page of a run holds of them, within a budget.

- `Compact`: takes the rows case by case, and gives the columns as JSON values.
- `LETTERS`: the letter of each verdict in the page.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from ...judge.outcome import FAILED, PASSED, Reason, Verdict, worst
from ...text import words
from ..rows import AT_STEP, Row

LETTERS: Mapping[str, str] = dict(zip(Verdict, "PAUXMYNFTOCH", strict=True))
# A case that does not apply, and one that was not reached.
APART, NOT_REACHED = "-", " "
# Characters that the readings of all engines may take before they are compressed, and those of one engine in
# a small run. Each engine has the same share, so that the page of 300 engines opens.
_MOST, _MOST_OF_ENGINE = 4_000_000, 500_000
# What passes may take this part of a share, so that what fails has room, and nothing where engines are many.
_PART_OF_PASSED, _MANY_ENGINES = 0.5, 40
_ROW = 40  # characters of a row without its texts
_FEW, _DIGITS = 2, 3  # of an answer that is not torch's to a failure: elements, and digits of each
_BRIEF = frozenset({Verdict.PASS, Verdict.UNSUPPORTED, Verdict.MISSING})  # what needs no answers
NO_READINGS = 0
_facts = itemgetter(
    *("reading", "verdict", "reason", "max_abs", "max_rel", "max_ulp", "decided_by", "message")
)
_MOST_ALIKE = 10_000
# The facts of a case. Those that are known when an engine has run it are empty before.
_NOT_RUN = {"digest": "", "steps": 0, "seed": 0, "dtype": "", "answers": ""}
_FACTS = ("case", "family", "level", "title", "tags", *_NOT_RUN)


class Texts:
    """Texts by number, each once, on one line and cut as `words` does. The number 0 is the empty text.

    `size` is the number of their characters.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}
        self.listed: list[str] = [""]
        self.size = 0

    def number(self, text: str) -> int:
        """Return the number of the text, a new one when it was not seen before."""
        found = self._numbers.get(text)
        if found is None:
            shown = words(text)
            found = self._numbers.setdefault(shown, len(self.listed))
            if found == len(self.listed):
                self.listed.append(shown)
                self.size += len(shown)
        return found


@dataclass(slots=True)
class _Engine:
    """The cases of one engine: a letter each, and the number of its readings in `Compact`."""

    room: float  # characters that its readings may still take
    room_of_passed: float
    letters: bytearray = field(default_factory=bytearray)
    readings: array[int] = field(default_factory=lambda: array("I"))


class Compact:
    """What the page holds of the rows of a run with so many engines.

    `cases` has a list for each of `_FACTS`, with an entry for each case, in the order of the run. `texts` are
    shared by all columns. `places` has for each case the place of its rows in `results.jsonl`: those of the
    first engine that fails (these cases are in `failing`), or else of the first engine that ran it.
    """

    def __init__(self, engines: int) -> None:
        self.texts = Texts()
        self.cases: dict[str, list[Any]] = {name: [] for name in _FACTS}
        self.places: dict[int, int] = {}
        self.failing: set[int] = set()
        self._numbers: dict[str, int] = {}
        self._engines: dict[str, _Engine] = {}
        self._rows: dict[tuple[Any, ...], int] = {}
        self._alike: dict[tuple[Any, ...], int] = {}
        self._readings: dict[tuple[int, ...], int] = {(): NO_READINGS}
        self._share = min(_MOST_OF_ENGINE, _MOST / max(engines, 1))
        self._of_passed = self._share * (_PART_OF_PASSED if engines <= _MANY_ENGINES else 0)

    def add(self, rows: Sequence[Row]) -> None:
        """Take the rows of one case on one engine."""
        first = rows[0].values
        number = self._numbers.setdefault(first["case"], len(self._numbers))
        if number == len(self.cases["case"]):
            self._add_case(first)
        if first["digest"] and not self.cases["digest"][number]:
            self._answered(number, rows)
        engine = self._engines.get(first["engine"])
        if engine is None:
            engine = _Engine(self._share, self._of_passed)
            self._engines[first["engine"]] = engine
        verdict = worst([row.values["verdict"] for row in rows])
        apart = verdict == Verdict.UNSUPPORTED and any(
            r.values["reason"] == Reason.ARRAYS for r in rows
        )
        if verdict in FAILED and number not in self.failing:
            self.failing.add(number)
            self.places[number] = rows[0].at
        elif verdict in PASSED:
            self.places.setdefault(number, rows[0].at)
        # The runs of a merged report may have their cases in other orders.
        grows = number + 1 - len(engine.letters)
        engine.letters += NOT_REACHED.encode() * grows
        engine.readings.extend([NO_READINGS] * grows)
        engine.letters[number] = ord(APART if apart else LETTERS[verdict])
        engine.readings[number] = (
            NO_READINGS if apart else self._of_case(engine, number, rows, verdict in PASSED)
        )

    def columns(self, engines: Collection[str]) -> dict[str, Any]:
        """Return the columns of these engines. `cases` are not among them.

        `rows` has a list for each field of `_row`. An element of `readings` has the number of the digest (0
        where it is that of the case) and behind it those of the rows. `letters` has a text for each engine,
        and `cells` a list of the numbers of readings.
        """
        chosen = [self._engines.get(name) or _Engine(0, 0) for name in engines]
        return {
            "texts": self.texts.listed,
            "rows": [list(column) for column in zip(*self._rows, strict=True)],
            "readings": [list(key) for key in self._readings],
            "letters": [each.letters.decode() for each in chosen],
            "cells": [each.readings.tolist() for each in chosen],
        }

    def rank(self, number: int) -> tuple[bool, str, int]:
        """Return the key by which cases are sorted: what fails first, then `core`, then short programs."""
        level, steps = self.cases["level"][number], self.cases["steps"][number]
        return number not in self.failing, level, steps

    def _add_case(self, values: Mapping[str, Any]) -> None:
        tags = self.texts.number(" ".join(values["tags"]))
        told = {"title": self.texts.number(values["title"]), "tags": tags, **_NOT_RUN}
        for name, column in self.cases.items():
            column.append(told[name] if name in told else values[name])

    def _answered(self, number: int, rows: Sequence[Row]) -> None:
        """Note what the first engine that ran the case tells of it, and torch's answers."""
        for name in ("digest", "steps", "seed", "dtype"):
            self.cases[name][number] = rows[0].values[name]
        self.cases["answers"][number] = "\n".join(
            f"{r.values['reading']}={words(shown(r.values, 'expected', _FEW, _DIGITS))}"
            for r in rows
            if not r.values["reading"].startswith(AT_STEP)  # a step has no answer of torch
        )

    def _of_case(self, engine: _Engine, case: int, rows: Sequence[Row], passed: bool) -> int:
        """Return the number of the readings, or `NO_READINGS` when the engine has taken its share.

        The readings of most cases of a run are alike, and those were seen before.
        """
        if (engine.room_of_passed if passed else engine.room) <= 0:
            return NO_READINGS
        own = rows[0].values["digest"]
        other = own if own != self.cases["digest"][case] else ""
        alike = (other, *[_facts(row.values) for row in rows])
        found = self._alike.get(alike)
        if found is None:
            found = self._new_case(engine, rows, other, passed)
            brief = _BRIEF.issuperset([row.values["verdict"] for row in rows])
            if brief and len(self._alike) < _MOST_ALIKE:
                self._alike[alike] = found
        return found

    def _new_case(self, engine: _Engine, rows: Sequence[Row], digest: str, passed: bool) -> int:
        """Return the number of the readings, whose characters the engine takes of its share."""
        before = self.texts.size, len(self._rows)
        key = (self.texts.number(digest), *[self._row(row.values) for row in rows])
        cost = self.texts.size - before[0] + _ROW * (len(self._rows) - before[1])
        engine.room -= cost
        engine.room_of_passed -= cost * passed
        return self._readings.setdefault(key, len(self._readings))

    def _row(self, values: Mapping[str, Any]) -> int:
        reading, verdict, reason, max_abs, max_rel, max_ulp, decided_by, message = _facts(values)
        number, brief = self.texts.number, verdict in _BRIEF
        row = (
            number(reading),
            LETTERS[verdict],
            number(reason),
            rounded(max_abs),
            rounded(max_rel),
            rounded(max_ulp),
            number(decided_by),
            number(message),
            0 if brief else number(shown(values, "expected")),
            0 if brief else number(shown(values, "actual")),
        )
        return self._rows.setdefault(row, len(self._rows))


def rounded(difference: float | None) -> float | str | None:
    """Return a difference with three digits; None where there is none, a text where it is not finite."""
    if difference is None or difference != difference:
        return None
    if difference in (float("inf"), float("-inf")):
        return str(difference)
    short = float(f"{difference:.2e}")
    return int(short) if short.is_integer() else short


def shown(
    values: Mapping[str, Any], of: str, most: int | None = None, digits: int | None = None
) -> str:
    """Return torch's answer ("expected") or the engine's ("actual") as a text, in which None is "".

    An array is "dtype|shape|numbers", without the dtype where it is that of the run, and a number is only
    itself. `shape` has the sizes and `numbers` the elements, with a blank between them: at most `most`, each
    with so many digits, or all that the row has, as they are. An exception is its message.
    """
    answer = values[of]
    if not isinstance(answer, dict):
        return "" if answer is None else f"raises {answer}"
    if "opaque" in answer:
        return f"{answer['opaque']} {answer['text']}"
    data = answer["data"][:most]
    told = " ".join(f"{x:.{digits}g}" if digits and isinstance(x, float) else str(x) for x in data)
    dtype = answer["dtype"] if answer["dtype"] != values["dtype"] else ""
    if not dtype and not answer["shape"]:
        return told
    return f"{dtype}|{' '.join(map(str, answer['shape']))}|{told}"
