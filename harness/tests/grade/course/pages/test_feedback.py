"""The pages of the students of a small class: what they say, and what they keep to themselves."""

import stat

from ..small_class import students


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
    assert "Value(" in text
    assert "torch says" in text
    assert "<svg" in text
    assert "://" not in text
    assert '<meta name="robots" content="noindex">' in text
