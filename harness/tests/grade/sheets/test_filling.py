"""What is written into a sheet, what is not, and what is said about both."""

from dataclasses import replace
from fractions import Fraction

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.grade.course.marks import Status
from gradconform.harness.grade.course.overrides import Override
from gradconform.harness.grade.course.reasons import reasons
from gradconform.harness.grade.sheets.filling import Existing

from .gradings import RUBRIC, cells, mark

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (6),Autograd engine (7),Final Score
    Points Possible,,,,,10,20,(read only)
"Beispiel, Ada",1,001,ada,A,1,{},3
"Doppel, Sam",2,002,sam,A,2,{},4
"Doppel, Sam",3,003,sam2,A,3,{},5
"Student, Test",9,,5f0c0ffee5f0c0ffee5f0c0ffee5f0c0ffee5f0c,A,,,
"""
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (grade),Feedback comments
Participant 1,Ada,ada@x.example,Submitted for grading,{},20.00,Yes,-,{}
Participant 2,Sam,sam@x.example,Submitted for grading,,20.00,No,-,
"""  # noqa: E501 - a line of a sheet


def grades(data):
    return [cells(data)[row, 6] for row in (2, 3, 4, 5)]


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        (Existing.KEEP, ["17.5", "12", "EX", ""]),
        (Existing.REPLACE, ["17.5", "11", "EX", ""]),
        (Existing.HIGHER, ["17.5", "12", "EX", ""]),
    ],
)
def test_a_grade_that_is_there_is_replaced_when_it_was_said(sheet, existing, expected):
    marks = (
        mark("35/2", canvas="1"),
        mark(11, key="b", canvas="2"),
        mark(9, key="c", canvas="3"),
        mark(8, key="t", canvas="9"),
    )
    assert grades(sheet.fill(CANVAS.format("", "12", "EX"), *marks, existing=existing)) == expected
    assert "Doppel, Sam (canvas 3): it holds 'EX', which is no number" in sheet.said
    if existing is Existing.HIGHER:
        lower = sheet.fill(CANVAS.format("", "10.5", "N/A"), *marks, existing=existing)
        assert grades(lower) == ["17.5", "11", "N/A", ""]


@pytest.mark.parametrize("status", [Status.GRADER_ERROR, Status.ABSENT, Status.NOTHING])
def test_no_score_is_never_written_as_zero(sheet, status):
    bare = mark(0, canvas="2", key="b", status=status)
    bare = type(bare)(**{**vars(bare), "blank": frozenset(item.item for item in bare.items)})
    data = sheet.fill(CANVAS.format("", "", ""), mark(0, canvas="1"), bare)
    assert grades(data) == ["0", "", "", ""]
    assert f"  Doppel, Sam (canvas 2): {status}\n" in sheet.said
    assert "  Doppel, Sam (canvas 3): not in the grading\n" in sheet.said


def test_the_column_is_chosen_by_number_or_title_and_refused_when_it_is_not_clear(sheet):
    text = CANVAS.format("", "", "").replace("Homework 1", "Autograd engine")
    for wanted in ("", "Autograd Engine"):
        with pytest.raises(UsageError) as refused:
            sheet.fill(text, mark(1, canvas="1"), wanted=wanted)
        assert "--column 6  'Autograd engine (6)', of 10 points" in str(refused.value)
        assert "--column 7  'Autograd engine (7)', of 20 points" in str(refused.value)
    for wanted in ("7", "autograd engine (7)"):
        assert grades(sheet.fill(text, mark(1, canvas="1"), wanted=wanted))[0] == "1"
    with pytest.raises(UsageError, match=r"has no columns called 'Final Score'; say one of these"):
        sheet.fill(text, mark(1, canvas="1"), wanted="Final Score")
    with pytest.raises(UsageError, match="Canvas drops columns with 'Final Grade' in the title"):
        sheet.fill(text.replace("engine (7)", "Final Grades (7)"), mark(1, canvas="1"), wanted="7")
    sheet.fill(text.replace("engine (7)", "final grade (7)"), mark(1, canvas="1"), wanted="7")
    with pytest.raises(UsageError, match="marked as \\(read only\\)"):
        sheet.fill(text.replace(",20,", ",(read only),"), mark(1, canvas="1"), wanted="7")


