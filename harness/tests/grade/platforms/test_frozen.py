"""A frozen rubric answers all that a grading asks of torch, and no other file is taken for one."""

import json
from contextlib import closing
from dataclasses import replace

import pytest
from gradconform.harness.catalogue.reference_cache import of_user
from gradconform.harness.diagnose.diagnosis import diagnose
from gradconform.harness.diagnose.mistake import Mistaken, known_mistakes
from gradconform.harness.diagnose.prediction import Predictions
from gradconform.harness.engine.builtin import load
from gradconform.harness.engine.contract import WrappedEngine
from gradconform.harness.errors import NoReference, UsageError
from gradconform.harness.grade.graded_cases import graded_cases
from gradconform.harness.grade.platforms.freezing import Recording, frozen
from gradconform.harness.grade.platforms.frozen_rubric import read_frozen, write_frozen
from gradconform.harness.grade.rubric_file import parsed
from gradconform.harness.judge.outcome import Verdict
from gradconform.harness.report.rows import outcome_of

from ..test_points import rows_of
from .small_rubric import RUBRIC

# A gradient at a tie, for which torch is asked beside the tie, too.
TIES = """
title = "Ties"
[[items]]
name = "Ties"
points = 1
level = "torch"
cases = ["extremes/kth_of_equal_elements*"]
"""


class OtherIndex(WrappedEngine):
    """It gives the gradient to the other one of two equal elements."""

    def run(self, program, inputs):
        found = self._engine.run(program, inputs)
        moved = [
            replace(one, data=(one.data[2], one.data[1], one.data[0], one.data[3]))
            if read.what == "grad"
            else one
            for one, read in zip(found.readings, program.reads, strict=True)
        ]
        return replace(found, readings=tuple(moved))


def test_the_cases_and_twins_are_those_that_torch_gives(frozen_file, reference):
    read = read_frozen(frozen_file)
    assert read.rubric == RUBRIC
    assert read.torch == reference.torch_version
    with closing(read.reference()) as answers:
        cases = read.graded_cases(answers)
        expected = graded_cases(RUBRIC, reference)
        assert [case.id for case in cases] == [case.id for case in expected]
        for case, same in zip(cases, expected, strict=True):
            for dtype in ("float64", "float32"):
                instance = case.instance(0, dtype)
                assert instance.digest == same.instance(0, dtype).digest
                assert answers(instance) == reference(instance)


def test_the_diagnosis_of_known_mistakes_asks_for_no_more(frozen_file):
    read = read_frozen(frozen_file)
    answers = read.reference()
    cases = read.graded_cases(answers)
    known = Predictions(cases, answers)
    for name in ("mul-assigns", "add-negated", "root-not-seeded"):
        (mistake,) = (one for one in known_mistakes() if one.name == name)
        rows = rows_of(Mistaken(mistake, load("scalar")), cases, answers)
        assert diagnose(map(outcome_of, rows), None, answers, known), name


def test_a_legal_choice_at_a_tie_is_judged_without_torch():
    with closing(Recording(cache=of_user())) as torch:
        read = frozen(parsed(TIES, "hw.toml"), torch)
    answers = read.reference()
    cases = read.graded_cases(answers)
    assert read.rubric.secret, "twins need one"

    verdicts = {
        row["verdict"]
        for row in rows_of(OtherIndex(load("numpy"), load("numpy").info), cases, answers)
    }
    assert verdicts == {Verdict.PASS, Verdict.PASS_ALT}


def test_what_was_not_frozen_is_not_guessed(frozen_file, reference):
    answers = read_frozen(frozen_file).reference()
    case = graded_cases(parsed(TIES, "hw.toml"), reference)[0]
    with pytest.raises(NoReference, match="freeze the rubric anew"):
        answers(case.instance(0, "float64"))


def _head(file, **other):
    head, _, rest = file.read_bytes().partition(b"\n")
    return json.dumps(json.loads(head) | other).encode() + b"\n" + rest


CHANGED = {
    "a rubric": (lambda file: b"title = 'a rubric'\n", "is no frozen rubric"),
    "empty": (lambda file: b"", "is no frozen rubric"),
    "pickle": (lambda file: b"\x80\x04." * 9, "is no frozen rubric"),
    "schema": (
        lambda file: _head(file, schema="gradconform/frozen-rubric/99"),
        "is no frozen rubric",
    ),
    "version": (
        lambda file: _head(file, gradconform="1999.1"),
        "was frozen by gradconform 1999.1, and",
    ),
    "no items": (lambda file: _head(file, rubric={"title": "x", "items": []}), "is damaged"),
    "fingerprint": (lambda file: _head(file, fingerprint="0"), "is damaged"),
    "form": (lambda file: _head(file, torch=2), "is damaged"),
    "cut": (lambda file: file.read_bytes()[:-20], "is damaged"),
    "longer": (lambda file: file.read_bytes() + b"more", "is damaged"),
}


@pytest.mark.parametrize(("changed", "said"), CHANGED.values(), ids=CHANGED)
def test_another_file_is_refused_in_one_sentence(frozen_file, tmp_path, changed, said):
    other = tmp_path / "other.frozen"
    other.write_bytes(changed(frozen_file))
    with pytest.raises(UsageError, match=said) as refused:
        read_frozen(other)
    assert "\n" not in str(refused.value)


def test_another_catalogue_is_refused_in_one_sentence(frozen_file):
    read = replace(read_frozen(frozen_file), cases="0" * 64)
    with pytest.raises(UsageError, match="frozen from another catalogue of cases"):
        read.graded_cases(read.reference())
    fewer = replace(read, answers={})
    with pytest.raises(UsageError, match="frozen from another catalogue of cases"):
        fewer.graded_cases(fewer.reference())


def test_the_command_writes_it_for_this_user_alone(command, tmp_path):
    rubric, out = tmp_path / "hw.toml", tmp_path / "hw.frozen"
    rubric.write_text(TIES)
    code, said, _ = command("rubric", "freeze", str(rubric), "-o", str(out))
    assert (code, out.name in said) == (0, True)
    assert out.stat().st_mode & 0o077 == 0
    read = read_frozen(out)
    assert read.rubric.secret
    write_frozen(out, read)
    assert replace(read_frozen(out), answers={}) == replace(read, answers={})
