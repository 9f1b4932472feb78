"""The cards of a student's page: what to change, each with a case that shows it.

- `Card`: one of them. `Cards`: those of one submission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ....diagnose.finding import Kind
from ....diagnose.in_full import place_of
from ....diagnose.mistake import known_mistakes
from ....engine.spelling import from_json
from ....text import words
from ...item_result import ItemResult, State
from ..marks import Mark
from ..reasons import LONGEST_SENTENCE, NOT_RUN
from .example import Example, example_of
from .open_cases import OpenCases

_Finding = Mapping[str, Any]


@dataclass(frozen=True)
class Card:
    """A mistake, or an item that fails without a known one: its title, sentences, and the case behind it."""

    title: str
    said: tuple[str, ...]
    look_at: str = ""
    example: Example | None = None


@cache
def _reflected() -> frozenset[str]:
    return frozenset(each.name for each in known_mistakes() if each.reflected)


def title_of(finding: _Finding) -> str:
    """Return a mistake in a few words: the op, and its kind."""
    return words(f"{finding['op'] or 'backward'}: {finding['kind'].replace('-', ' ')}")


class Cards:
    """The cards of one mark, of which the student may see the open items alone.

    `findings` are all mistakes that were named, and `told` those that an open case shows, each with this
    case. The argument `told` gives the sentence of one.
    """

    def __init__(
        self,
        mark: Mark,
        open_items: tuple[ItemResult, ...],
        cases: OpenCases,
        told: Callable[[_Finding], str],
    ) -> None:
        result = mark.result
        self._sentence = told
        self._items, self._cases = open_items, cases
        self._spelling = from_json(result.spelling) if result else None
        self.findings = result.findings if result and mark.status not in NOT_RUN else ()
        seen = [(each, cases.smallest_failing(each["cases"], each["op"])) for each in self.findings]
        self.told = [(each, case) for each, case in seen if case]

    def mistakes(self) -> Iterator[Card]:
        """Yield the mistakes that were named and that a student may see, each with a case that shows it."""
        for finding, case in self.told:
            yield Card(
                title_of(finding),
                (words(self._sentence(finding), LONGEST_SENTENCE),),
                self._place_of(finding),
                self._example(case),
            )

    def _place_of(self, finding: _Finding) -> str:
        # Of a reflected operator only the place of the plain one is known.
        if finding["mistake"] in _reflected():
            return ""
        return place_of(finding["kind"], finding["op"], self._spelling)

    def others(self) -> Iterator[Card]:
        """Yield the items that fail without a known mistake, each with the first case that fails so."""
        cards: dict[tuple[str, ...], Card] = {}
        for item in self._items:
            if item.state is State.OVERRIDDEN:
                continue
            left = self._without_a_name(item)
            said = tuple(words(self._cases.short(case, reason)) for case, reason in left)
            if said in cards:  # an op that is missing is missing in several items
                cards[said] = replace(cards[said], title=f"{cards[said].title}; {words(item.item)}")
            elif left:
                case = left[0][0]
                cards[said] = Card(words(item.item), said, self._place(case), self._example(case))
        yield from cards.values()

    def _place(self, case: str) -> str:
        op = self._cases.suspect(case)
        return "" if op is None else place_of(Kind.VALUE if op else Kind.WALK, op, self._spelling)

    def _without_a_name(self, item: ItemResult) -> list[tuple[str, str]]:
        """Return the first failing cases of an item, with their sentences, which no mistake explains."""
        named = {case for finding, _ in self.told for case in finding["cases"]}
        found = zip(item.failing, item.reasons, strict=False)
        return [(case, reason) for case, reason in found if case not in named]

    def _example(self, case: str) -> Example | None:
        return example_of(self._cases.of(case), self._spelling)