def test_the_only_empty_column_with_the_points_of_the_rubric_is_taken(sheet):
    text = CANVAS.replace("Autograd engine", "Third homework")
    assert grades(sheet.fill(text.format("", "", ""), mark(1, canvas="1")))[0] == "1"
    assert "the only one with the points of the rubric, and no grade is in it" in sheet.said
    for other in (text.format("", "5", ""), text.format("", "", "").replace(",10,20,", ",20,20,")):
        with pytest.raises(UsageError, match="no obvious column"):
            sheet.fill(other, mark(1, canvas="1"))


def test_columns_of_blackboard_that_take_no_points_are_refused(sheet):
    text = (
        '"Last Name","First Name","Username","Total [Total Pts: up to 20 Score] |1",'
        '"Notes [Total Pts: 0 Text] |2","Homework [Total Pts: 20] |3"\n"Ada","B","ada","","",""\n'
    )
    assert cells(sheet.fill(text, mark(5, login="ada")))[1, 5] == "5"
    for wanted in ("1", "Notes"):
        with pytest.raises(UsageError, match="Blackboard takes no points there"):
            sheet.fill(text, mark(5, login="ada"), wanted=wanted)
    text = (
        text.replace('Total Pts: 20] |3"', 'Total Pts: 20 Score]"')
        .replace("|1", "")
        .replace("|2", "")
    )
    assert cells(sheet.fill(text, mark(5, login="ada")))[1, 5] == "5"


def test_other_points_are_refused_or_scaled_and_rounded_once(sheet):
    text = CANVAS.format("", "", "").replace(",20,", ",30,")
    third = mark(Fraction(20, 3), canvas="1")
    with pytest.raises(UsageError, match=r"of 30 points of the sheet .* and the rubric gives 20"):
        sheet.fill(text, third)
    assert grades(sheet.fill(text, third, scale=True))[0] == "10"
    whole = RUBRIC.model_copy(update={"rounding": Fraction(1, 2)})
    assert grades(sheet.fill(CANVAS.format("", "", ""), third, rubric=whole))[0] == "6.5"
    with pytest.raises(UsageError, match="nothing can be scaled to or from 0 points"):
        sheet.fill(text.replace(",30,", ",0,"), third, scale=True)


def test_a_student_is_joined_by_ids_and_never_by_one_that_another_id_contradicts(sheet):
    text = CANVAS.format("", "", "")
    marks = (
        mark(1, canvas="1", sis="002"),
        mark(2, key="b", canvas="2", sis="2", login="before-the-wedding"),
        mark(3, key="c", name="Sam Doppel", canvas="30"),
    )
    assert grades(sheet.fill(text, *marks)) == ["", "2", "", ""]
    assert "with a score, and not on the sheet: 2\n" in sheet.said
    assert "the ids canvas 1 sis 002 are those of several students on the sheet" in sheet.said
    assert "Sam Doppel (canvas 30): canvas 30\n" in sheet.said
    with pytest.raises(UsageError, match=r"has no student of this grading.* nothing is written"):
        sheet.fill(text, mark(3, canvas="30"))
    with pytest.raises(UsageError, match="line 2 has the email ada@x"):
        sheet.fill(MOODLE.format("", ""), mark(3, moodle="1", email="joe@x.example"))
    with pytest.raises(UsageError, match="has the canvas id 3 on line 4"):
        sheet.fill(text.replace('"Doppel, Sam",2', '"Doppel, Sam",3'), mark(1, canvas="1"))


def test_the_number_of_a_group_is_not_that_of_a_participant(sheet):
    ada, team = mark(1, name="Ada", moodle="1"), mark(2, key="g", name="Team Rot", moodle="2")
    text = MOODLE.format("", "").replace("20.00,No", "20.00,Yes")
    assert cells(sheet.fill(text, ada, team))[2, 4] == ""
    assert (
        "Team Rot (moodle 2): its row on line 3 has the name Sam: is Team Rot a group?"
        in sheet.said
    )
    for name in (
        "Participant",
        "jo77 Sam",
        "Sam",
    ):  # blind, with an account before it, and as it is
        assert cells(sheet.fill(text, ada, mark(2, key="g", name=name, moodle="2")))[2, 4] == "2.00"


