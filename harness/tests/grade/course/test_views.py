"""The text for students and the last lines for graders say what they have to say, once."""

import json
from dataclasses import replace

from gradconform.harness.grade.course.class_facts import needs_a_person
from gradconform.harness.grade.course.difference import difference_lines
from gradconform.harness.grade.course.grading_file import GRADING
from gradconform.harness.grade.course.summary import summary_lines
from gradconform.harness.grade.item_result import State

from .small_class import RUBRIC, grade
from .test_grading import scores


def test_why_there_is_no_engine_is_said_once_and_no_case_beside_it(course):
    text = (course.out / "reasons" / "cy.txt").read_text()
    assert text.count("SyntaxError") == 1
    assert "Values: 0 of 0.33" in text
    assert "cases pass" not in text
    assert "not judged" not in text


def test_no_case_of_a_hidden_item_is_named_to_a_student(copied):
    place = copied.out / "reasons" / "bob.txt"
    shown = "  - mul: accumulation/"
    assert shown in place.read_text()
    grade(copied.download, copied.out, RUBRIC.replace("credit =", "hidden = true\ncredit ="))
    text = place.read_text()
    assert "Accumulation: hidden\n  - mul\n" in text
    assert "points: 0.67 of 1\n2 hidden points are not in the total" in text
    assert "- mul: assigned-not-added\n" in text
    assert "it explains" not in text
    assert "accumulation/" not in text
    assert "+=" not in text
    grade(
        copied.download,
        copied.out,
        RUBRIC.replace("credit =", "hidden = true\ncredit ="),
        open_hidden=True,
    )
    assert shown in place.read_text()


def test_those_that_are_not_graded_yet_are_counted_and_not_listed(copied):
    for key in ("dee", "eve"):
        (copied.out / "submissions" / f"{key}.jsonl").unlink()
    (copied.download / "zed").mkdir()
    (copied.download / "zed" / "engine.py").write_text("class Value(:\n")
    _, graded = grade(copied.download, copied.out, only="zed")
    lines = list(summary_lines(graded.grading))
    assert "not-graded: 2" in lines
    assert any(line.startswith("zed: unusable: engine.py has no engine") for line in lines)
    assert not [line for line in lines if line.startswith(("dee", "eve"))]
    assert scores(copied.out)["dee"]["remarks"] == ""
    assert [needs_a_person(m) for m in graded.grading.marks if m.key == "dee"] == [True]


def test_the_line_of_an_item_names_those_for_whom_it_was_not_judged(course):
    grading = course.graded.grading
    marks = [
        replace(mark, items=tuple(replace(i, state=State.NOT_JUDGED) for i in mark.items))
        if mark.key in ("bob", "dee")
        else mark
        for mark in grading.marks
    ]
    lines = list(summary_lines(replace(grading, marks=tuple(marks))))
    (line,) = [line for line in lines if line.startswith("Accumulation: ")]
    assert line.endswith("not judged for 2 (4 points): bob, dee")
    (scored,) = [line for line in lines if " scores of " in line]
    assert "without the points that a person has not given yet: lowest 0," in scored


def test_a_student_who_hands_in_later_is_not_new_in_the_difference(tmp_path):
    def grading(name, **changed):
        mark = {
            "submission": "",
            "ids": {"sis": "007"},
            "name": "Ada",
            "score": None,
            "status": "not-handed-in",
            "items": [],
        }
        (tmp_path / name).mkdir()
        document = {"rubric": {"rounding": 1}, "students": [mark | changed]}
        (tmp_path / name / GRADING).write_text(json.dumps(document))
        return tmp_path / name

    item = {"item": "Values", "points": "2", "most": "2", "state": "overridden", "reasons": ["no"]}
    now = {"submission": "101", "score": "2", "status": "graded", "items": [item]}
    old, new = grading("old"), grading("new", **now)
    assert list(difference_lines(old, new)) == [
        "101 007: no score (not-handed-in) before, 2 now",
        "  Values: new, 2",
        "0 of 1 students have the same points",
    ]
    earlier = grading("earlier", **now | {"items": [item | {"points": "1"}]})
    assert "  Values: 1 before, 2 now; given by a person" in difference_lines(earlier, new)
