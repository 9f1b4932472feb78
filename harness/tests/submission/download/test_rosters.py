"""Sheets of courses: who is on them, who handed in nothing, and what joins whom."""

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.tests.submission.download.downloads import (
    by_key,
    engine,
    files_of,
    odd,
)

TWO = ("beispielada_500101_900001_engine.py", "doppelsam_500108_900008_engine.py")
PLAIN = """\
Student,ID,SIS User ID,SIS Login ID,Section,Autograd engine (7002),Final Score
    Points Possible,,,,,20.00,(read only)
"Beispiel, Ada",500101,0012345,abeispiel,AD 101-01,9.50,
"Doppel, Sam",500107,0012351,sdoppel,AD 101-01,EX,
"Doppel, Sam",500108,0012352,sdoppel2,"A, B, and C",,
"Student, Test",500199,,5f0c0ffee5f0c0ffee5f0c0ffee5f0c0ffee5f0c,AD 101-01,,
"""
MANUAL = PLAIN.replace("    Points", ",,,,,Manual Posting,\n    Points")
NAMES_APART = """\
LastName,FirstName,ID,SIS User ID,Section,Autograd engine (7002)
,,,,,Manual Posting (scores hidden from instructors)
    Points Possible,,,,,20
Beispiel,Ada,500101,0012345,A,"10,0"
Doppel,Sam,500107,0012351,A,
Doppel,Sam,500108,0012352,A,
Studenttest,,500199,,A,
"""
OTHER_ORDER = """\
Autograd engine (7002);Section;SIS User ID;ID;Student
20;;;;    Points Possible
8,5;A;0012345;500101;Beispiel, Ada
;A;0012351;500107;Doppel, Sam
;"A;\nB";0012352;500108;Doppel, Sam
;;;;
"""
FORMULA = PLAIN.replace(
    '"Beispiel, Ada",500101,0012345', '"=""Beispiel, Ada""","=""500101""",="0012345"'
)
RESAVED = PLAIN.replace("\n", ",,\r\n")
ANY = """\
Matrikel,Nachname,Kurs-ID,Punkte
0012345,Beispiel,500101,10
0012351,Doppel,500107,10
0012352,Doppel,500108,500101
"""


@pytest.mark.parametrize(
    "sheet",
    [
        PLAIN,
        MANUAL,
        NAMES_APART,
        OTHER_ORDER,
        FORMULA,
        RESAVED,
        ANY,
        "\ufeff" + PLAIN,
        "sep=;\n" + OTHER_ORDER,
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace("AD 101", "Ängström").encode("cp1252"),
    ],
    ids="plain manual names order formula resaved any bom sep utf-16 windows".split(),
)
def test_a_sheet_of_canvas_says_who_is_absent(plan, sheet):
    found = plan.names(*TWO, sheet=sheet)
    assert [student.ids["canvas"] for student in found.absent] == ["500107"]
    assert {each.key: len(each.students) for each in found.hand_ins} == {"500101": 1, "500108": 1}
    if sheet != ANY:
        assert by_key(found)["500101"].students[0].ids["sis"] == "0012345"
    assert not odd(found)
    assert all("was read as Windows-1252" in said for said in found.odd)


def test_the_ids_of_the_sheet_decide_where_a_name_can_be_read_in_two_ways(plan):
    sheet = PLAIN.replace("500108", "123")
    found = plan.names(
        "jo_7lee_500101_900010_123_456_engine.py", "x_1_2_3_500107_99_e.py", sheet=sheet
    )
    # Both readings of the first name are on the sheet: the leftmost one counts.
    assert list(by_key(found)) == ["500101", "500107"]
    assert by_key(found)["500107"].taken == "x_1_2_3_500107_99_e.py"
    assert odd(found) == {
        "500107": "x_1_2_3_500107_99_e.py is of 500107, because the sheet has this id"
    }


