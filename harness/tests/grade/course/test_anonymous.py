"""An anonymous grading: no output but the key has a name or an id, and the tokens stay the same."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.grade.course.key_file import Key
from gradconform.harness.grade.course.summary import summary_lines, totals
from gradconform.harness.submission.download.plan import HandIn, Student

from .small_class import RUBRIC, VALUE, document, grade

# As Canvas names them: a late student with two files, one with a mistake, and one without an engine.
DOWNLOAD = {
    "lovelaceada_LATE_500101_900001_engine.py": VALUE,
    "lovelaceada_LATE_500101_900002_extra.py": "import math\n",
    "ünalbéla_500102_900003_bela_hw.py": VALUE.replace("+= self.data *", "= self.data *"),
    "pembertoncyra_500103_900004_cyra.py": "raise ValueError(__file__)\n",
    "pembertoncyra_500103_text.html": "<p>see above</p>",
    "notes of Quux.txt": "no submission",
}
SHEET = """\
Student,ID,SIS User ID,SIS Login ID,Section,HW1
"Lovelace, Ada",500101,ZZ-017,alovelace,A,
"Ünal, Béla",500102,ZZ-018,bunal,A,
"Pemberton, Cyra",500103,ZZ-019,cpemberton,A,
"Quux, Dora",500104,ZZ-020,dquux,A,
"""
PERSONAL = re.compile(
    r"lovelace|\bada\b|ünal|béla|bela_|pemberton|cyra|quux|dora|\b5001\d\d\b|zz-0\d\d|bunal|\b9000\d\d\b",
    re.IGNORECASE,
)


class Anonymous:
    def __init__(self, folder):
        self.download, self.out, self.sheet = folder / "download", folder / "out", folder / "s.csv"
        self.download.mkdir()
        for name, text in DOWNLOAD.items():
            (self.download / name).write_text(text)
        self.sheet.write_text(SHEET)
        self.said, self.graded = self.grade()

    def grade(self, **others):
        options = {"sheet": self.sheet, "anonymous": True, "jobs": 1} | others
        return grade(self.download, self.out, RUBRIC, **options)

    def key(self):
        rows = csv.DictReader((self.out / "key.csv").read_text().splitlines())
        return {row["name"]: row for row in rows}


@pytest.fixture(scope="module")
def anonymous(tmp_path_factory):
    return Anonymous(tmp_path_factory.mktemp("anonymous"))


def test_only_the_key_has_names_and_ids(anonymous):
    lines = [*anonymous.said, *summary_lines(anonymous.graded.grading)]
    shown = "\n".join(lines)
    assert PERSONAL.findall(shown) == []
    assert "late" in shown
    assert "no engine" in shown
    assert "odd: no submission, and left out: [name]" in shown
    assert "odd: a text was typed in: " in shown
    assert "not replaced are names in sources" in shown
    files = [path for path in anonymous.out.rglob("*") if path.is_file()]
    assert len(files) > 8
    for path in files:
        assert PERSONAL.search(str(path.relative_to(anonymous.out))) is None
        if path.name != "key.csv":
            assert PERSONAL.search(path.read_text()) is None, path
    key = anonymous.key()
    assert (anonymous.out / "key.csv").stat().st_mode & 0o777 == 0o600
    assert set(key) == {"Lovelace, Ada", "Ünal, Béla", "Pemberton, Cyra", "Quux, Dora"}
    ada = key["Lovelace, Ada"]
    assert (ada["original"], ada["sis"], ada["canvas"]) == ("500101", "ZZ-017", "500101")
    assert key["Quux, Dora"]["submission"] == ""
    marks = {each["ids"]["token"]: each for each in document(anonymous.out)["students"]}
    assert marks[ada["token"]]["late"] is True
    assert marks[key["Quux, Dora"]["token"]]["status"] == "not-handed-in"
    assert [row["submission"] for row in document(anonymous.out)["plan"]["submissions"]] == sorted(
        row["submission"] for row in key.values() if row["submission"]
    )


def test_the_tokens_stay_and_an_id_or_a_token_names_a_student(anonymous):
    before = anonymous.key()
    ada, bela = before["Lovelace, Ada"], before["Ünal, Béla"]
    (anonymous.download / "ünalbéla_500102_900003_bela_hw.py").rename(
        anonymous.download / "ünalbéla_500102_900009_bela_hw-1.py"
    )
    (anonymous.download / "quuxdora_500104_900010_dora.py").write_text(VALUE)
    _, graded = anonymous.grade(only=bela["token"])
    line = next(iter(totals(graded.before, graded.grading)))
    assert line.startswith(f"{bela['submission']}: 0.67 ")
    anonymous.grade(override=("ZZ-017", "Report", "1/3", "well written"))
    after = anonymous.key()
    assert {n: row["token"] for n, row in after.items()} == {
        n: row["token"] for n, row in before.items()
    }
    assert after["Quux, Dora"]["submission"] == after["Quux, Dora"]["token"]
    given = (anonymous.out / "overrides.toml").read_text()
    assert f'student = "{ada["submission"]}"' in given
    assert PERSONAL.search(given) is None
    assert "nothing is to be graded: all results are there" in anonymous.grade()[0]


def test_a_grading_is_anonymous_from_its_beginning_to_its_end(anonymous, tmp_path):
    named = tmp_path / "named"
    (named / "submissions").mkdir(parents=True)
    (named / "grading.json").write_text("{}")
    with pytest.raises(UsageError, match="was begun with --anonymous; say --anonymous again"):
        anonymous.grade(anonymous=False)
    with pytest.raises(UsageError, match="was begun without --anonymous, and its files hold names"):
        grade(anonymous.download, named, anonymous=True)
    out = tmp_path / "out"
    shutil.copytree(anonymous.out, out)
    key = (out / "key.csv").read_text()
    (out / "key.csv").write_text(key.replace(anonymous.key()["Ünal, Béla"]["token"], "../x"))
    with pytest.raises(UsageError, match=r"key.csv, line \d: a row of a key with tokens such as"):
        grade(anonymous.download, out, anonymous=True)
    (out / "key.csv").unlink()
    for either in (True, False):
        with pytest.raises(UsageError, match=r"key\.csv is not there|was begun with --anonymous"):
            grade(anonymous.download, out, anonymous=either)


def test_a_group_has_a_token_of_its_own_and_a_student_is_known_by_any_id(tmp_path):
    key = Key(tmp_path)
    ann, ben = Student({"canvas": "=1"}, "Ann"), Student({}, "Ben")
    group = HandIn("g-1", (ann, ben), Path("e.py"))
    submission, students = key.of(group)
    alone, (absent,) = key.of(HandIn("007", (Student({"canvas": "007"}, "Cy"),), Path("e.py")))
    assert len({submission, *students, alone}) == 4
    assert absent == alone
    key.keep()
    again = Key(tmp_path)
    assert again.of(group) == (submission, students)
    moved = Student({"sis": "x", "canvas": "=1"}, "Ann Other")
    assert again.of_absent(moved) == students[0]
    twice, (same,) = again.of(HandIn("h", (moved,), Path("e.py")))
    assert same == students[0]
    assert twice not in (submission, *students, alone)
    assert again.token_of("=1") == students[0]
    assert again.token_of("g-1") == submission
    assert again.token_of("unknown") == "unknown"
    (tmp_path / "key.csv").write_text("")
    with pytest.raises(UsageError, match="was changed while the download was read"):
        again.keep()
