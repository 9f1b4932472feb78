"""A plan as people read it: oddities on top, the rest counted."""

from gradconform.harness.submission.download.told import told
from gradconform.harness.tests.submission.download.downloads import ENGINE, files_of

SHEET = "Student,ID,Section\n" + "".join(f'"Doppel, Sam {n}",{n},A\n' for n in range(1, 11))


def test_what_needs_a_person_comes_first_and_the_rest_is_counted(plan):
    files = files_of(*(f"doppelsam{n}_{n}_9{n}_engine.py" for n in range(1, 6)))
    files |= {"doppelsam6_LATE_6_96_a.py": f"{ENGINE}#", "doppelsam6_LATE_6_97_b.py": ENGINE}
    found = plan.zip(files | {"doppelsam7_7_text.html": "<p>sorry</p>"}, SHEET)
    lines = list(told(found))
    assert lines == [
        "Canvas: 8 of 8 entries are named by a student's number and a file's number",
        "7 submissions of 7 students, 1 late, 1 without a file to run, 3 students handed in nothing",
        "2 submissions to look at:",
        "  6 Doppel, Sam 6, late: doppelsam6_LATE_6_97_b.py "
        "(it defines the class Value; of 2 such files it is the latest)",
        "    ! several engines: doppelsam6_LATE_6_97_b.py is taken, because it is the latest; "
        "also doppelsam6_LATE_6_96_a.py",
        "  7 Doppel, Sam 7: no file to run",
        "    ! a text was typed in: doppelsam7_7_text.html",
        "    ! no code: nothing was handed in as a file",
        "nothing handed in: Doppel, Sam 8; Doppel, Sam 9; Doppel, Sam 10",
        "5 submissions without oddities; why the file was taken: its only file of code (5)",
    ]
    assert "  3 Doppel, Sam 3: doppelsam3_3_93_engine.py (its only file of code)" in list(
        told(found, every=True)
    )