def test_who_is_not_on_the_sheet_stays_in_the_plan(plan):
    found = plan.names(*TWO, "late_1_2_engine.py", "studenttest_500199_7_engine.py", sheet=PLAIN)
    assert odd(found) == {
        "1": "not on the sheet: canvas 1",
        "500199": "this is the test student of the course",
    }


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (
            PLAIN.replace("500107", "500108"),
            r"sheet.csv has the canvas id 500108 on line 4 \(Doppel, Sam\), line 5 \(Doppel, Sam\)",
        ),
        (PLAIN.replace("0012351", "0012345"), "has the sis id 0012345 on line 3"),
        (
            PLAIN.replace("5001", "6001"),
            "no submission is of a student on the sheet: .*such as 500101",
        ),
        (
            "Name,Punkte\nAda,10\n",
            "is none of Canvas, Moodle, Gradescope, Classroom 50, Brightspace or Blackboard",
        ),
        ("Student,ID,Section\n", "has no students"),
        ("\n", "is empty"),
        (b"PK\x03\x04", "is no CSV file: save it as CSV"),
        ('Student,ID\n"' + "x" * 200_000, "cannot be read as CSV"),
    ],
    ids="twice sis other unknown headers empty excel field".split(),
)
def test_a_sheet_that_cannot_be_used_is_refused_in_a_sentence(plan, sheet, said):
    with pytest.raises(UsageError, match=said):
        plan.names(*TWO, sheet=sheet)


def test_an_anonymous_download_has_no_ids_that_a_sheet_knows(plan):
    with pytest.raises(UsageError, match="ids of the kind canvas-anonymous, such as q7XzA"):
        plan.names("anon_q7XzA_900031_engine.py", sheet=PLAIN)


def test_leading_zeros_are_kept_and_a_join_without_them_is_proposed(plan):
    found = plan.folder_with({"12345/e.py": engine(1), "0012351/e.py": engine(2)}, PLAIN)
    assert {each.key: each.students[0].name for each in found.hand_ins} == {
        "0012351": "Doppel, Sam",
        "12345": "",
    }
    (said,) = found.odd
    assert (
        "folder 12345 is not on the sheet, and 0012345 (Beispiel, Ada, line 3) differs in" in said
    )
    assert [student.ids["sis"] for student in found.absent] == ["0012345", "0012352"]


def test_an_id_that_a_spreadsheet_has_rounded_is_listed(plan):
    found = plan.names(*TWO, sheet=PLAIN.replace("0012345", "1.23E+11"))
    assert "sis" not in by_key(found)["500101"].students[0].ids
    assert found.odd == ("line 3 of the sheet: a spreadsheet has rounded the sis id 1.23E+11",)


def test_plain_folders_join_by_any_id_and_never_by_a_name_that_occurs_twice(plan):
    files = {
        "Ada Beispiel/e.py": engine(1),
        "0012352/e.py": engine(2),
        "Sam Doppel/e.py": engine(3),
    }
    found = plan.folder_with(files, PLAIN)
    ids = {each.taken: each.students[0].ids.get("canvas") for each in found.hand_ins}
    assert ids == {"Ada Beispiel/e.py": "500101", "0012352/e.py": "500108", "Sam Doppel/e.py": None}
    said = "; ".join(odd(found).values())
    assert "joined by the name Ada Beispiel alone, which occurs once on both sides" in said
    assert "the name Sam Doppel occurs several times and joins nothing" in said
    assert [student.ids["canvas"] for student in found.absent] == ["500107"]


def test_a_name_joins_where_no_kind_of_id_is_on_both_sides_and_is_listed(plan):
    sheet = "OrgDefinedId,Username,Last Name,First Name,End-of-Line Indicator\n" + "".join(
        f"#00{n},#u{n},{last},{first},#\n"
        for n, (last, first) in enumerate(
            (("Beispiel", "Ada"), ("Doppel", "Sam"), ("Doppel", "Sam"))
        )
    )
    found = plan.names(
        "1-9 - Ada Beispiel - Nov 20, 2026 1058 PM/e.py",
        "2-9 - Sam Doppel - Nov 20, 2026 1058 PM/e.py",
        sheet=sheet,
    )
    assert "joined by the name Ada Beispiel alone" in odd(found)["1"]
    assert by_key(found)["1"].students[0].ids["sis"] == "000"
    assert "the name Sam Doppel occurs several times and joins nothing" in odd(found)["2"]
    assert [student.ids["sis"] for student in found.absent] == ["001", "002"]


