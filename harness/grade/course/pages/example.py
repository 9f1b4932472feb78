"""A case as a person would run it: for the student's own engine, for torch, and as a circuit.

- `Example`: the case in words and lines. `example_of`: made of the rows of one case. No engine runs for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, NamedTuple

from markupsafe import Markup

from ....catalogue.case import Instance
from ....diagnose.engine_source import EngineWriter
from ....diagnose.spelled import END, ShortTorch, both, short_names, shown, written
from ....engine.spelling import Spelling
from ....judge.outcome import ERRORED, LACKING, PASSED, AtStep
from ....lower.shapes import shape_of
from ....program import Program, Read
from ....program.transcript import Stop, Unsupported
from ....report.drawing.placing import circuit
from ....report.drawing.svg import inside
from ....report.html.circuits import answers_of
from ....report.html.known import Ran, instance_of
from ....report.rows import AT_STEP, answer_from_json, outcome_of
from ....text import of_engine
from ...stages import Stage, stage_of

_LONGEST_MESSAGE, _LONGEST_COMMENT = 200, 60
_MOST_NUMBERS = 6
_Row = Mapping[str, Any]


class Wrong(NamedTuple):
    """A number that differs from torch's."""

    what: str
    torch: str
    own: str


@dataclass(frozen=True)
class Example:
    """A case that fails.

    `wrong` are the first of its numbers that differ, and `more` says how many there are besides. `said` is
    what happened where there is no number. `own` is the program for the student's engine and `in_torch` for
    torch, each with its numbers as comments. `drawing` is the circuit, and `legend` how to read it. Each is
    empty where it cannot be written.
    """

    title: str
    case: str
    wrong: tuple[Wrong, ...]
    more: int
    said: tuple[str, ...]
    own: str = ""
    in_torch: str = ""
    drawing: Markup | str = ""
    legend: tuple[str, ...] = ()


def example_of(rows: Sequence[_Row], spelling: Spelling | None) -> Example | None:
    """Return the case of these rows, which must be those of one case and one engine; None without rows.

    `spelling` says how a program is written for the engine. Engines with the same answers share the work.
    """
    if not rows:
        return None
    about = tuple(json.dumps({name: row[name] for name in _TOLD}) for row in rows)
    return _example(about, spelling)


_TOLD = (
    *Ran._fields,
    *("title", "tags", "reading", "verdict", "message", "expected", "actual"),
    *("family", "level", "reason", "engine", "engine_version", "torch_version", "seconds"),
)


@lru_cache(maxsize=4096)
def _example(about: tuple[str, ...], spelling: Spelling | None) -> Example:
    rows = [json.loads(each) for each in about]
    first = rows[0]
    plain = Example(first["title"], first["case"], (), 0, tuple(_said(rows)))
    instance = instance_of(Ran(*(first[name] for name in Ran._fields)))
    if instance is None:
        return plain
    told = _Told.of(instance, rows)
    shape = partial(shape_of, instance.program, instance.inputs)
    in_torch = ShortTorch(told.instance, shape)
    own = ""
    try:
        if spelling is not None:
            if stage_of(instance.program) is Stage.START:
                # It says how a backward starts by itself.
                spelling = replace(spelling, start="")
            writer = EngineWriter(told.instance, spelling, shape)
            writer.names = in_torch.names
            own = written(writer, told.ours, told.raises)
        torch_lines = written(in_torch, told.theirs)
    except Unsupported:  # a shape that is not known without torch
        own = torch_lines = ""
    # A mark at the first wrong number would need the names of values, which the lines do not have.
    answers = replace(answers_of(instance, rows), first=None)
    drawn = circuit(instance.program, instance.inputs, answers, first["title"])
    return replace(
        plain,
        wrong=told.wrong[:_MOST_NUMBERS],
        more=max(0, len(told.wrong) - _MOST_NUMBERS),
        own=own,
        in_torch=torch_lines,
        drawing=Markup(inside(drawn)),
        legend=tuple(note.replace("the engine's number", "your number") for note in drawn.notes),
    )


def _said(rows: Sequence[_Row]) -> Iterator[str]:
    for row in rows:
        if row["verdict"] not in PASSED and (
            row["expected"] is None or isinstance(answer_from_json(row["actual"]), Stop)
        ):
            yield _happened(row)[:_LONGEST_MESSAGE]


def _comment(row: _Row) -> str:
    said = _happened(row)
    _, raised, problem = said.partition(" raised ")
    comment = f"raises {problem}" if raised else said
    return comment if len(comment) <= _LONGEST_COMMENT else f"{comment[:_LONGEST_COMMENT]}..."


def _happened(row: _Row) -> str:
    """Return what the engine did in place of an answer. Of an op that is not there only the name is known."""
    missing = row["verdict"] in LACKING and ": " not in row["message"]
    return f"there is no {of_engine(row['message'])}" if missing else of_engine(row["message"])


@dataclass(frozen=True)
class _Told:
    """A case without the readings that a student may not see, and comments behind its steps."""

    instance: Instance
    ours: Mapping[int, str]
    theirs: Mapping[int, str]
    wrong: tuple[Wrong, ...]
    raises: int | None

    @classmethod
    def of(cls, instance: Instance, rows: Sequence[_Row]) -> _Told:
        """Return what the rows tell of the case."""
        program = instance.program
        by_reading = {row["reading"]: row for row in rows}
        stops = [row for row in rows if row["reading"].startswith(AT_STEP)]
        labels = dict(zip(_reads(program), program.labels, strict=True))
        kept = [
            k
            for k in range(len(program.steps))
            if k not in labels or labels[k] in by_reading or stops
        ]
        names = short_names(program)
        ours: dict[int, str] = {}
        theirs: dict[int, str] = {}
        wrong: list[Wrong] = []
        for place, index in enumerate(kept):
            row = by_reading.get(labels.get(index, ""))
            step = program.steps[index]
            if row is None or not isinstance(step, Read):
                continue
            want, got = answer_from_json(row["expected"]), answer_from_json(row["actual"])
            if isinstance(want, Stop) or isinstance(got, Stop):
                continue
            if row["verdict"] in PASSED:
                ours[place] = theirs[place] = shown(want)
                continue
            ours[place], theirs[place] = both(want, got)
            what = "value" if step.what == "value" else "gradient"
            wrong.append(Wrong(f"the {what} of {names[step.of]}", theirs[place], shown(got)))
        raises = None
        for row in stops:
            at = outcome_of(row).reading
            if isinstance(at, AtStep) and at.index in kept and row["verdict"] not in ERRORED:
                raises = kept.index(at.index)
            ours[END if raises is None else raises] = _comment(row)
        steps = tuple(program.steps[index] for index in kept)
        open_instance = replace(instance, program=Program(steps))
        return cls(open_instance, ours, theirs, tuple(wrong), raises)


def _reads(program: Program) -> Iterator[int]:
    return (index for index, step in enumerate(program.steps) if isinstance(step, Read))
