"""The pages of the students of a small class: what they say, and what they keep to themselves."""

import json
import re
import stat
from html import unescape

import pytest
from gradconform.harness.grade.course.folder import GradingFolder

from ..small_class import RUBRIC, SUBMISSIONS, grade, students

HIDDEN = RUBRIC.replace("credit =", "hidden = true\ncredit =").replace(
    'readings = "gradients"', 'readings = "gradients"\nhidden = true'
)


def pages_of(out):
    """The text of each page by the submission."""
    return {key: (out / each["feedback"]).read_text() for key, each in students(out).items()}


def test_each_student_has_a_page_that_says_what_to_change(course):
    pages = {key: each["feedback"] for key, each in students(course.out).items()}
    assert pages["bob"] == "feedback/bob.html"
    assert {p.name for p in (course.out / "feedback").iterdir()} == {
        page.removeprefix("feedback/") for page in pages.values()
    }
    page = course.out / pages["bob"]
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    text = page.read_text()
    assert "needs <code>+=</code> and not <code>=</code>" in text
    assert "Look at <code>Value.__mul__</code>, line " in text
    assert "= Value(" in text
    assert "and torch says" in text
    assert "requires_grad=True" in text
    assert "<svg" in text
    assert "://" not in text
    assert '<meta name="robots" content="noindex">' in text


def test_what_has_no_name_is_shown_by_the_first_case_that_fails(course):
    text = pages_of(course.out)["dee"]
    assert "(arithmetic/of_two_leaves[" in text
    assert "the value of" in text
    assert "Look at <code>Value.__add__</code>" in text


@pytest.mark.parametrize("key", ["bob", "dee"])
def test_the_programs_print_what_stands_behind_them_in_the_engine_and_in_torch(course, key, capsys):
    own, in_torch = re.findall(r"<pre[^>]*>(.*?)</pre>", pages_of(course.out)[key], re.S)
    for program, scope in ((own, engine_of(key)), (in_torch, {})):
        lines = unescape(program)
        exec(lines, scope)
        said = re.findall(r"# ([-.\d]+)", lines)
        printed = re.findall(r"-?\d+\.\d*", capsys.readouterr().out)
        assert list(map(float, printed)) == pytest.approx(list(map(float, said)), rel=1e-3)
        assert said
    differ = re.findall(r"# ([-.\d]+), and torch says ([-.\d]+)", unescape(own))
    assert differ
    assert all(torch in unescape(in_torch) and mine != torch for mine, torch in differ)


def test_a_case_that_fails_with_other_numbers_is_shown_with_its_own(copied):
    folder = GradingFolder(copied.out)
    assert folder.failing_rows("ada") == []
    place = copied.out / "submissions" / "ada.jsonl"
    head, *lines = place.read_text().splitlines(keepends=True)
    twin = next(k for k, line in enumerate(lines) if "~twin" in line)
    lines[twin] = lines[twin].replace('"verdict": "pass"', '"verdict": "fail"')
    place.write_text("".join([head, *lines]))
    case = json.loads(lines[twin])["case"].removesuffix("~twin")
    assert {row["case"] for row in folder.failing_rows("ada")} == {case}
    grade(copied.download, copied.out)
    text = pages_of(copied.out)["ada"]
    assert "the same program fails with other numbers of the same kind" in text
    assert "= Value(" in text
    assert "torch says" not in text


def engine_of(key):
    scope = {}
    exec(SUBMISSIONS[key], scope)
    return scope


def test_no_number_that_was_drawn_from_the_secret_is_on_a_page(course):
    for key, text in pages_of(course.out).items():
        lines = (course.out / "submissions" / f"{key}.jsonl").read_text().splitlines()[1:]
        own, drawn = set(), set()
        for row in map(json.loads, lines):
            for answer in (row["expected"], row["actual"]):
                if isinstance(answer, dict):
                    numbers = drawn if "~twin" in row["case"] else own
                    numbers |= {f"{number:.4g}" for number in answer["data"]}
        told = {number for number in drawn - own if len(number) > 4}
        assert told or not lines
        assert not [number for number in told if number in text]


def test_hidden_items_are_a_name_and_a_kind_until_they_are_opened_without_a_run(copied):
    before = copied.times()
    grade(copied.download, copied.out, HIDDEN)
    text = pages_of(copied.out)["bob"]
    main = text.partition("<main")[2]
    assert "0.33</strong> of 0.67 points" in main
    assert "2.33 hidden points are not in the total" in main
    assert "<td>hidden</td>" in main
    assert "mul: assigned not added" in main
    for closed in (
        "accumulation/",
        "Mistake",
        "<svg",
        "<pre",
        "of 2<",
        "torch",
        "cases pass</div>\n\n<a",
    ):
        assert closed not in main, closed
    grade(copied.download, copied.out, HIDDEN, open_hidden=True)
    opened = pages_of(copied.out)["bob"]
    assert "hidden" not in opened.partition("<main")[2]
    assert "(accumulation/" in opened
    assert "0 of 2<" in opened
    assert copied.times() == before
    page = copied.out / "feedback" / "bob.html"
    written = page.stat().st_mtime_ns
    grade(copied.download, copied.out, HIDDEN, open_hidden=True)
    assert page.stat().st_mtime_ns == written


def test_a_hidden_half_of_the_readings_of_a_case_stays_hidden(copied):
    grade(copied.download, copied.out, HIDDEN)
    text = pages_of(copied.out)["dee"].partition("<main")[2]
    assert "the value of" in text
    assert "the gradient of" not in text
    assert ".grad)" not in text