def test_a_student_in_two_submissions_needs_a_person(plan):
    found = plan.folder_with({"abeispiel/e.py": engine(1), "0012345/e.py": engine(2)}, PLAIN)
    assert all("Beispiel, Ada is in several submissions" in said for said in odd(found).values())


def test_the_other_members_of_a_group_of_canvas_come_from_the_sheet_of_groups(plan):
    names = ("teamrot_500101_900041_engine.py", "doppelsam_500108_900042_engine.py")
    found = plan.names(*names, sheet=PLAIN)
    assert "submissions of groups (teamrot): each stands for one member" in found.odd[0]
    groups = (
        "name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id\n"
        "Ada Beispiel,500101,0012345,abeispiel,A,Team Rot,1\n"
        "Sam Doppel,500107,0012351,sdoppel,A,Team Rot,1\n"
        "Sam Doppel,500108,0012352,sdoppel2,A,,\n"
    )
    found = plan.names(*names, sheet=groups)
    assert [[s.ids["canvas"] for s in each.students] for each in found.hand_ins] == [
        ["500101", "500107"],
        ["500108"],
    ]
    assert not found.absent


def test_a_sheet_of_gradescope_brings_lateness(plan):
    sheet = (
        "First Name,Last Name,SID,Email,Total Score,Lateness (H:M:S)\n"
        "Ada,Beispiel,0012345,ADA@invalid.example,1,00:00:00\n"
        "Sam,Doppel,0012352,sam@invalid.example,,03:00:00\n"
    )
    found = plan.folder_with(
        {"ada@invalid.example/e.py": engine(1), "0012352/e.py": engine(2)}, sheet
    )
    assert {each.students[0].name: each.late for each in found.hand_ins} == {
        "Ada Beispiel": False,
        "Sam Doppel": True,
    }


def test_the_scores_of_classroom_50_have_a_row_for_each_attempt_and_the_latest_counts(plan):
    sheet = (
        "username,first_name,last_name,email,section,score,datetime,submission_tag,late\n"
        "ada,Ada,Beispiel,a@invalid.example,01,35,2026-11-20T22:58:01Z,submit/2,true\n"
        "ada,Ada,Beispiel,a@invalid.example,01,12,2026-11-19T20:00:00Z,submit/1,false\n"
        "max,Max,Muster,m@invalid.example,02,,,,\n"
    )
    files = {
        "hw-ada/e.py": engine(1),
        "hw-ada/.git/HEAD": "",
        "hw-zoe/.git/HEAD": "",
        "hw-zoe/e.py": engine(2),
    }
    found = plan.folder_with(files, sheet)
    assert [each.late for each in found.hand_ins] == [True, False]
    assert [student.ids["github"] for student in found.absent] == ["max"]


def test_a_roster_of_classroom_50_leaves_teachers_out(plan):
    sheet = "username,first_name,last_name,role\nada,A,B,student\nprof,P,Q,teacher\n"
    found = plan.folder_with(files_of("ada/e.py", "max/e.py"), sheet)
    assert (found.absent, list(odd(found))) == ((), ["max"])


def test_the_test_student_is_known_wherever_a_spreadsheet_has_put_its_row(plan):
    header, points, *students = PLAIN.splitlines(keepends=True)
    found = plan.names(*TWO, sheet="".join([header, points, students.pop(), *students]))
    assert [student.ids["canvas"] for student in found.absent] == ["500107"]


def test_a_roster_of_the_closed_github_classroom_is_known(plan):
    sheet = '"identifier","github_username","name"\n"0012345","ada","Ada"\n"0012346","",""\n'
    files = files_of("hw-ada/e.py", "hw-ada/.git/HEAD", "hw-zoe/e.py", "hw-zoe/.git/HEAD")
    found = plan.folder_with(files, sheet)
    assert by_key(found)["ada"].students[0].ids["sis"] == "0012345"
    assert [student.ids for student in found.absent] == [{"sis": "0012346"}]
