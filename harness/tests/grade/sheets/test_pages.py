"""Pages for students go back in a zip as Canvas and Moodle read it, and only those that changed."""

import io
import json
import re
import zipfile
from dataclasses import replace

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.grade.course.finished import read_finished
from gradconform.harness.grade.course.marks import Status
from gradconform.harness.grade.sheets.filling import filled
from gradconform.harness.grade.sheets.pages_zip import pages_zip

from .gradings import ITEMS, graded, mark
from .test_filling import CANVAS
from .test_round_trip import SAMPLES

BLANK = frozenset(item.name for item in ITEMS)
FILES = {
    "a": "beispiel_7_ada_1_900001_engine.py",
    "b": "doppelsam_LATE_2_900002_hw.zip/src/engine.py",
    "c": "doppelsam_3_text.html",
}


@pytest.fixture
def class_of(tmp_path):
    """A function that writes a grading with a page for each mark, and returns the zip for a sheet."""

    def made(sheet, marks, since=(), pages=None):
        folder = graded(tmp_path / "out", *marks, files=FILES)
        document = json.loads((folder / "grading.json").read_text())
        (folder / "feedback").mkdir(exist_ok=True)
        for number, student in enumerate(document["students"]):
            if number in (pages or {}):
                student["feedback"] = pages[number]
            else:
                text = f"<p>{student['submission']} {student['score']}</p>"
                (folder / student["feedback"]).write_text(text)
        (folder / "grading.json").write_text(json.dumps(document))
        (tmp_path / "sheet.csv").write_bytes(sheet)
        finished = read_finished(folder)
        return pages_zip(filled(finished, tmp_path / "sheet.csv"), finished, since)

    return made


def contents(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def of_canvas(name):
    """The numbers that Canvas reads: the first two parts that are digits alone."""
    return [part for part in name.split("_") if re.fullmatch(r"\d+", part)][:2]


def test_canvas_finds_the_submission_by_the_student_and_the_file_of_theirs(class_of):
    marks = (
        mark(1, key="a", canvas="1"),
        mark(2, key="b", canvas="2"),
        mark(3, key="c", canvas="3"),
        mark(4, key="t", canvas="9"),
    )
    found = class_of(CANVAS.format("", "", "").encode(), marks)
    names = list(contents(found.data))
    assert [of_canvas(name) for name in names] == [["1", "900001"], ["2", "900002"]]
    assert all(name.endswith("_feedback.html") and "/" not in name for name in names)
    assert contents(found.data)[names[1]] == "<p>b 2</p>"
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        assert archive.infolist()[0].external_attr >> 16 == 0o644
    assert found.without == [
        "Ada Beispiel (canvas 3): Canvas takes a page back for an uploaded file alone, and none is known"
    ]


def test_a_group_of_canvas_gets_the_page_of_the_student_who_stands_for_it(class_of):
    marks = (mark(1, key="b", canvas="1"), mark(1, key="b", canvas="2"))
    found = class_of(CANVAS.format("", "", "").encode(), marks)
    assert [of_canvas(name) for name in found.pages] == [["2", "900002"]]
    assert "the file of the group is that of 2, whose page stands for all" in found.without[0]


def test_the_page_of_one_member_never_goes_to_the_whole_group_of_canvas(class_of):
    marks = (mark(1, key="b", canvas="1"), mark(2, key="b", canvas="2"))
    found = class_of(CANVAS.format("", "", "").encode(), marks)
    assert not found.pages
    assert all("different points or comments" in said for said in found.without)
    assert len(found.without) == 2


def test_only_pages_that_changed_since_the_last_zips_are_given_again(class_of, tmp_path):
    sheet = CANVAS.format("", "", "").encode()
    one, two = mark(1, key="a", canvas="1"), mark(2, key="b", canvas="2")
    (tmp_path / "1.zip").write_bytes(class_of(sheet, (one, two)).data)
    again = class_of(sheet, (one, two), [tmp_path / "1.zip"])
    assert (again.pages, again.same) == ({}, 2)
    better = mark(5, key="b", canvas="2")
    second = class_of(sheet, (one, better), [tmp_path / "1.zip"])
    (tmp_path / "2.zip").write_bytes(second.data)
    assert [of_canvas(name) for name in second.pages] == [["2", "900002"]]
    # The first marks came back: the page is not the one of the last upload.
    third = class_of(sheet, (one, two), [tmp_path / "1.zip", tmp_path / "2.zip"])
    assert (list(third.pages), third.same) == (list(second.pages), 1)
    assert second.data == class_of(sheet, (one, better), [tmp_path / "1.zip"]).data
    (tmp_path / "1.zip").write_text("no zip")
    with pytest.raises(UsageError, match=r"--since: .*1\.zip is no zip"):
        class_of(sheet, (one, two), [tmp_path / "1.zip"])


def test_moodle_gets_a_page_for_each_member_by_the_number_of_the_participant(class_of):
    sheet = (SAMPLES / "worksheet-en.csv").read_bytes().replace(b",No,", b",Yes,")
    marks = (
        mark(1, key="g", moodle="9001"),
        mark(2, key="g", name="Zoë Ångström-Núñez", moodle="9002"),
        mark(3, key="f", name="", moodle="9005"),
        mark(0, key="n", moodle="9007", status=Status.ABSENT),
        replace(
            mark(0, key="m", name="Sam Doppel", moodle="9008", status=Status.NOTHING), blank=BLANK
        ),
    )
    names = list(class_of(sheet, marks).pages)
    assert names == [
        "Ada Beispiel_9001_assignfeedback_file_feedback.html",
        "Zoë Ångström-Núñez_9002_assignfeedback_file_feedback.html",
        "HYPERLINK12 Formula_9005_assignfeedback_file_feedback.html",
        "Sam Doppel_9008_assignfeedback_file_feedback.html",
    ]
    for name in names:  # as `importziplib.php` takes it apart
        assert name.split("_", 4)[2:] == ["assignfeedback", "file", "feedback.html"]


def test_no_page_contradicts_a_grade_that_stays(class_of):
    marks = (mark(1, key="a", canvas="1"), mark(2, key="b", canvas="2"))
    found = class_of(CANVAS.format("", "12", "").encode(), marks)
    assert [of_canvas(name) for name in found.pages] == [["1", "900001"]]
    assert found.without == ["Ada Beispiel (canvas 2): the sheet keeps 12"]


def test_pages_that_cannot_be_given_back_are_refused(class_of):
    sheet, ada = CANVAS.format("", "", "").encode(), mark(1, key="a", canvas="1")
    with pytest.raises(UsageError, match="lies outside of the folder of the grading"):
        class_of(sheet, [ada], pages={0: "../sheet.csv"})
    with pytest.raises(UsageError, match=r"absent\.html cannot be read: No such file"):
        class_of(sheet, [ada, replace(ada, gone=True)], pages={0: "absent.html"})
    brightspace = (SAMPLES / "grades-export.csv").read_bytes()
    with pytest.raises(UsageError, match="the sheet is one of Brightspace"):
        class_of(brightspace, [mark(1, sis="0012345")])
