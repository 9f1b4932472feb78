"""One submission is graded where a platform runs it, and a whole result is there whatever happens."""

import json
import os
import signal
import time
from dataclasses import replace
from fractions import Fraction
from multiprocessing import get_context

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.grade.platforms.frozen_rubric import read_frozen
from gradconform.harness.grade.platforms.grade_one import grade_one
from gradconform.harness.grade.platforms.hand_in import HandsIn, replace_whole
from gradconform.harness.grade.platforms.time_limit import time_for
from gradconform.harness.isolation.limits import limited
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.tests.small_engines import VALUE

from .plain_platform import Broken, Plain

HOW = Isolation(limits=limited(2.0, 20.0, 512 << 20))
ENGINE = VALUE.replace(
    "    def backward",
    """    def relu(self):
        out = Value(max(0.0, self.data), (self,))

        def spread():
            self.grad += (self.data > 0) * out.grad

        out.spread = spread
        return out

    def backward""",
)
SLOW = ENGINE.replace(
    "def backward(self):", "def backward(self):\n        __import__('time').sleep(0.2)"
)


@pytest.fixture
def graded(frozen_file, tmp_path):
    """Grade a text or files, and return what was handed in."""

    def grade(files, platform=None, read=None, seconds=None):
        platform = platform or Plain()
        files = {"engine.py": files} if isinstance(files, str) else files
        (tmp_path / "submission").mkdir()
        for name, text in files.items():
            (tmp_path / "submission" / name).write_text(text)
        located = replace(platform.located(tmp_path, {}), seconds=seconds)
        grade_one(
            HandsIn(platform, located),
            read or (lambda: read_frozen(frozen_file)),
            lambda rubric: HOW,
        )
        return found(tmp_path)

    return grade


def found(folder):
    (result,) = (folder / "out").iterdir()
    return json.loads(result.read_text())


def test_a_correct_engine_has_all_points_and_an_item_by_hand_waits(graded):
    result = graded(ENGINE)
    assert (result["said"], result["gradable"], result["complete"]) == ([], True, True)
    assert result["items"] == {
        "Values": "1/3",
        "Derivatives": "1/3",
        "Accumulation": "2",
        "Kinks": "1/3",
        "Report": "0",
    }


def test_a_mistake_costs_points(graded):
    result = graded(ENGINE.replace("+= self.data *", "= self.data *"))
    assert (result["gradable"], result["complete"]) == (True, True)
    assert Fraction(result["items"]["Accumulation"]) < 2
    assert any(reason.startswith("mul") for reason in result["reasons"])


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"engine.py": "class Value(:\n"}, "No engine could be graded: "),
        ({"engine.py": "print('hello')\n"}, "No engine could be graded: "),
        ({"essay.pdf": "%PDF"}, "No engine could be graded: no code: it holds essay.pdf"),
        ({}, "No engine could be graded: no code: nothing was handed in as a file"),
    ],
    ids=["syntax", "no class", "no code", "nothing"],
)
def test_files_without_an_engine_are_no_attempt(graded, files, said):
    result = graded(files)
    assert (result["gradable"], result["complete"]) == (False, True)
    assert result["said"][0].startswith(said)


def refuse():
    raise UsageError("hw.frozen is damaged; freeze the rubric anew")


@pytest.mark.parametrize(
    ("platform", "read", "raised"),
    [(Plain(), refuse, "hw.frozen is damaged"), (Broken(), None, "plain_platform.py:")],
    ids=["the rubric", "a mistake of ours"],
)
def test_a_failure_of_the_grader_is_no_fault_of_the_student(
    graded, tmp_path, platform, read, raised
):
    with pytest.raises(UsageError, match=raised):
        graded(ENGINE, platform, read)
    result = found(tmp_path)
    assert (result["gradable"], result["complete"], result["score"]) == (False, False, None)
    assert result["said"][0].startswith("The grader failed, which is no fault of yours")


def test_what_was_judged_before_the_time_is_over_counts_and_the_rest_is_said(graded):
    started = time.monotonic()
    result = graded(SLOW, seconds=5.0)
    assert time.monotonic() - started < 5.0
    assert (result["gradable"], result["complete"]) == (True, False)
    assert "The time that this site gives to a grading was over. " in result["said"][0]
    assert Fraction(result["items"]["Values"]) > 0
    assert all(reason.startswith("the grading ended before") for reason in result["reasons"])


@pytest.mark.parametrize(
    ("limit", "work"), [(None, None), (8, 4), (60, 54), (600, 570), (2400, 2370)]
)
def test_the_work_stops_before_the_platform_would_end_it(limit, work):
    assert time_for(limit) == work


def test_a_student_cannot_keep_the_result_from_being_written(graded, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    (tmp_path / "out" / "result.json" / "deep").mkdir(parents=True)
    assert graded(ENGINE)["complete"]
    result = tmp_path / "out" / "result.json"
    result.unlink()
    result.symlink_to(elsewhere)
    replace_whole(result, b"{}")
    assert (result.read_text(), elsewhere.read_text()) == ("{}", "kept")
    assert not result.is_symlink()


def test_the_end_of_the_process_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path):
    path, old, new = tmp_path / "result.json", b"o" * 3_000_000, b"n" * 3_000_000
    path.write_bytes(old)
    for pause in (0.0, 0.001, 0.003, 0.01, 0.02):
        process = get_context("fork").Process(target=_replace_for_ever, args=(path, old, new))
        process.start()
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert path.read_bytes() in (old, new)


def _replace_for_ever(path, old, new):
    while True:
        replace_whole(path, new)
        replace_whole(path, old)


def test_the_student_reads_which_of_two_files_was_taken(graded):
    result = graded({"a.py": ENGINE, "longer_name.py": ENGINE})
    assert "several engines: a.py is taken" in result["text"]


def test_a_mistake_for_which_torch_would_have_to_be_asked_is_no_failure(graded):
    result = graded(ENGINE.replace("+= other.data * out", "+= other.data ** 3 * out"))
    assert Fraction(result["score"]) < 3
    assert "was not looked for" not in result["text"]
