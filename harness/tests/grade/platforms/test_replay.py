"""The autograder that hands each submission of Gradescope the result that was made here."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from fractions import Fraction

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.grade.course.finished import Finished
from gradconform.harness.grade.course.marks import Status
from gradconform.harness.grade.course.overrides import Override
from gradconform.harness.grade.platforms.replay import replay_zip
from gradconform.harness.tests.grade.sheets.gradings import RUBRIC, mark

from .test_results_of_platforms import validator

ADA = mark(17, key="0012345", name="Ada Beispiel", sis="0012345", email="ada@invalid.example")
ZOE = mark(20, key="0012346", name="Zoë Muster", sis="0012346")
MAX = replace(ZOE, student=replace(ZOE.student, name="Max Muster", ids={"sis": "0012347"}))
LOST = mark(3, key="12351", name="Sam Doppel", sis="12351")
NONE = mark(None, key="7", status=Status.ABSENT, sis="7")
FILES = {"0012345": "submission_700001/engine.py", "0012346": "x_export/submission_700002/a.ipynb"}
FINDING = {
    "op": "mul",
    "kind": "forgotten-upstream",
    "sentence": "`__mul__` ignores out.grad",
    "cases": ["walk/of_the_secret"],
}


def finished(tmp_path, *marks):
    findings = tuple(() if one is not ADA else (FINDING,) for one in marks)
    return Finished(tmp_path, RUBRIC, marks, ("",) * len(marks), findings, FILES)


@pytest.fixture
def autograder(tmp_path):
    """The folders of Gradescope with the autograder, and what it hands in for a submission."""
    made = replay_zip(finished(tmp_path, ADA, ZOE, MAX, LOST, NONE))
    (tmp_path / "auto.zip").write_bytes(made.data)
    with zipfile.ZipFile(tmp_path / "auto.zip") as archive:
        archive.extractall(tmp_path / "autograder/source")

    def result(id, points=20.0, earlier=()):
        metadata = {
            "id": id,
            "assignment": {"total_points": str(points)},
            "previous_submissions": [{"score": score} for score in earlier],
        }
        place = tmp_path / "autograder/submission_metadata.json"
        place.write_text(json.dumps(metadata) if id else "{")
        program = tmp_path / "autograder/source/run_autograder"
        subprocess.run(
            [sys.executable, program],
            check=True,
            env={**os.environ, "AUTOGRADER": str(tmp_path / "autograder")},
        )
        values = json.loads((tmp_path / "autograder/results/results.json").read_text())
        validator("gradescope").validate(values)
        return values

    return made, result


def test_each_submission_gets_its_result_and_no_other_one(autograder):
    _, result = autograder
    first = result(700001)
    assert (first["score"], [test["score"] for test in first["tests"]]) == (17, [9, 8])
    assert "mul: forgotten-upstream" in first["output"]
    assert "out.grad" not in first["output"]
    assert result(700002)["score"] == 20
    # With other points Gradescope shows an error in place of the results.
    assert "max_score" not in json.dumps(result(700001, points=100.0))
    assert result(700001, points="many")["score"] == 17


@pytest.mark.parametrize(
    ("id", "earlier", "score"), [(9, (), 0), (9, (3.5, None), 3.5), (None, (), 0)]
)
def test_a_submission_that_was_not_graded_loses_no_score(autograder, id, earlier, score):
    values = autograder[1](id, earlier=earlier)
    assert values["score"] == score
    assert "not among those that were graded" in values["output"]


def test_no_name_and_no_case_of_a_hidden_item_is_in_the_zip(autograder, tmp_path):
    text = ""
    with zipfile.ZipFile(tmp_path / "auto.zip") as archive:
        assert all(each.external_attr >> 16 == 0o755 for each in archive.infolist()[:2])
        for name in archive.namelist():
            text += name + archive.read(name).decode()
    for hidden in ("Ada", "Zoë", "Muster", "0012345", "invalid", "secret_case", "of_the_secret"):
        assert hidden not in text
    again = replay_zip(finished(tmp_path, ADA, ZOE, MAX, LOST, NONE))
    assert again.data == (tmp_path / "auto.zip").read_bytes()


def test_who_is_not_in_the_zip_is_said(autograder, tmp_path):
    assert autograder[0].without == [
        "12351: it has no file, so that its number is not known",
        "7: it has no score",
    ]
    other = Override(student="0012347", item="Values", points=Fraction(1), reason="alone")
    made = replay_zip(finished(tmp_path, ADA, ZOE, replace(MAX, comments=(other,))))
    assert made.without[0].startswith("0012346: its students have different points or comments")


def test_a_grading_of_another_site_is_refused(tmp_path):
    with pytest.raises(UsageError, match="grade an export of Gradescope"):
        replay_zip(finished(tmp_path, LOST))
