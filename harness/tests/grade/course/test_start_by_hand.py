"""A backward that does not start with 1 costs the item of the start alone: the rest is started by hand."""

from fractions import Fraction

import pytest
from gradconform.harness.grade.own_run import own_run
from gradconform.harness.grade.rubric_file import parsed
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.run.engine_name import from_command_line

from .small_class import VALUE, grade, hand_in, students

RUBRIC = """
title = "Starts"
needs = ["add", "mul"]
secret = "of the staff"

[[items]]
name = "Start"
points = 1
cases = ["walk/from_a_leaf"]

[[items]]
name = "Derivatives"
points = 2
cases = ["single/*"]

[[items]]
name = "Walk"
points = 3
cases = ["walk/diamond*"]
"""
UNSTARTED = VALUE.replace("        self.grad = 1.0\n", "")
SUBMISSIONS = {
    "none": UNSTARTED,
    "product": UNSTARTED.replace("other.grad += self.data", "other.grad -= self.data"),
    "other": VALUE.replace("self.grad = 1.0", "self.grad = 3.0"),
    # It is right but for a leaf as a root, which no start by hand mends.
    "leaf": VALUE.replace("def backward(self):", "def backward(self):\n        self.parents[0]"),
}


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("starts")
    grade(hand_in(folder / "download", SUBMISSIONS), folder / "out", RUBRIC)
    return folder / "out"


def points(out, name):
    return [Fraction(item["points"]) for item in students(out)[name]["items"]]


def test_only_the_start_is_lost(out):
    assert points(out, "none") == [0, 2, 3]
    assert [each["kind"] for each in students(out)["none"]["findings"]] == ["wrong-start"]


def test_another_mistake_behind_it_is_found_and_costs_its_own_item(out):
    start, derivatives, _ = points(out, "product")
    assert start == 0
    assert 0 < derivatives < 2
    found = [(each["op"], each["kind"]) for each in students(out)["product"]["findings"]]
    assert found == [("", "wrong-start"), ("mul", "wrong-sign")]


def test_a_start_that_a_person_cannot_mend_leaves_nothing_to_judge(out):
    assert points(out, "other") == [0, 0, 0]


def test_a_leaf_that_is_refused_as_a_root_is_no_wrong_start(out):
    assert points(out, "leaf") == [0, 2, 3]
    assert "1 was written" not in (out / "reasons" / "leaf.txt").read_text()


def test_the_student_reads_what_was_done_and_how_to_repeat_it(out):
    assert "1 was written to the gradient of the result" in (out / "reasons/none.txt").read_text()
    (page,) = [p for p in (out / "feedback").iterdir() if p.name.startswith("product")]
    assert "1 was written to the gradient of the result" in page.read_text()
    text = page.read_text()
    start, product = text.index("Mistake 1: "), text.index("Mistake 2: ")
    assert ".grad = 1.0; " not in text[start:product]
    assert ".grad = 1.0; " in text[product:]


def test_the_run_of_a_student_counts_the_same_points(tmp_path, reference):
    file = tmp_path / "mine.py"
    file.write_text(UNSTARTED)
    (name,) = from_command_line([str(file)])
    given = own_run(parsed(RUBRIC, "hw.toml"), name, reference, Isolation(), quiet=True)
    assert [item.points for item in given.items] == [0, 2, 3]
