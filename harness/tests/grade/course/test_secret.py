"""An assignment whose rubric has no secret has one all the same, so that typed-in answers earn nothing."""

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.grade.course.grade_course import grade_course
from gradconform.harness.grade.twins import is_twin

from .small_class import RUBRIC, SUBMISSIONS, document, grade, hand_in, request


def test_a_rubric_without_a_secret_gets_one_that_the_folder_keeps(tmp_path):
    rubric = RUBRIC.replace('secret = "of the staff"', "")
    download, out = hand_in(tmp_path / "download", {"ada": SUBMISSIONS["ada"]}), tmp_path / "out"
    assert grade_course(request(download, out, rubric), say=print, dry_run=True) is None
    assert not out.exists()
    grade(download, out, rubric)
    kept = (out / "secret").read_text()
    assert len(kept) > 20
    assert (out / "secret").stat().st_mode & 0o077 == 0
    assert any(is_twin(line.split('"case": "')[1].split('"')[0]) for line in results(out))
    before = document(out)["secret"]
    said, _ = grade(download, out, rubric)
    assert document(out)["secret"] == before
    assert not any("secret" in line for line in said)


def test_a_grading_that_begins_at_the_same_moment_with_another_secret_is_refused(tmp_path):
    rubric = RUBRIC.replace('secret = "of the staff"', "")
    download, out = hand_in(tmp_path / "download", {"ada": SUBMISSIONS["ada"]}), tmp_path / "out"

    def other_command(line):
        out.mkdir(exist_ok=True)
        (out / "secret").write_text("of the other command")

    with pytest.raises(UsageError, match=r"with other numbers; say the same command again"):
        grade_course(request(download, out, rubric, anonymous=True), say=other_command)
    assert (out / "secret").read_text() == "of the other command"
    assert not (out / "key.csv").exists()  # of tokens that no file has


def results(out):
    return (out / "results.jsonl").read_text().splitlines()
