"""What the calibration of a rubric says: a table, and whether the rubric may be used.

- `calibrated`: runs it on all cores. `Findings`: what came out. `lines`: the findings as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..catalogue.reference import Reference
from ..diagnose.mistake import Mistake
from ..errors import MachineError
from ..run.schedule import GivenUp, Schedule
from ..run.worker_process import Task
from ..text import words
from .calibration import Calibration, Effect, Measured
from .graded_cases import plan_of
from .rounding import exact
from .rubric import Item, Rubric

# Engines of one task: few enough that no process waits long for the last one.
_CHUNK = 12


@dataclass(frozen=True)
class Findings:
    """The effects of all engines on a rubric, and the number of cases that ran, twins among them."""

    rubric: Rubric
    cases: int
    engine: str
    effects: Sequence[Effect]

    @property
    def mistakes(self) -> list[Effect]:
        """The effects of the known mistakes."""
        return [one for one in self.effects if one.level]

    @property
    def wronged(self) -> list[Effect]:
        """Correct engines that lose points."""
        return [one for one in self.effects if not one.level and not one.nothing]

    @property
    def doubled(self) -> list[Effect]:
        """Mistakes that cost points of several items."""
        return [one for one in self.mistakes if len(one.lost) > 1]

    @property
    def missed(self) -> list[Effect]:
        """Mistakes that cost nothing, although a case of the catalogue with these ops shows them."""
        return [one for one in self.mistakes if one.shown_by]

    @property
    def spread(self) -> list[Effect]:
        """Mistakes for which other items cannot be judged."""
        return [one for one in self.mistakes if one.not_judged]

    @property
    def good(self) -> bool:
        """True when a mistake costs points of one item, and a correct engine none."""
        return not (self.wronged or self.doubled or self.missed)


def calibrated(
    rubric: Rubric,
    reference: Reference,
    jobs: int,
    said: Callable[[str], None],
    mistakes: Sequence[Mistake] | None = None,
) -> Findings:
    """Measure the rubric in `jobs` processes. `said` gets how far it is. `mistakes` are by default all known.

    Raises as `graded_cases` does, and MachineError when processes are killed.
    """
    calibration = Calibration(rubric, reference, mistakes)
    total = len(calibration.mistakes) + len(calibration.correct)
    numbers = range(total)
    tasks = [Task(tuple(numbers[at : at + _CHUNK]), 0, 1) for at in range(0, total, _CHUNK)]
    effects: dict[int, Effect] = {}
    with Schedule(tasks, jobs, calibration.for_fork) as schedule:
        for event in schedule:
            if isinstance(event, GivenUp):
                raise MachineError(f"a rubric cannot be measured: {event.why}")
            assert isinstance(event, Measured)
            effects[event.engine] = event.effect
            said(f"engine {len(effects)} of {total}: {event.effect.name}")
    in_order = [effects[number] for number in sorted(effects)]
    return Findings(rubric, len(calibration.cases), calibration.engine, in_order)


def lines(found: Findings) -> Iterator[str]:
    """Yield the table of the items, what was measured, and every reason against the rubric."""
    yield from _table(found)
    mistakes = found.mistakes
    one = sum(len(each.lost) == 1 for each in mistakes)
    none = [each for each in mistakes if each.nothing and not each.shown_by]
    hidden = sum(each.level == "core" for each in none)
    correct = len(found.effects) - len(mistakes)
    yield ""
    engine = f"{len(mistakes)} known mistakes of the {found.engine} engine"
    yield f"{found.cases} cases, twins among them; {engine}"
    yield f"  {one} cost points of one item"
    yield f"  {len(found.doubled)} cost points of several items"
    yield f"  {len(found.missed)} cost nothing, although a core case with these ops shows them"
    yield f"  {hidden} cost nothing, because no core case with these ops alone shows them"
    yield f"  {len(none) - hidden} cost nothing, because they are another convention than torch's"
    yield f"{correct - len(found.wronged)} of {correct} correct engines get all points"
    for each in found.spread:
        hang = ", ".join(f"{words(item)} {exact(most)}" for item, most in each.not_judged.items())
        yield f"NOT JUDGED  {each.name}: {_items(each)}; these points hang on it: {hang}"
    for each in found.missed:
        yield f"COSTS NOTHING  {each.name}: shown by {each.shown_by}"
    for each in found.doubled:
        yield f"COSTS TWICE  {each.name}: {_items(each)}"
    for each in found.wronged:
        yield f"FALSE ALARM  {each.name}: {_items(each)}"


def _items(effect: Effect) -> str:
    lost: Mapping[str, Fraction] = effect.lost or effect.not_judged
    return ", ".join(f"{words(item)} -{exact(points)}" for item, points in lost.items())


def _table(found: Findings) -> Iterator[str]:
    head = ("item", "points", "questions", "cases", "mistakes", "not judged for")
    rows = [head, *(_row(item, found) for item in found.rubric.items)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join([row[0].ljust(widths[0]), *cells[1:]]).rstrip()


def _row(item: Item, found: Findings) -> tuple[str, ...]:
    if item.hand:
        return (words(item.name), exact(item.points), "by hand", "", "", "")
    asked = [question for question in plan_of(found.rubric) if question.item.name == item.name]
    return (
        words(item.name),
        exact(item.points),
        str(len(asked)),
        str(sum(len(question.cases) for question in asked)),
        str(sum(item.name in each.lost for each in found.mistakes)),
        str(sum(item.name in each.not_judged for each in found.mistakes)),
    )
