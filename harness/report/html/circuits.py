"""The circuits of a page: cases with the numbers that their rows have.

- `circuits`: the circuits of the cases that fail, and where there are few, of others too.
- `answers_of`: the numbers of the rows of a case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ...catalogue.case import Instance
from ...judge.outcome import Verdict
from ...program.transcript import Reading, Stop
from ..drawing.numbers import Answers, Place, places
from ..drawing.placing import circuit
from ..failures import FAILURES
from ..results_file import RESULTS
from ..rows import answer_from_json, outcome_of, read_case
from .compact import Compact
from .known import Ran, instance_of

# A circuit takes some milliseconds, and these characters before they are compressed are for all together.
_MOST = 50_000


def circuits(folder: Path, compact: Compact) -> dict[int, dict[str, Any]]:
    """Return circuits by the number of their case: what fails first, then `core`, then the shortest programs.

    Each is as `Circuit.to_json` gives it, but `title` is the name of the engine whose numbers stand beside
    torch's, "" where all are torch's. OSError when `results.jsonl` cannot be read.
    """
    cases = compact.cases
    found: dict[int, dict[str, Any]] = {}
    room = _MOST
    with (folder / RESULTS).open("rb") as file:
        for number in sorted(compact.places, key=compact.rank):
            if room <= 0:
                break
            instance = instance_of(Ran(*(cases[name][number] for name in Ran._fields)))
            if instance is None:
                continue
            rows = read_case(file, compact.places[number])
            failing = number in compact.failing
            answers = answers_of(instance, (row.values for row in rows))
            drawn = circuit(instance.program, instance.inputs, answers).to_json()
            # The script joins the texts of a node instead, and the page has the title of the case.
            nodes = [{k: v for k, v in node.items() if k != "title"} for node in drawn["nodes"]]
            engine = rows[0].values["engine"] if failing else ""
            found[number] = drawn | {"title": engine, "nodes": nodes}
            room -= len(json.dumps(found[number]))
    return found


def answers_of(instance: Instance, rows: Iterable[Mapping[str, Any]]) -> Answers:
    """Return the numbers at their places in the program. `rows` are the values of the rows of one engine."""
    at = places(instance.program)
    torch: dict[Place, list[Reading]] = {}
    engine: dict[Place, list[Reading]] = {}
    wrong: dict[Place, None] = {}
    raised = None
    for values in rows:
        place = at.get(values["reading"])
        if place is None:
            step = outcome_of(values).reading
            raised = getattr(step, "index", None) if values["verdict"] == Verdict.FAIL else None
            continue
        for kept, name in ((torch, "expected"), (engine, "actual")):
            answer = answer_from_json(values[name])
            if not isinstance(answer, Stop):
                kept.setdefault(place, []).append(answer)
        if values["verdict"] in FAILURES:
            wrong[place] = None
    first = next(iter(wrong), None)
    return Answers(torch, engine, frozenset(wrong), first, raised=raised, every_node=False)
