"""Points and comments that a person gives: kept, applied last, and never to another file."""

from fractions import Fraction
from pathlib import Path

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.grade.course.basis import Basis
from gradconform.harness.grade.course.folder import GradingFolder
from gradconform.harness.grade.course.marks import Marks, Status
from gradconform.harness.grade.course.overrides import (
    OVERRIDES,
    Overrides,
    given_now,
    read_overrides,
)
from gradconform.harness.grade.course.summary import totals
from gradconform.harness.grade.rubric_file import parsed
from gradconform.harness.submission.download.plan import HandIn, Plan, Student

from .small_class import RUBRIC, VALUE, grade, hand_in, students
from .test_grading import scores

GIVEN = ("ada", "Report", "1/4", "a good report")


def test_points_of_a_person_come_last_and_stay_and_are_shown_wherever_points_are(copied):
    (copied.out / OVERRIDES).write_text("# mine\n")
    _, graded = grade(copied.download, copied.out, override=GIVEN)
    assert list(totals(graded.before, graded.grading)) == ["ada: 2.67 before, 2.92 now"]
    found = scores(copied.out)["ada"]
    # Two thirds, two, and a quarter, rounded once.
    assert (found["Report"], found["score"], found["status"]) == ("0.25", "2.92", "graded")
    assert "a good report" in found["remarks"]
    assert "a good report" in (copied.out / "reasons" / "ada.txt").read_text()
    assert students(copied.out)["ada"]["items"][3]["state"] == "overridden"
    assert (copied.out / OVERRIDES).read_text().startswith("# mine\n")
    (copied.out / "submissions" / "ada.jsonl").unlink()
    grade(copied.download, copied.out)
    assert scores(copied.out)["ada"]["score"] == "2.92"


def test_points_for_another_file_are_listed_and_not_applied_until_they_are_given_again(copied):
    grade(copied.download, copied.out, override=GIVEN)
    hand_in(copied.download, {"ada": VALUE + "\n# better\n"})
    _, graded = grade(copied.download, copied.out)
    found = scores(copied.out)["ada"]
    assert (found["Report"], found["score"]) == ("", "2.67")
    assert "Not applied, because another file was handed in since: Report" in found["remarks"]
    (mark,) = [each for each in graded.grading.marks if each.key == "ada"]
    assert [each.reason for each in mark.stale] == ["a good report"]
    grade(copied.download, copied.out, override=GIVEN)
    assert scores(copied.out)["ada"]["Report"] == "0.25"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ("ada", "Repport", "1", "x"),
            "the rubric has no item 'Repport', .* the items are Values, ",
        ),
        (("ad", "Report", "1", "x"), r"'ad' is neither .* did you mean .*ada"),
        (("ada", "Report", "-2", "x"), "points of at least 0 were expected; -2 came"),
        (("ada", "Report", "much", "x"), "points such as 2, 1.5 or .* were expected; 'much' came"),
        (("ada", "Report", "1e999999999", "x"), "points such as 2, 1.5 or .* '1e999999999' came"),
        (("ada", "Report", "1", " "), "a reason was expected"),
        (("ada", "Report", "0", "na\udcefve"), "the reason is not UTF-8: na ve"),
        (("ada", "Report", "1", "x"), "Report has 0.333333 points, and 1 came"),
    ],
)
def test_a_wrong_override_is_one_sentence_and_is_not_written(copied, given, said):
    with pytest.raises(UsageError, match=said):
        grade(copied.download, copied.out, override=given)
    assert not (copied.out / OVERRIDES).exists()


def test_an_override_for_a_student_who_has_left_is_said_and_stops_nothing(copied):
    grade(copied.download, copied.out, override=GIVEN)
    path = copied.out / OVERRIDES
    path.write_text(path.read_text().replace('student = "ada"', 'student = "zara"'))
    said, _ = grade(copied.download, copied.out)
    assert "'zara' is neither a submission nor the id of a student of this grading" in said[-1]
    assert scores(copied.out)["ada"]["Report"] == ""


def test_an_override_for_an_item_that_is_gone_is_an_error_that_names_it(copied):
    grade(copied.download, copied.out, override=GIVEN)
    with pytest.raises(UsageError, match="the rubric has no item 'Report', for which 'ada' has"):
        grade(copied.download, copied.out, RUBRIC.replace('name = "Report"', 'name = "Text"'))


def test_all_mistakes_of_the_file_are_said(tmp_path):
    (tmp_path / OVERRIDES).write_text('[[override]]\nstudent = "a"\npoint = 1\npoints = "x"\n')
    with pytest.raises(UsageError) as caught:
        read_overrides(tmp_path)
    for part in ("override 1, reason", "override 1, point:", "override 1, points: points such as"):
        assert part in str(caught.value)
    (tmp_path / OVERRIDES).write_text('[override]\nstudent = "a"\nreason = "r"\n')
    with pytest.raises(UsageError, match=r"each override begins with \[\[override\]\], in two"):
        read_overrides(tmp_path)


def test_each_member_of_a_group_may_have_points_of_their_own(tmp_path):
    members = (Student({"sis": "007"}, "Ada"), Student({"sis": "008"}, "Bob"))
    hand_ins = (HandIn("group-1", members, Path("engine.py"), fingerprint="f"),)
    absent = (Student({"sis": "009"}, "Cy"),)
    plan = Plan("plain", "", tmp_path, hand_ins, absent)
    rubric = parsed(RUBRIC, "hw.toml")
    basis = Basis("", "", "", "", "", "")
    given = [
        given_now("group-1", "Report", "0.1", "of all", "f"),
        given_now("007", "Report", "0.2", "of Ada", "f"),
        *(given_now("009", item.name, "0", "did not take part", "") for item in rubric.items),
    ]
    found = list(Marks(plan, GradingFolder(tmp_path).rows, {}, rubric, basis, Overrides(given)))
    ada, bob, cy = found
    assert [mark.items[3].points for mark in (ada, bob)] == [Fraction(1, 5), Fraction(1, 10)]
    # They are not graded yet, so that nothing is added up; and somebody decided about all items of Cy.
    assert [mark.score for mark in found] == [None, None, 0]
    assert ada.blank == {"Values", "Derivatives", "Accumulation"}
    assert cy.status is Status.ABSENT
