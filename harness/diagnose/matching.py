"""The simplest expression that gives measured numbers, among those that people write by mistake.

- `matched`: looks for it. `Match`: the expression, and the right one that is nearest to it.
- `rows`, `NAMES`: the names of the measured numbers in an expression. `MULTIPLE`: the end of another text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .expressions import (
    Expression,
    Names,
    agree,
    close,
    constant,
    expression,
    of_tree,
    solved,
)
from .finding import Kind
from .formulas import candidates
from .measured import Measured
from .slips import negative, variants

# Where no formula of the op is known.
MULTIPLE = " * the right one"
NAMES = {1: ("x",), 2: ("a", "b"), 3: ("a", "b", "c")}
_FEWEST = 3  # points, and points on one side of a condition
_CONDITIONS = {1: ("x > 0",), 2: ("a > b", "a > 0", "b > 0")}
_SIMPLE = 60  # the number of candidates that can be the expression on one side
# A slip in the right expression is a better explanation than another formula of the same length.
_FAR_FETCHED = 8


class Match(NamedTuple):
    """The expression that gives all numbers, the right one (or ""), and the kind of the mistake."""

    text: str
    right: str
    kind: Kind


class _Tried(NamedTuple):
    cost: int
    match: Match


def rows(one: Measured, *, of_derivative: bool) -> list[Names]:
    """The values of the names at each point. An expression of the value itself knows no `y`."""
    names = NAMES[one.operands]
    result = ("y",) if of_derivative else ()
    return [
        {
            **dict(zip(names, point.operands, strict=True)),
            **dict.fromkeys(result, point.value),
            "n": point.count,
            "m": point.mean,
        }
        for point in one.points
    ]


def matched(
    rows: Sequence[Names],
    numbers: Sequence[float],
    right: Sequence[float],
    forms: Sequence[str],
    others: Sequence[str] = (),
) -> Match | None:
    """The simplest expression that gives `numbers` at these points, or None.

    `right` are the right numbers. `forms` are equal expressions that give them, and `others` are expressions
    that people take for them.
    """
    if sum(map(math.isfinite, numbers)) < _FEWEST or any(map(math.isinf, numbers)):
        return None
    first = forms[0] if forms else ""
    if not any(numbers):
        return Match("0", first, Kind.CUT_OFF)
    search = _Search(rows, numbers, forms, others)
    for stage in (search.exact, search.with_constant, search.two_sided):
        found = min(stage(), key=lambda tried: tried.cost, default=None)
        if found is not None:
            return found.match._replace(kind=_kind(found.match.kind, numbers, right, rows))
    ratio = _ratio(numbers, right)
    if ratio is None:
        return None
    kind = _kind(Kind.FACTOR, numbers, right, rows)
    return Match(f"{constant(ratio)}{MULTIPLE}", first, kind)


class _Search:
    """Expressions of several sorts that give all the numbers."""

    def __init__(
        self,
        rows: Sequence[Names],
        numbers: Sequence[float],
        forms: Sequence[str],
        others: Sequence[str],
    ) -> None:
        self.rows, self.numbers, self.forms, self.others = rows, numbers, forms, others
        self.first = forms[0] if forms else ""
        self.operands = 1 if "x" in rows[0] else 2

    def exact(self) -> Iterator[_Tried]:
        """Expressions without an unknown constant, and a number that is the same everywhere."""
        if _ratio(self.numbers, [1.0] * len(self.numbers)) is not None:
            one = expression(constant(self.numbers[0]))
            yield _Tried(one.size + 1, Match(one.text, self.first, Kind.DERIVATIVE))
        for place, form in enumerate(self.forms):
            for one, kind, start in variants(form):
                if start is None and agree(one, self.rows, self.numbers):
                    yield _Tried(one.size + 2 * place, Match(one.text, form, kind))
        for one in (*map(expression, self.others), *candidates(self.operands)):
            if agree(one, self.rows, self.numbers):
                match = Match(one.text, self.first, Kind.DERIVATIVE)
                yield _Tried(one.size + _FAR_FETCHED, match)

    def with_constant(self) -> Iterator[_Tried]:
        """Expressions in which one number is another one, or too much, and multiples of expressions."""
        for place, form in enumerate((*self.forms, *self.others)):
            for one, kind, start in variants(form):
                found = None if start is None else solved(one, start, self.rows, self.numbers)
                if found is not None:
                    right = form if form in self.forms else self.first
                    yield _Tried(found.size + 2 * place, Match(found.text, right, kind))
        slips = (v.expression for f in self.forms for v in variants(f) if v.start is None)
        for one in (*map(expression, self.forms), *slips, *candidates(self.operands)):
            ratio = _ratio(self.numbers, [one(row) for row in self.rows])
            if ratio is not None:
                found = _multiple(constant(ratio), one)
                yield _Tried(found.size + 1, Match(found.text, self.first, Kind.DERIVATIVE))

    def two_sided(self) -> Iterator[_Tried]:
        """One expression where a condition holds, and another one elsewhere."""
        for condition in _CONDITIONS[self.operands]:
            holds = [bool(expression(condition)(row)) for row in self.rows]
            one, other = self._side(holds, True), self._side(holds, False)
            if one is not None and other is not None:
                text = f"{one.text} if {condition} else {other.text}"
                cost = one.size + other.size
                yield _Tried(cost, Match(text, self.first, Kind.DERIVATIVE))

    def _side(self, holds: Sequence[bool], side: bool) -> Expression | None:
        kept = [place for place, held in enumerate(holds) if held is side]
        rows, numbers = [self.rows[k] for k in kept], [self.numbers[k] for k in kept]
        if sum(map(math.isfinite, numbers)) < _FEWEST:
            return None
        for one in candidates(self.operands)[:_SIMPLE]:
            if agree(one, rows, numbers):
                return one
        ratio = _ratio(numbers, [1.0] * len(numbers))
        return None if ratio is None else expression(constant(ratio))


def _multiple(number: str, one: Expression) -> Expression:
    """The expression times the number, as a quotient where the number is one."""
    if number == "-1":
        return of_tree(negative(one.tree))
    inverse = number.removeprefix("1 / ")
    text = f"({number}) * ({one.text})" if inverse == number else f"({one.text}) / ({inverse})"
    return of_tree(expression(text).tree)


def _ratio(numbers: Sequence[float], others: Sequence[float]) -> float | None:
    """The one number by which the others are multiplied, or None."""
    pairs = [(number, other) for number, other in zip(numbers, others, strict=True) if other]
    if not pairs:
        return None
    number, other = max(pairs, key=lambda pair: abs(pair[1]))
    ratio = number / other
    alike = all(close(n, ratio * o) for n, o in zip(numbers, others, strict=True))
    return ratio if alike and ratio and math.isfinite(ratio) else None


def _kind(
    kind: Kind, numbers: Sequence[float], right: Sequence[float], rows: Sequence[Names]
) -> Kind:
    """The kind, or a more telling one when the numbers are a multiple of the right ones."""
    if kind in (Kind.OPERANDS, Kind.INPUT_FOR_OUTPUT, Kind.OUTPUT_FOR_INPUT):
        return kind
    for count in ([1.0] * len(rows), [row["n"] for row in rows], [1 / row["n"] for row in rows]):
        ratio = _ratio(numbers, [one * n for one, n in zip(right, count, strict=True)])
        if ratio is not None:
            return Kind.SIGN if close(ratio, -1) else Kind.FACTOR
    return kind
