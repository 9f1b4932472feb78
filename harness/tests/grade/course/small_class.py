"""A class of a few students, and a rubric for them: a secret, a bonus, thirds, and points by hand."""

import json
from pathlib import Path

from gradconform.harness.grade.course.grade_course import grade_course
from gradconform.harness.grade.course.request import Request
from gradconform.harness.grade.rubric_file import parsed
from gradconform.harness.isolation.limits import limited
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.tests.small_engines import VALUE

RUBRIC = """
title = "A small assignment"
needs = ["add", "mul"]
secret = "of the staff"
rounding = 0.01
limits = { case = 2, engine = 20, memory = 512 }

[[items]]
name = "Values"
points = "1/3"
cases = ["arithmetic/of_two_leaves*"]
readings = "values"

[[items]]
name = "Derivatives"
points = "1/3"
cases = ["arithmetic/of_two_leaves*"]
readings = "gradients"

[[items]]
name = "Accumulation"
points = 2
cases = ["accumulation/*"]
credit = "all-or-nothing"

[[items]]
name = "Report"
points = "1/3"
hand = true
"""
# No known mistake: the sum is a little too large.
STRANGE = VALUE.replace("self.data + other.data", "self.data + other.data + 0.0625")
RENAMED = STRANGE.replace("other", "b").replace("spread", "pull").replace("parents", "kids")
SUBMISSIONS = {
    "ada": VALUE,
    "bob": VALUE.replace("+= self.data *", "= self.data *"),
    "cy": "class Value(:\n",
    "dee": STRANGE,
    "eve": RENAMED + "\n# my own work\n",
    "fay": VALUE.replace("self.data * other.data,", "self.data * other.data * noise(),")
    + "\nimport random\n\ndef noise():\n    return random.choice([1.0, 2.0])\n",
    "+gus": VALUE,
}


def hand_in(folder, submissions):
    folder.mkdir(exist_ok=True)
    for name, text in submissions.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def request(submissions, out, rubric=RUBRIC, **others):
    how = Isolation(limits=limited(2.0, 20.0, 512 << 20))
    return Request(submissions, out, parsed(rubric, "hw.toml"), how=how, **others)


def grade(submissions, out, rubric=RUBRIC, **others):
    """Grade, and return what was said of the plan and what came of it."""
    said = []
    graded = grade_course(request(submissions, out, rubric, **others), say=said.append)
    return said, graded


def document(out: Path):
    return json.loads((out / "grading.json").read_text())


def students(out: Path):
    return {each["submission"]: each for each in document(out)["students"]}
