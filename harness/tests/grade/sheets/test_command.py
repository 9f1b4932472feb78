"""`gradconform fill`: the file that it writes, and what it refuses before it writes anything."""

import os
import zipfile

import pytest
from gradconform.harness.grade.course.key_file import Key
from gradconform.harness.submission.download.plan import HandIn, Student

from .gradings import graded, mark
from .test_filling import CANVAS

SHEET = CANVAS.format("", "", "")


@pytest.fixture
def folder(tmp_path):
    graded(tmp_path / "grades", mark("35/2", canvas="1"))
    (tmp_path / "sheet.csv").write_text(SHEET)
    return tmp_path


def with_page(grading, key):
    """Write the page of a submission of a grading."""
    (grading / "feedback").mkdir()
    (grading / "feedback" / f"{key}.html").write_text("<p>1")


def test_the_filled_sheet_is_another_file_that_this_user_alone_reads(folder, command):
    before = {path.name: path.read_bytes() for path in (folder / "grades").iterdir()}
    code, out, _ = command("fill", "grades", "sheet.csv", "-o", "full.csv")
    assert code == 0
    assert "Ada Beispiel (canvas 1): Autograd engine (7): nothing -> 17.5\n" in out
    assert out.endswith("full.csv\n")
    assert (folder / "full.csv").read_text() == SHEET.replace("A,1,,", "A,1,17.5,")
    assert (folder / "full.csv").stat().st_mode & 0o777 == 0o600
    assert (folder / "sheet.csv").read_text() == SHEET
    assert {path.name: path.read_bytes() for path in (folder / "grades").iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grades", "sheet.csv", "-o", "sheet.csv"], "sheet.csv is sheet.csv itself"),
        (
            ["grades", "sheet.csv", "-o", "link.csv"],
            "link.csv is sheet.csv itself, which stays as it is",
        ),
        (["grades", "sheet.csv", "-o", "grades/full.csv"], "lies in the folder of the grading"),
        (["grades", "sheet.csv", "-o", "no/full.csv"], "there is no folder no"),
        (["empty", "sheet.csv", "-o", "full.csv"], "empty holds no grading.json"),
        (["grades", "absent.csv", "-o", "full.csv"], "'absent.csv' does not exist"),
        (["grades", "zip.csv", "-o", "full.csv"], "is no CSV file: save it as CSV"),
        (["grades", "sheet.csv", "-o", "full.csv", "--column", ""], "nothing came"),
        (["grades", "sheet.csv", "-o", "full.csv", "--column", "8"], "no columns called '8'"),
        (["grades", "other.csv", "-o", "full.csv"], "has no student of this grading"),
        (["changed", "sheet.csv", "-o", "full.csv"], "makes the file anew"),
        (["broken", "sheet.csv", "-o", "full.csv"], "is not JSON: `gradconform grade` with"),
    ],
)
def test_a_refusal_is_a_sentence_and_nothing_is_written(folder, command, arguments, said):
    os.link(folder / "sheet.csv", folder / "link.csv")
    (folder / "empty").mkdir()
    (folder / "zip.csv").write_bytes(b"PK\x03\x04")
    (folder / "other.csv").write_text(SHEET.replace(",1,001", ",11,001"))
    text = (graded(folder / "changed", mark(1, canvas="1")) / "grading.json").read_text()
    (folder / "changed" / "grading.json").write_text(text.replace('"judged"', '"jugded"'))
    (folder / "broken").mkdir()
    (folder / "broken" / "grading.json").write_text(text[:-9])
    code, _, err = command("fill", *arguments)
    assert code == 4
    assert said in err
    assert "Traceback" not in err
    assert not (folder / "full.csv").exists()
    assert (folder / "sheet.csv").read_text() == SHEET


def test_an_anonymous_grading_is_filled_by_its_key(folder, command):
    (folder / "hidden").mkdir()
    key = Key(folder / "hidden")
    ada = Student({"canvas": "1", "login": "=ada"}, "Beispiel, Ada")
    submission, (token,) = key.of(HandIn("1", (ada,), None, "ada_1_77_engine.py"))
    key.keep()
    with_page(graded(folder / "hidden", mark(3, key=submission, name="", token=token)), submission)
    (folder / "sheet.csv").write_text(SHEET.replace(",ada,", ',"=""=ada""",'))
    asked = ("fill", "hidden", "sheet.csv", "-o", "full.csv", "--feedback", "pages.zip")
    code, out, _ = command(*asked)
    assert code == 0
    with zipfile.ZipFile(folder / "pages.zip") as archive:
        assert archive.namelist() == ["beispielada_1_77_feedback.html"]
    assert "Beispiel, Ada (canvas 1): Autograd engine (7): nothing -> 3\n" in out
    assert token not in out
    (folder / "hidden" / "key.csv").unlink()
    code, _, err = command("fill", "hidden", "sheet.csv", "-o", "again.csv")
    assert code == 4
    assert f"key.csv does not say whose the token {token} is" in err


def test_pages_are_written_beside_the_sheet_and_no_zip_is_replaced(folder, command):
    with_page(folder / "grades", "s1")
    path = folder / "grades" / "grading.json"
    path.write_text(path.read_text().replace("s1.py", "ada_1_77_engine.py"))
    asked = ("fill", "grades", "sheet.csv", "-o", "full.csv", "--feedback", "pages.zip")
    code, out, _ = command(*asked)
    assert code == 0
    assert out.endswith("pages.zip\n")
    assert "Canvas adds a comment at each upload" in out
    with zipfile.ZipFile(folder / "pages.zip") as archive:
        assert archive.namelist() == ["beispielada_1_77_feedback.html"]
    code, _, err = command(*asked)
    assert code == 4
    assert "pages.zip exists; name another file" in err
    code, out, _ = command(*asked[:-1], "second.zip", "--since", "pages.zip")
    assert code == 0
    assert "pages that are as in the last zip, and left out: 1\n" in out
    assert "no page is to be uploaded, so no zip is written\n" in out
    assert not (folder / "second.zip").exists()
    code, _, err = command(*asked[:-2], "--since", "pages.zip")
    assert (code, "--since says which pages are left out" in err) == (4, True)
