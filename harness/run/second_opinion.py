"""What came of asking an engine again (see `harness.run.ask_again`), as results, sentences and facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .runner import Result


@dataclass
class SecondOpinion:
    """What came of asking again.

    `revised` are the results that differ from the first ones. `failures` and `passes` count the cases that
    were asked again, and `failed` those that had failed. `unstable` and `after_others` count the cases of
    each kind. `pair` has the programs after which a case fails, the case itself last. `orders` are the
    numbers that decide the order of hashes and addresses.
    """

    orders: list[int]
    failed: int = 0
    failures: int = 0
    passes: int = 0
    unstable: int = 0
    after_others: int = 0
    pair: list[str] = field(default_factory=list)
    problem: str = ""
    revised: list[Result] = field(default_factory=list)

    def sentences(self) -> Iterator[str]:
        """Yield a sentence for each finding about the engine as a whole."""
        if self.unstable:
            yield (
                f"{_cases(self.unstable)} unstable: the same program passes in one process and fails in "
                "another, which differs in the order of hashes and addresses"
            )
        if self.after_others:
            *programs, case = self.pair
            yield (
                f"{_cases(self.after_others)} wrong only after other programs, and right alone in a fresh "
                f"process: {case} fails after {listed(programs)}"
            )
        if self.problem:
            yield self.problem

    def facts(self) -> dict[str, Any]:
        """Return the counts for `run.json`."""
        return {
            "orders": self.orders,
            "failures": f"{self.failures} of {self.failed}",
            "passes": self.passes,
            "unstable": self.unstable,
            "after_others": self.after_others,
            "pair": self.pair,
            "said": list(self.sentences()),
        }


def _cases(count: int) -> str:
    return "1 case is" if count == 1 else f"{count} cases are"


def listed(names: Sequence[str]) -> str:
    """Return the names of programs that ran one after the other, in words."""
    if len(names) == 1:
        return names[0]
    return f"{names[0]} and the {len(names) - 1} programs behind it"
