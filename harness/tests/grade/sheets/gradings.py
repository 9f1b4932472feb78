"""Folders of finished gradings, made without running an engine, and what a filled sheet holds."""

import csv
import io
from fractions import Fraction
from pathlib import Path

from gradconform.harness.grade.course.basis import Basis
from gradconform.harness.grade.course.document import Grading, document
from gradconform.harness.grade.course.grading_file import GRADING
from gradconform.harness.grade.course.marks import Mark, Status
from gradconform.harness.grade.item_result import ItemResult, State
from gradconform.harness.grade.rubric import Item, Rubric
from gradconform.harness.report.description_file import write_json
from gradconform.harness.submission.download.plan import HandIn, Plan, Student

ITEMS = (
    Item(name="Values", points=Fraction(12), cases=("single/*",)),
    Item(name="Secret order", points=Fraction(8), cases=("walk/*",), hidden=True),
)
RUBRIC = Rubric(title="Autograd engine", items=ITEMS)
HOSTILE = (
    "mul: =HYPERLINK(1) <script>alert(1)</script> \x1b[31m\x00 \n::notice::x \u202e" + "A" * 9000
)


def mark(points, *, key="s1", name="Ada Beispiel", status=Status.GRADED, **ids):
    """The mark of a student who lost all points of the first item but these, because of a hostile engine."""
    points = Fraction(points if points is not None else 0)
    hidden = min(points, Fraction(8))
    items = (
        ItemResult(
            "Values",
            points - hidden,
            Fraction(12),
            State.JUDGED,
            3,
            4,
            (HOSTILE, "add: no"),
            ("single/mul", "single/add"),
            ("add", "mul"),
        ),
        ItemResult(
            "Secret order",
            hidden,
            Fraction(8),
            State.JUDGED,
            3,
            4,
            ("mul: walk/secret_case: 3 came",),
            ("walk/secret_case",),
            ("mul",),
            hidden=True,
        ),
    )
    blank = frozenset(item.item for item in items) if status is Status.ABSENT else frozenset()
    return Mark("" if status is Status.ABSENT else key, Student(ids, name), status, items, blank)


def graded(folder: Path, *marks: Mark, rubric: Rubric = RUBRIC, files=()) -> Path:
    """Write the folder of a grading with these marks; `files` are names in the download by submission."""
    folder.mkdir(exist_ok=True)
    keys = dict.fromkeys(each.key for each in marks if each.key)
    hand_ins = tuple(
        HandIn(
            key,
            tuple(each.student for each in marks if each.key == key),
            Path("e.py"),
            dict(files).get(key, f"{key}.py"),
        )
        for key in keys
    )
    plan = Plan("a", "so", folder, hand_ins)
    basis = Basis("", "", "", "", "", "")
    write_json(folder / GRADING, document(Grading(plan, rubric, basis, marks, ())))
    return folder


def cells(data: bytes, separator: str = ",") -> dict[tuple[int, int], str]:
    """What the library `csv` reads, by row and column."""
    for encoding in ("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return {(r, c): cell for r, row in enumerate(rows) for c, cell in enumerate(row)}


def changed(before: bytes, after: bytes, separator: str = ",") -> dict[tuple[int, int], str]:
    """The cells that differ, as they are now. A cell that is not there counts as empty."""
    old, new = cells(before, separator), cells(after, separator)
    return {at: text for at, text in new.items() if old.get(at, "") != text} | {
        at: "(gone)" for at in old if at not in new
    }
