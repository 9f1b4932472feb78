"""A rubric: what an assignment asks for, its items, and the points of each.

- `Rubric`, `Item`, `Limits`: the fields of a rubric file, with all checks that need no catalogue.

`rubric_file` reads them from TOML. `graded_cases` looks for the cases of the items.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from ..isolation import limits
from .points import MOST_POINTS, exact_number


def _exact(value: Any) -> Any:
    """A number of TOML as the fraction that was written: 0.1 is one tenth."""
    try:
        return exact_number(value)
    except ValueError:
        raise ValueError("a number was expected, such as 2, 0.5 or '1/3'") from None


def _written(points: Fraction) -> int | str:
    return int(points) if points.denominator == 1 else str(points)


def _one_line(name: str) -> str:
    if not name.isprintable():
        raise ValueError("a name on one line was expected")
    return name


def _identifier(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"the name of a class was expected; {name!r:.60} came")
    return name


# Points are exact inside: thirds add up to one.
Points = Annotated[
    Fraction,
    BeforeValidator(_exact),
    Field(ge=0, le=MOST_POINTS),
    PlainSerializer(_written),
    WithJsonSchema({"type": ["number", "string"], "minimum": 0, "maximum": MOST_POINTS}),
]
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_one_line)]
Words = tuple[str, ...]


class _Checked(BaseModel):
    # A key that is not known is a mistake in writing, and never silently without effect.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Item(_Checked):
    """One line of the grade.

    `cases` (ids and globs), `tags`, `ops` and `level` choose cases as the options of `gradconform run` do.
    `readings` says which answers of these cases count: the values, the gradients or all. `credit` is
    "per-case" (a share of the points for each case) or "all-or-nothing". A `bonus` adds to the score and not
    to the maximum. A `hidden` item is not in the published rubric. A person alone gives the points of a
    `hand` item. `text` is shown with the item.
    """

    name: Name
    points: Points
    cases: Words = ()
    tags: Words = ()
    ops: Words = ()
    level: Literal["core", "torch", "any"] = "core"
    readings: Literal["all", "values", "gradients"] = "all"
    credit: Literal["per-case", "all-or-nothing"] = "per-case"
    bonus: bool = False
    hidden: bool = False
    hand: bool = False
    text: str = ""

    @model_validator(mode="after")
    def _has_cases_or_is_given_by_hand(self) -> Item:
        chosen = bool(self.cases or self.tags or self.ops)
        if self.hand and chosen:
            raise ValueError("an item with hand = true has no cases; leave out one of the two")
        if not self.hand and not chosen:
            raise ValueError(
                "this item names no cases; give it cases, tags or ops, or say hand = true"
            )
        return self


class Limits(_Checked):
    """Limits of one submission: seconds for a case, seconds for all cases, and memory in MiB."""

    case: float = Field(default=limits.Limits.case, ge=limits.SHORTEST, le=limits.LONGEST)
    engine: float = Field(default=limits.Limits.engine, ge=limits.SHORTEST, le=limits.LONGEST)
    memory: int = Field(
        default=limits.Limits.memory // limits.MIB,
        ge=limits.LEAST_MEMORY,
        le=limits.MOST_MEMORY,
    )


class Rubric(_Checked):
    """What an assignment asks for.

    `wanted_class` is `class` in the file: the class that is handed in, by default the only engine of the
    submission. `needs` are ops, in the words of `gradconform run --ops`: only cases that need nothing else
    are graded, and what is missing of them is lost. `allow` are packages that a submission may import besides
    NumPy. `starter` are files that every student was given, relative to the rubric. From `secret` the numbers
    of the twins are drawn; without it there are none. Points are rounded once, where they are shown, to a
    multiple of `rounding`.
    """

    title: str = Field(min_length=1, max_length=300)
    wanted_class: Annotated[str, AfterValidator(_identifier)] | None = Field(
        default=None, alias="class"
    )
    needs: Words = ()
    allow: Words = ()
    limits: Limits = Limits()
    starter: Words = ()
    secret: str = Field(default="", max_length=1000)
    rounding: Annotated[Points, Field(gt=0)] = Fraction(1, 100)
    items: Annotated[tuple[Item, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_each_item_once(self) -> Rubric:
        twice = [name for name, n in Counter(item.name for item in self.items).items() if n > 1]
        if twice:
            raise ValueError(
                f"items are told apart by their names, and these are there twice: {', '.join(twice)}"
            )
        return self

    @property
    def most(self) -> Fraction:
        """The points of all items that are no bonus."""
        return sum((item.points for item in self.items if not item.bonus), Fraction())
