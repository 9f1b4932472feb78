"""One page of a student: hostile texts, groups, statuses, widths, and print."""

from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from axe_playwright_python.sync_playwright import Axe
from gradconform.harness.grade.award import award
from gradconform.harness.grade.course.folder import GradingFolder
from gradconform.harness.grade.course.marks import Mark, Status
from gradconform.harness.grade.course.overrides import Override
from gradconform.harness.grade.course.page_names import page_names
from gradconform.harness.grade.course.pages.feedback import pages
from gradconform.harness.grade.course.pages.open_cases import OpenCases
from gradconform.harness.grade.course.pages.student import student_page
from gradconform.harness.grade.rubric_file import parsed
from gradconform.harness.submission.download.plan import Student

from ..small_class import RUBRIC

HOSTILE = (
    '=HYPERLINK("x") <script>alert(1)</script><img src=x onerror=alert(1)> </style> {{ 7*7 }} \x1b[31m '
    "\x00 \u202egnp.exe\u2066 ::notice::hi `tick` \ud800" + "A" * 1_000_000
)


@pytest.fixture(scope="module")
def rubric():
    return parsed(RUBRIC, "hw.toml")


@pytest.fixture(scope="module")
def bob(course):
    """The mark of a student with one mistake, and the rows that fail."""
    (mark,) = [mark for mark in course.graded.grading.marks if mark.key == "bob"]
    return mark, GradingFolder(course.out).failing_rows("bob")


class _Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.names, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def hostile(mark, rows):
    """The mark with a hostile text wherever a student or a person may have written one."""
    finding = dict(mark.result.findings[0]) | {"sentence": HOSTILE, "op": HOSTILE, "kind": HOSTILE}
    spelling = dict(mark.result.spelling) | {"leaf": HOSTILE}
    result = replace(mark.result, findings=[finding], found=HOSTILE, spelling=spelling)
    said = [Override(student="bob", item=item, reason=HOSTILE) for item in ("", "Report")]
    given = Override(student="bob", item="Values", points=Fraction(0), reason=HOSTILE)
    changed = replace(
        mark,
        student=Student({"email": "bob@x.example"}, HOSTILE),
        result=result,
        why=HOSTILE,
        comments=tuple(said),
        given=(given,),
        items=tuple(replace(i, reasons=(HOSTILE,) * len(i.reasons)) for i in mark.items),
    )
    opaque = {"opaque": HOSTILE, "text": HOSTILE}
    return changed, [row | {"message": HOSTILE, "actual": opaque} for row in rows]


@pytest.mark.parametrize("status", [Status.WAITS, Status.UNUSABLE, Status.NOTHING])
def test_a_hostile_text_is_a_text_wherever_it_stands(bob, rubric, status):
    mark, rows = bob
    plain = _Elements(student_page([mark], rubric, rows))
    changed, told = hostile(mark, rows)
    text = student_page([replace(changed, status=status)], rubric, told)
    found = _Elements(text)
    assert "AAAA" in text
    assert found.names <= plain.names | {"ul", "li"}
    assert found.attributes <= plain.attributes
    assert len(text) < 100_000
    assert "@" not in text.partition("<main")[2]
    assert not [c for c in text if not c.isprintable() and c != "\n"]
    text.encode()


WALK = """
title = "Walk"
[[items]]
name = "Values"
points = 1
cases = ["single/of_two[add_*]"]
readings = "values"
[[items]]
name = "Order"
points = 1
cases = ["walk/down_a_chain[by_add]"]
"""


def test_an_op_is_to_be_looked_at_for_its_value_and_the_backward_for_the_order_of_the_walk():
    names = ("single/of_two[add_larger_first]", "walk/down_a_chain[by_add]")
    rows = [{"case": name, "reading": "step 1", "verdict": "fail", "steps": 5} for name in names]
    cases = OpenCases(parsed(WALK, "walk.toml"), rows, open_hidden=False)
    assert [cases.suspect(name) for name in names] == ["add", ""]


def test_what_a_grading_did_not_come_to_is_said_and_blames_no_op():
    rubric, ada = parsed(WALK, "walk.toml"), Student({})
    mark = Mark("ada", ada, Status.GRADED, award(rubric, ()).items)
    text = student_page([mark], rubric, ())
    assert "the grading ended before 1 of 1 cases ran" in text
    assert "What to change" not in text


def test_not_all_is_right_when_a_hidden_item_fails(bob, rubric):
    mark, rows = bob
    said = "All that was tested is right."
    hidden = [replace(item, hidden=item.points < item.most) for item in mark.items]
    assert said not in student_page([replace(mark, items=tuple(hidden))], rubric, rows)
    right = [replace(item, points=item.most) for item in hidden]
    assert said in student_page([replace(mark, items=tuple(right))], rubric, ())


def test_members_of_a_group_read_their_own_points_alone(bob, rubric):
    mark, rows = bob
    ada = replace(mark, student=Student({"email": "ada@x.example"}, "Ada Lovelace"))
    eve = replace(mark, student=Student({"email": "eve@x.example"}, "Eve Ning"))
    assert page_names([ada, eve]) == ["feedback/bob.html"] * 2
    ((_, shared),) = pages([ada, eve], rubric, lambda key: rows, open_hidden=False)
    assert "Ada" not in shared
    assert "Eve" not in shared
    assert ">class Value, line" in shared  # no id of the one member whose file it is
    given = Override(student="ada@x.example", item="Report", points=Fraction(1, 3), reason="A lot")
    other = replace(ada, given=(given,))
    names = page_names([other, eve])
    assert len({*names, "feedback/bob.html"}) == 3
    assert page_names([eve, other]) == names[::-1]
    assert not [name for name in names if "@" in name or "ada" in name]
    found = dict(pages([other, eve], rubric, lambda key: rows, open_hidden=False))
    assert "A person gave these points: A lot" in found[names[0]]
    assert "Ada Lovelace" in found[names[0]]
    assert "Eve" not in found[names[0]]
    assert "A lot" not in found[names[1]]
    assert "Ada" not in found[names[1]]
    nameless = replace(mark, student=Student({"email": "ada@x.example", "canvas": "007"}))
    assert ">007: class Value" in student_page([nameless], rubric, rows)


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.GRADED])
def test_each_status_tells_the_student_what_to_do(bob, rubric, status):
    mark, _ = bob
    text = student_page([replace(mark, status=status, result=None, why="W. H.")], rubric, ())
    assert any(word in text for word in ("need not do anything", "write to", "talk to"))
    assert ("Why: W. H." in text) == (status in (Status.UNUSABLE, Status.NOTHING))


def test_it_can_be_read_on_each_screen_and_on_paper(course, visit, bob, rubric, tmp_path):
    mark, rows = bob
    changed, told = hostile(mark, rows)
    bad = tmp_path / "hostile.html"
    bad.write_text(student_page([changed], rubric, told))
    good = course.out / "feedback" / "bob.html"
    for path, scheme in ((good, "dark"), (bad, "light")):
        page = visit(path, width=390, scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert Axe().run(page).response["violations"] == []
        page.set_viewport_size({"width": 1280, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == 1280
    page = visit(good, width=700)
    page.emulate_media(media="print")
    boxes = page.eval_on_selector_all(
        ".drawn .scroll, pre", "all => all.map(e => [e.scrollWidth, e.clientWidth])"
    )
    assert boxes
    assert all(inner <= outer for inner, outer in boxes)
