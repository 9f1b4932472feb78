"""A student reads what to change: the mistake by its name, and no op that is right is blamed."""

from fractions import Fraction

import pytest
from gradconform.harness.grade.course.finished import read_finished
from gradconform.harness.grade.sheets.comment import comment

from .small_class import VALUE, grade, hand_in, students

RUBRIC = """
title = "Advice"
needs = ["add", "mul", "neg", "sub", "exp"]
secret = "of the staff"

[[items]]
name = "Values"
points = 1
cases = ["single/*"]
readings = "values"

[[items]]
name = "Derivatives"
points = 2
cases = ["single/*"]
readings = "gradients"

[[items]]
name = "Accumulation"
points = 3
cases = ["adding_up/*"]

[[items]]
name = "Walk"
points = 3
cases = ["walk/*"]
"""
MORE = """
    def exp(self):
        out = Value(2.718281828459045 ** self.data, (self,))

        def spread():
            self.grad += out.data * out.grad

        out.spread = spread
        return out

    __neg__ = lambda self: self * -1.0
    __sub__ = lambda self, other: self + (-other if isinstance(other, Value) else Value(-other))
    __radd__ = __add__
    __rmul__ = __mul__
    __rsub__ = lambda self, other: Value(other) + (-self)
"""
RIGHT = VALUE.replace("    def backward", f"{MORE[1:]}\n    def backward")
SUBMISSIONS = {
    "right": RIGHT,
    "walk": RIGHT.replace("in reversed(order)", "in order"),
    "formula": RIGHT.replace("out.data * out.grad", "(1 - out.data * out.data) * out.grad"),
    "assigns": RIGHT.replace("self.grad += other.data", "self.grad = other.data"),
    "nothing": "an essay",
}


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("advice")
    download = hand_in(folder / "download", SUBMISSIONS)
    (download / "nothing").mkdir()
    (download / "nothing.py").rename(download / "nothing" / "essay.pdf")
    grade(download, folder / "out", RUBRIC)
    return folder / "out"


def items(out, name):
    return {item["item"]: item for item in students(out)[name]["items"]}


def test_a_correct_engine_has_all_points(out):
    assert students(out)["right"]["score"] == "9"


def test_a_mistake_of_the_walk_is_named_and_no_op_is_blamed(out):
    found = students(out)["walk"]["findings"]
    assert [each["mistake"] for each in found] == ["not-reversed"]
    assert items(out, "walk")["Walk"]["wrong"] == ["backward"]
    assert items(out, "walk")["Walk"]["reasons"][0].startswith("backward: walk/")


def test_a_formula_that_is_no_known_mistake_is_measured(out):
    (found,) = students(out)["formula"]["findings"]
    assert (found["op"], found["kind"]) == ("exp", "wrong-derivative")
    assert "1 - y * y" in found["sentence"]
    # Another student may have the same answers.
    assert "formula.py" not in found["sentence"]
    assert (found["program"], found["look_at"]) == ("", "")


def test_ops_that_the_engine_computes_by_a_wrong_one_stand_behind_it(out):
    (reason,) = items(out, "assigns")["Accumulation"]["reasons"]
    assert reason.startswith("mul: adding_up/")
    assert "and because of it neg, sub" in reason
    assert items(out, "assigns")["Accumulation"]["wrong"] == ["mul"]


def test_the_cell_of_a_sheet_begins_with_what_to_change(out):
    grading = read_finished(out)
    cells = {
        mark.key: comment(mark, [each["sentence"] for each in findings])
        for mark, findings in zip(grading.marks, grading.findings, strict=True)
    }
    assert cells["assigns"].startswith("<p>Your `mul`")
    assert "it needs `+=` and not `=`" in cells["assigns"].partition("<br>Values")[0]


def test_a_page_of_nothing_says_not_that_all_is_right(out):
    (page,) = (out / "feedback").glob("nothing*")
    assert "All that was tested is right" not in page.read_text()


def test_a_card_without_a_known_mistake_has_no_program_in_its_words(out):
    (page,) = (out / "feedback").glob("walk*")
    text = page.read_text()
    assert "off by" not in text
    assert "; backward %" not in text


def test_points_on_a_page_have_two_digits(out):
    text = (out / "reasons" / "assigns.txt").read_text()
    (line,) = [each for each in text.splitlines() if each.startswith("Accumulation: ")]
    exact = Fraction(items(out, "assigns")["Accumulation"]["points"])
    assert line == f"Accumulation: {round(float(exact), 2)} of 3"
