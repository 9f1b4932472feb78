"""What the installed catalogue tells of the cases of a run: source, program and inputs.

- `Known`: the columns of the page that come from the catalogue. `instance_of`: a case as it ran.

A row of a run names a case by its id, and the digest tells whether the case of that id is still the one that
ran. Only then is its program shown.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from typing import Any

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


class Known:
    """Columns with an entry for each case of a run, in order.

    `agrees` is one of `SAME`, `OTHER` (another program or other inputs), `ABSENT` (no such case) and `LONG`
    (the program was not made, because it has many steps or did not run). `sources` and `explanations` are
    texts, and `source` and `explanation` the numbers of them. `inputs` and `ops` are texts.
    """

    def __init__(self) -> None:
        self.sources: dict[str, int] = {"": 0}
        self.explanations: dict[str, int] = {"": 0}
        self._columns: dict[str, list[Any]] = {
            name: []
            for name in ("agrees", "source", "explanation", "place", "program", "inputs", "ops")
        }

    @classmethod
    def of(cls, cases: Mapping[str, Sequence[Any]]) -> Known:
        """Return the columns of these cases, of which columns are given, as `Compact.cases` has them."""
        found = cls()
        facts = [cases[name] for name in ("case", "digest", "steps", "seed", "dtype")]
        # Nothing that is made here is garbage, and a search for it takes a third of the time.
        enabled = gc.isenabled()
        gc.disable()
        try:
            for each in zip(*facts, strict=True):
                found._add(*_known(*each))
        finally:
            if enabled:
                gc.enable()
        return found

    def columns(self) -> dict[str, Any]:
        """Return the columns as JSON values."""
        return self._columns | {
            "sources": [*self.sources],
            "explanations": [*self.explanations],
        }

    def _add(self, agrees: int, case: Case | None, program: str, inputs: str, ops: str) -> None:
        source, explanation, place = "", "", ""
        if case is not None:
            source, explanation, place = _source(case), case.explanation, case.origin
        row = {
            "agrees": agrees,
            "source": self.sources.setdefault(source, len(self.sources)),
            "explanation": self.explanations.setdefault(explanation, len(self.explanations)),
            "place": place,
            "program": program,
            "inputs": inputs,
            "ops": ops,
        }
        for name, value in row.items():
            self._columns[name].append(value)


def instance_of(id: str, digest: str, steps: int, seed: int, dtype: str) -> Instance | None:
    """Return the case as it ran; None where the catalogue has another one now, or where it is too long."""
    if not digest or steps > _MOST_STEPS:
        return None
    try:
        case = find(id)
        instance = case and case.instance(seed, dtype)
    except GradconformError:
        return None
    return instance if instance and instance.digest == digest else None


def _known(
    id: str, digest: str, steps: int, seed: int, dtype: str
) -> tuple[int, Case | None, str, str, str]:
    """Return how the case agrees, the case where it may be shown, its program, inputs and ops as texts."""
    try:
        case = find(id)
    except GradconformError:
        case = None
    if case is None:
        return ABSENT, None, "", "", ""
    if not digest or steps > _MOST_STEPS:
        return LONG, case, "", "", ""
    instance = instance_of(id, digest, steps, seed, dtype)
    if instance is None:
        return OTHER, None, "", "", ""
    program = instance.program
    inputs = "\n".join(f"{name} = {_short(array)}" for name, array in instance.inputs.items())
    return SAME, case, text(program), inputs, " ".join(sorted(program.ops))


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
