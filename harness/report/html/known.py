"""What the installed catalogue tells of the cases of a run: source, program and inputs.

- `Known`: the columns of the page that come from the catalogue. `ready`: what they are made of, and `Ran` the
  key of it.
- `instance_of`: a case as it ran.

A row of a run names a case by its id, and the digest tells whether the case of that id is still the one that
ran. Only then is its program shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from ...catalogue.case import Case, Instance
from ...catalogue.collection import find
from ...errors import GradconformError
from ...program.arrays import Array
from ...program.printing import text

# A longer program is not printed: it says little to a reader, and making it takes long.
_MOST_STEPS = 60
_FEW = 3  # elements of an input
# In a source these stand for what the columns of the page have already: a tenth of its size.
NAME, TITLE = "\x01", "\x02"
# How a case of the run and the case of that id in the catalogue agree.
SAME, OTHER, ABSENT, LONG = range(4)


class Ran(NamedTuple):
    """How a case ran, as its rows tell it; `case` is its id."""

    case: str
    digest: str
    steps: int
    seed: int
    dtype: str

    @classmethod
    def of(cls, cases: Mapping[str, Sequence[Any]]) -> Iterator[Ran]:
        """Yield how each case ran; the cases are given as columns, as `Compact.cases` has them."""
        return map(cls, *(cases[name] for name in cls._fields))


class Facts(NamedTuple):
    """What is known of one case: how it agrees, and texts, which are empty where it does not."""

    agrees: int
    source: str = ""
    explanation: str = ""
    place: str = ""
    ops: str = ""
    program: str = ""
    inputs: str = ""


Ready = Mapping[Ran, Facts]


def ready(cases: Iterable[Ran]) -> Ready:
    """Return the facts that take time: of those among these cases whose program is made."""
    return {ran: facts for ran in cases if (facts := _facts(ran)).agrees == SAME}


class Known:
    """Columns with an entry for each case of a run, in order.

    `agrees` is one of `SAME`, `OTHER` (another program or other inputs), `ABSENT` (no such case) and `LONG`
    (the program was not made, because it has many steps or did not run). `sources` and `explanations` are
    texts, and `source` and `explanation` the numbers of them. `files` and `lines` tell where each source is;
    a line is counted from that of the source before it, which takes fewer signs. `inputs` and `ops` are
    texts.
    """

    def __init__(self) -> None:
        self.sources: dict[tuple[str, str], int] = {("", ""): 0}
        self.explanations: dict[str, int] = {"": 0}
        self._columns: dict[str, list[Any]] = {
            name: [] for name in Facts._fields if name != "place"
        }

    @classmethod
    def of(cls, cases: Mapping[str, Sequence[Any]], collected: Ready) -> Known:
        """Return the columns of these cases, which are as for `Ran.of`; `collected` has the facts of some."""
        found = cls()
        for ran in Ran.of(cases):
            found._add(collected.get(ran) or _facts(ran))
        return found

    def columns(self) -> dict[str, Any]:
        """Return the columns as JSON values."""
        sources, places = zip(*self.sources, strict=True)
        files, _, lines = zip(*(place.rpartition(":") for place in places), strict=True)
        numbers = [int(line or 0) for line in lines]
        return self._columns | {
            "sources": sources,
            "files": files,
            "lines": [line - before for before, line in pairwise([0, *numbers])],
            "explanations": [*self.explanations],
        }

    def _add(self, facts: Facts) -> None:
        row = facts._asdict()
        source = facts.source, row.pop("place")
        row["source"] = self.sources.setdefault(source, len(self.sources))
        row["explanation"] = self.explanations.setdefault(facts.explanation, len(self.explanations))
        for name, value in row.items():
            self._columns[name].append(value)


def instance_of(ran: Ran) -> Instance | None:
    """Return the case as it ran; None where the catalogue has another one now, or where it is too long."""
    if not ran.digest or ran.steps > _MOST_STEPS:
        return None
    try:
        case = find(ran.case)
        instance = case and case.instance(ran.seed, ran.dtype)
    except GradconformError:
        return None
    return instance if instance and instance.digest == ran.digest else None


def _facts(ran: Ran) -> Facts:
    try:
        case = find(ran.case)
    except GradconformError:
        case = None
    if case is None:
        return Facts(ABSENT)
    if not ran.digest or ran.steps > _MOST_STEPS:
        return Facts(LONG, _source(case), case.explanation, case.origin)
    instance = instance_of(ran)
    if instance is None:
        return Facts(OTHER)
    program = instance.program
    inputs = "\n".join(f"{name} = {_short(array)}" for name, array in instance.inputs.items())
    ops = " ".join(sorted(program.ops))
    about = (_source(case), case.explanation, case.origin)
    return Facts(SAME, *about, ops, text(program), inputs)


def _short(array: Array) -> str:
    """Return an input as text: a number as it is, of an array the first elements with three digits."""
    if not array.shape:
        return str(array)
    some = " ".join(f"{value:.3g}" for value in array.data[:_FEW])
    return f"[{some}{' ...' if array.size > _FEW else ''}] of shape {array.shape}"


def _source(case: Case) -> str:
    """Return the source with marks for the title and the name, which the page has elsewhere."""
    try:
        source = case.source
    except OSError:
        return ""
    name = case.function.__name__
    return source.replace(f"def {name}(", f"def {NAME}(", 1).replace(case.title, TITLE, 1)
