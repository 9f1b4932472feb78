"""`class.html` and its facts: what it says, how a person sorts and searches it, how a browser shows it."""

import re
from dataclasses import replace
from fractions import Fraction
from math import sqrt
from statistics import mean, pstdev

import pytest
from axe_playwright_python.sync_playwright import Axe
from gradconform.harness.grade.course.class_facts import ClassFacts
from gradconform.harness.grade.course.copies import Hint
from gradconform.harness.grade.course.marks import Mark, Status
from gradconform.harness.grade.course.pages.staff import class_page
from gradconform.harness.grade.item_result import ItemResult, State
from gradconform.harness.submission.download.plan import Student

HOSTILE = "</script><script>alert(1)</script>\u202e"


def marked(key, *points, status=Status.GRADED, state=State.JUDGED, **others):
    """A mark of a student with these points, of at most 1 for the first item and 10 for the others."""
    items = tuple(
        ItemResult(f"item {k}", Fraction(each), Fraction(10 if k else 1), state)
        for k, each in enumerate(points)
    )
    return Mark(key, Student({"sis": key}, key.title()), status, items, **others)


def pupils(count):
    """A class in which the first item is got by those with many points in the other ones, and some others."""
    return [marked(f"s{k:03}", int(k % 7 > 2), k % 7, (3 * k) % 11) for k in range(count)]


def test_the_discrimination_is_the_point_biserial_correlation_with_the_other_items():
    marks = pupils(40)
    others = [float(sum(item.points for item in mark.items[1:])) for mark in marks]
    having = [rest for mark, rest in zip(marks, others, strict=True) if mark.items[0].points]
    lacking = [rest for mark, rest in zip(marks, others, strict=True) if not mark.items[0].points]
    share = len(having) / len(marks)
    expected = (mean(having) - mean(lacking)) / pstdev(others) * sqrt(share * (1 - share))
    found = ClassFacts(marks).items[0].discrimination
    assert found == pytest.approx(expected, rel=1e-12)
    assert 0.2 < found < 0.9
    # Students without an engine, or whose item was not judged, say nothing about the item.
    more = [marked("u", 0, 0, 0, status=Status.UNUSABLE)] * 9
    more += [marked("n", 0, 9, 9, state=State.NOT_JUDGED)] * 9
    assert ClassFacts([*marks, *more]).items[0].discrimination == found
    assert ClassFacts(marks[:29]).items[0].discrimination is None
    same = [marked(f"s{k}", 1, k % 5, k % 3) for k in range(40)]
    assert ClassFacts(same).items[0].discrimination is None
    assert ClassFacts(same).items[1].discrimination is not None


def test_each_member_of_a_group_counts_and_its_submission_ran_once(course):
    (bob,) = [mark for mark in course.graded.grading.marks if mark.key == "bob"]
    group = [replace(bob, student=Student({"sis": name}, name)) for name in ("Bea", "Bob")]
    facts = ClassFacts(group)
    assert facts.distribution.scores == (bob.score, bob.score)
    (mistake,) = facts.mistakes
    assert [mark.student.name for mark in mistake.marks] == ["Bea", "Bob"]
    assert facts.items[2].causes == {"mul": 2}
    assert len(facts.times) == 1


@pytest.fixture(scope="module")
def page_of_class(course, tmp_path_factory):
    """The page of a class in which everything is there that the page can say."""
    grading = course.graded.grading
    marks = []
    for mark in grading.marks:
        if mark.key == "ada":
            mark = replace(mark, student=Student({"sis": "1"}, HOSTILE), late=True)
        if mark.key == "bob":
            lost = [replace(i, state=State.NOT_JUDGED, at_fault="Values") for i in mark.items[1:3]]
            mark = replace(mark, items=(mark.items[0], *lost, mark.items[3]))
        if mark.key == "dee":
            mark = replace(mark, stops={"timeout": 2, "crash": 1})
        marks.append(mark)
    blank = frozenset(item.item for item in marks[0].items)
    absent = Mark("", Student({"sis": "9"}, "Zoe"), Status.ABSENT, marks[0].items, blank)
    hints = [Hint("the sources are equal", ("dee", "eve"))]
    path = tmp_path_factory.mktemp("class") / "class.html"
    text = class_page(replace(grading, marks=(*marks, absent), hints=hints))
    path.write_text(text)
    return path


def test_those_who_need_a_person_come_first_and_everything_is_said(visit, page_of_class):
    page = visit(page_of_class)
    told = page.inner_text("main")
    assert told.index("Who needs a person") < told.index("Scores\n")
    assert "cy: unusable: cy.py has no engine" in told
    assert "1 student handed in nothing" in told
    assert re.search(r"Accumulation\s+2\s+\d+ %\s+\d of 7", told)
    assert "1 student, 2 points, because of Values (1)" in told
    assert "Discrimination is shown for 30 and more students whose engine ran; here 6 ran." in told
    assert "1 of 6: mul, gradient assigned, not added" in told
    page.click("details.finding summary")
    finding = page.locator("details.finding").first
    assert "Your mul (*) replaces the gradient of its second operand." in finding.inner_text()
    assert finding.locator("a").get_attribute("href") == "feedback/bob.html"
    assert "dee; eve: the sources are equal" in told
    row = page.inner_text("tr:has(th a[href='feedback/dee.html']):has(td:nth-child(6))")
    assert row.split()[2:] == ["2", "1"]
    bars = page.locator(".bars tbody tr")
    assert sum(int(each) for each in bars.locator("td:nth-child(2)").all_inner_texts()) == 7
    assert page.title() == "A small assignment: the class"


def test_the_students_are_sorted_and_found_and_hostile_names_are_text(visit, page_of_class):
    page = visit(page_of_class)
    names = page.locator("#all tbody tr:visible th")
    assert names.count() == 8
    assert "</script><script>alert(1)</script> ada" in names.all_inner_texts()
    page.click("#all thead button >> text=score")
    assert names.first.inner_text() == "Zoe"  # without a score
    page.click("#all thead button >> text=score")
    assert page.get_attribute("#all thead th:nth-child(2)", "aria-sort") == "descending"
    scores = page.locator("#all tbody td:nth-child(2)").all_inner_texts()
    numbers = [float(each) for each in scores if each]
    assert numbers == sorted(numbers, reverse=True)
    assert scores[-1] == ""
    page.fill("#filter", "assigned-not BOB")
    assert names.all_inner_texts() == ["bob"]
    assert page.inner_text("#found") == "1 of 8 students"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_everybody_can_use_it_on_wide_and_narrow_screens(visit, page_of_class, width, scheme):
    page = visit(page_of_class, width=width, scheme=scheme)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []


def test_the_page_is_beside_the_scores_for_this_user_alone_and_its_links_lead_to_pages(course):
    path = course.out / "class.html"
    assert path.stat().st_mode & 0o777 == 0o600
    links = set(re.findall(r'href="(feedback/[^"]+)"', path.read_text()))
    assert len(links) == 7
    assert [each for each in links if not (course.out / each).is_file()] == []