def test_hostile_names_and_headers_are_shown_on_one_line_and_stay_in_the_file(sheet):
    name = '"=cmd\n\x1b[2J\u202e ::notice::x<script>"'
    text = (
        CANVAS.format("", "", "")
        .replace('"Beispiel, Ada"', name)
        .replace("engine (7)", name + "(7)")
    )
    text = text.replace('Autograd "', '"Autograd ')
    before = text.encode()
    after = sheet.fill(
        before, mark(1, name="", canvas="1"), mark(2, key="b", canvas="8"), wanted="7"
    )
    assert after == before.replace(b"A,1,", b"A,1,1", 1)
    lines = sheet.said.splitlines()
    assert all(line.isprintable() for line in lines)
    assert not any(line.startswith("::") for line in lines)


def test_one_student_in_two_submissions_gets_no_grade(sheet):
    marks = (mark(1, canvas="1"), mark(2, key="b", canvas="1"), mark(3, key="c", canvas="2"))
    assert grades(sheet.fill(CANVAS.format("", "", ""), *marks)) == ["", "3", "", ""]
    assert "several submissions, of which a person must say one: 1\n" in sheet.said
    assert "s1, b" in sheet.said


def test_feedback_of_moodle_is_short_harmless_and_hides_what_is_hidden(sheet):
    data = sheet.fill(
        MOODLE.format("", ""), mark("35/2", moodle="1"), mark(1, key="b", name="Sam", moodle="2")
    )
    found = cells(data)
    assert (found[1, 4], found[2, 4], found[2, 8]) == ("17.50", "", "")
    feedback = found[1, 8]
    assert feedback.startswith("<p>Values: 9.5 of 12; mul: =HYPERLINK(1) &lt;script&gt;")
    assert len(feedback) < 500
    assert feedback.isprintable()
    assert feedback.endswith("<br>Secret order: hidden; mul</p>")
    assert "Moodle has locked it: 'Grade can be changed' is No" in sheet.said
    assert "it is in English, as the header 'Grade' shows" in sheet.said


@pytest.mark.parametrize(
    ("existing", "grade", "before", "kept"),
    [
        (Existing.KEEP, "12.00", "by hand", True),
        (Existing.KEEP, "", "by hand", True),
        (Existing.REPLACE, "12.00", "by hand", False),
        (Existing.REPLACE, "17.00", "by hand", True),
        (Existing.REPLACE, "", "by hand", True),
        (Existing.HIGHER, "19.00", "by hand", True),
        (Existing.HIGHER, "12.00", "by hand", False),
    ],
)
def test_words_of_a_person_stay_with_their_grade(sheet, existing, grade, before, kept):
    data = sheet.fill(MOODLE.format(grade, before), mark(17, moodle="1"), existing=existing)
    assert (cells(data)[1, 8] == before) is kept
    assert ("'Allow updating records" in sheet.said) is (not kept)


def test_what_moodle_will_do_is_said(sheet):
    german = MOODLE.replace("Maximum grade", "Bestwertung").replace("Grade,", "Bewertung,")
    sheet.fill(german.format("", "").replace("20.00", '"20,00"'), mark(21, moodle="1"))
    assert "Ada Beispiel (moodle 1): Bewertung: nothing -> 21,00; " in sheet.said
    assert "it is in German, as the header 'Bewertung' shows" in sheet.said
    assert "Moodle skips 1 rows in silence, because the score is above its maximum" in sheet.said
    assert "Moodle reads dates in English alone" in sheet.said
    assert (
        "a blank cell erases the feedback that Moodle has by then: rows with one: 1" in sheet.said
    )
    assert "numbers as 20,00" in sheet.said


