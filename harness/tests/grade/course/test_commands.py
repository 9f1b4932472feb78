"""The commands: one grades, and says what is wrong in a sentence; one shows whose points differ."""

import json

import pytest
from gradconform.harness.grade.course.agenda import Agenda
from gradconform.harness.grade.course.plan_text import plan_lines
from gradconform.harness.submission.download.plan import Plan, Student

from .small_class import RUBRIC, VALUE, grade, hand_in


def test_the_points_of_two_gradings_are_compared_with_the_causes(course, copied, command):
    hand_in(copied.download, {"bob": VALUE})
    (copied.download / "eve.py").unlink()
    grade(copied.download, copied.out, RUBRIC.replace('name = "Report"', 'name = "Text"'))
    code, out, _ = command("diff", str(course.out), str(copied.out))
    assert code == 0
    lines = out.splitlines()
    at = lines.index("bob: 0.67 (waits-for-hand) before, 2.67 (waits-for-hand) now")
    assert lines[at + 1 : at + 4] == [
        "  Accumulation: 0 before, 2 now",
        "  Text: new, none",
        "  Report: gone, none before",
    ]
    assert not any(line.startswith("ada: 2.67 before") for line in lines)
    code, out, _ = command("diff", str(course.out), str(course.out))
    assert out == "7 of 7 students have the same points\n"


@pytest.mark.parametrize("points", ["abc", "1/0", "1e999999999", "nan", "-1"])
def test_points_that_are_none_in_a_grading_are_named(tmp_path, command, points):
    mark = {"submission": "ada", "ids": {}, "name": "", "status": "graded", "score": points}
    text = json.dumps({"rubric": {"rounding": "1/100"}, "students": [mark | {"items": []}]})
    (tmp_path / "grading.json").write_text(text)
    code, _, err = command("diff", str(tmp_path), str(tmp_path))
    assert code == 4
    assert f"points such as 2 or 3/2 were expected for ada; '{points}' came" in err


def test_the_plan_names_the_first_of_many_students_without_a_submission(tmp_path):
    absent = tuple(Student({"sis": f"{number:05}"}, "") for number in range(10_000))
    lines = list(plan_lines(Plan("plain", "so", tmp_path, (), absent), Agenda({}, ())))
    (line,) = [each for each in lines if each.startswith("handed in nothing: 00000, 00001, ")]
    assert line.endswith("00019 and 9980 more")


def test_the_command_goes_on_where_another_call_was(copied, command, tmp_path):
    (tmp_path / "hw.toml").write_text(RUBRIC)
    times = copied.times()
    asked = ("grade", str(copied.download), "--rubric", "hw.toml", "--out", str(copied.out))
    code, out, _ = command(*asked)
    assert code == 1  # some need a person
    assert "nothing is to be graded: all results are there\n" in out
    assert "cy: unusable: cy.py has no engine" in out
    assert copied.times() == times
    code, out, _ = command(*asked, "--override", "ada", "Report", "0.2", "short", "--dry-run")
    assert code == 0
    assert not (copied.out / "overrides.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent", "--out", "o"], "Path 'absent' does not exist"),
        (["here"], "Missing option '--out'"),
        (["here", "--out", "here/o"], "--out: here/o lies in here, where it would be taken for a"),
        (["here", "--out", "o", "--rubric", "tutrial"], "did you mean tutorial?"),
        (["here", "--out", "o", "--rubric", "hw.toml"], "item"),
        (
            ["here", "--out", "o", "--rubric", "given.toml"],
            "starter: there is no given.py; name a file",
        ),
        (["here", "--out", "o", "--only", ""], "--only: a student was expected; nothing came"),
        (["here", "--out", "o", "--only", "zoe"], "'zoe' is neither a submission nor the id of a"),
    ],
)
def test_what_is_wrong_is_one_sentence(command, tmp_path, arguments, said):
    hand_in(tmp_path / "here", {"ada": VALUE})
    (tmp_path / "hw.toml").write_text(RUBRIC.replace("points = 2", "points = -2"))
    (tmp_path / "given.toml").write_text('starter = ["given.py"]\n' + RUBRIC)
    code, _, err = command("grade", *arguments)
    assert code == 4
    assert said in err
    assert "Traceback" not in err
    assert not (tmp_path / "o").exists()