def test_columns_of_moodle_that_look_alike_are_told_apart(sheet):
    text = MOODLE.format("", "").replace(
        "Email address", "Email address,Kommentar,Nachteilsausgleich"
    )
    text = text.replace("@x.example", "@x.example,,No")
    data = sheet.fill(text, mark(3, moodle="1"), mark(4, key="b", name="Sam", moodle="2"))
    assert (cells(data)[1, 6], cells(data)[2, 6]) == ("3.00", "")
    assert cells(data)[1, 10].startswith("<p>")
    scale = MOODLE.format("", "").replace("Maximum grade", "Asteikko")
    with pytest.raises(UsageError, match="the words of a scale, in the column 'Asteikko'"):
        sheet.fill(scale.replace("20.00", '"no\nyes"'), mark(3, moodle="1"))


def test_a_translated_sheet_of_canvas_is_known_by_its_ids(sheet):
    text = (
        CANVAS.format("", "", "")
        .replace("Student,ID,", "Nemandi,Auðkenni,")
        .replace(",3\n", ',"3,5"\n')
    )
    assert (
        grades(sheet.fill(text.replace("Homework 1 (6)", "Notes"), mark("5/2", canvas="1")))[0]
        == "2,5"
    )
    assert "sheet of Canvas, column 'Autograd engine (7)', of 20 points" in sheet.said


def test_a_translated_sheet_of_canvas_may_have_its_columns_in_another_order(sheet):
    rows = [line.split(",") for line in CANVAS.format("", "", "").replace('", ', "-").splitlines()]
    rows = [row[1:] if row[0].startswith('"') else row for row in rows]
    text = "\n".join(",".join(reversed(row)) for row in rows)
    text = text.replace("Login ID,SIS User ID,ID", "Anmeldung,SIS-Nummer,Nummer") + "\n"
    ids = {"canvas": "1", "sis": "001", "login": "ada"}
    data = sheet.fill(text, mark(3, **ids))
    assert cells(data)[2, 1] == "3"
    assert "sheet of Canvas, column 'Autograd engine (7)'" in sheet.said


def test_ids_and_names_are_no_column_for_grades(sheet):
    text = "who,key,points\nAda,1,\nSam,2,\n"
    marks = mark(3, name="Ada", plain="1"), mark(4, key="b", name="Sam", plain="2")
    data = sheet.fill(text, *marks)
    assert data.decode() == "who,key,points\nAda,1,3\nSam,2,4\n"
    with pytest.raises(UsageError, match="no columns called 'key'"):
        sheet.fill(text, *marks, wanted="key", existing=Existing.REPLACE)


def test_a_score_above_the_maximum_is_named_on_every_site(sheet):
    sheet.fill(CANVAS.format("", "", ""), mark(23, canvas="1"))
    assert "1 scores are above the maximum of the sheet, as of a bonus" in sheet.said


def test_a_persons_words_are_whole(sheet):
    long = " ".join(f"word{number}" for number in range(160))
    comment = Override(student="1", reason=long)
    given = replace(mark(3, moodle="1"), comments=(comment,))
    assert cells(sheet.fill(MOODLE.format("", ""), given))[1, 8].endswith(f"<br>{long}</p>")
    assert long in reasons([given], RUBRIC)
    other = Override(student="1", reason=long * 9)
    assert reasons([replace(given, comments=(other,))], RUBRIC).endswith("...\n")


def test_a_sheet_says_only_the_changes_and_counts_the_rest(sheet):
    marks = [mark(n, key=f"k{n}", canvas=str(n)) for n in (1, 2, 3)]
    sheet.fill(CANVAS.format("", "2", "7"), *marks)
    lines = sheet.said.splitlines()
    assert lines[1:5] == [
        "Ada Beispiel (canvas 1): Autograd engine (7): nothing -> 1",
        "cells changed: 1",
        "grades that are the score already: 1",
        "grades that are another number, and stay: 1 (--existing replace or --existing higher changes them)",
    ]


def test_scores_that_a_person_should_look_at_are_named(sheet):
    marks = (
        mark(3, canvas="1", status=Status.WAITS),
        mark(0, key="b", canvas="2", status=Status.UNUSABLE),
    )
    assert grades(sheet.fill(CANVAS.format("", "", ""), *marks))[:2] == ["3", "0"]
    assert "scores that lack the points that a person has not given yet: 1" in sheet.said
    assert (
        "scores that are 0 because no engine was found: look at what was handed in: 1" in sheet.said
    )
