"""Each platform gets a file that it takes: by its schema, within its limits, whatever a student wrote."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from gradconform.harness.grade.course.marks import Mark, Status
from gradconform.harness.grade.course.overrides import Override
from gradconform.harness.grade.course.result import End, Result
from gradconform.harness.grade.graded_cases import plan_of
from gradconform.harness.grade.item_result import ItemResult, State
from gradconform.harness.grade.platforms.platform import Outcome
from gradconform.harness.grade.platforms.recognise import PLATFORMS, recognised
from gradconform.harness.grade.rubric_file import parsed
from gradconform.harness.submission.download.plan import Student
from jsonschema import Draft202012Validator

from .small_rubric import RUBRIC, TEXT

SCHEMAS = Path(__file__).parent / "schemas"
FILES = {
    "gradescope": "results/results.json",
    "prairielearn": "results/results.json",
    "coursera": "feedback.json",
    "classroom50": "result.json",
}
LARGEST = {
    "gradescope": 10 << 20,
    "prairielearn": 1 << 20,
    "coursera": 64_000,
    "classroom50": 10 << 20,
}
ENVIRON = {
    "CLASSROOM": "ad-101",
    "ASSIGNMENT": "engine",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "ada-placeholder",
    "SUBMISSION_TAG": "submit/2026-11-20T22-58-01Z-a1b2c3d",
    "COMMIT_URL": "https://invalid.example/commit/a1b2c3d",
    "RELEASE_URL": "https://invalid.example/release",
    "REVIEW_URL": "",
}
HOSTILE = [
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "\x1b[31mred\x07",
    "a\x00b",
    "\n::notice title=Autograding report::{}\n::stop-commands::x",
    "\ud800\u202e",
    "x" * (1 << 20),
]
SHOWN = plan_of(RUBRIC)[0].cases[0].case.id
ALL = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)


def items(*points, reasons=()):
    """The items of the small rubric with these points, and the last one, which a person gives."""
    rows = zip(RUBRIC.items, points, strict=False)
    judged = [
        ItemResult(i.name, Fraction(p), i.points, State.JUDGED, 1, 2, reasons, hidden=i.hidden)
        for i, p in rows
    ]
    by_hand = RUBRIC.items[-1]
    return (*judged, ItemResult(by_hand.name, Fraction(), by_hand.points, State.BY_HAND))


def outcome_of(results, rubric=RUBRIC, **other):
    mark = Mark("one", Student({}), Status.GRADED, tuple(results))
    known = {"said": (), "gradable": True, "complete": True, "page": ""} | other
    return Outcome(rubric, mark, **known)


@pytest.fixture
def root(tmp_path):
    for folder in ("autograder/submission", "grade/student", "shared/submission"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def handed_in(root):
    def hand_in(platform, outcome, **facts):
        _, located = recognised(root, ENVIRON, platform.name)
        located = replace(located, facts={**located.facts, **facts})
        files = platform.files(outcome, located)
        for content in files.values():
            assert len(content) <= LARGEST[platform.name]
        values = json.loads(files[FILES[platform.name]], parse_constant=refuse)
        validator(platform.name).validate(values)
        told = b"\n".join(files.values()).decode()
        return values, told

    return hand_in


def refuse(name):
    raise AssertionError(f"{name} is no JSON")


def validator(name):
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text()))


def share(name, values):
    """The share of the points that the platform shows."""
    match name:
        case "gradescope":
            return values["score"] / sum(test["max_score"] for test in values["tests"])
        case "prairielearn":
            return values["score"]
        case "coursera":
            return values["fractionalScore"]
    assert values["score"] <= values["max-score"]
    assert all(test["score"] <= test["max-score"] for test in values["tests"])
    return values["score"] / values["max-score"]


@ALL
def test_the_points_that_cases_give_are_handed_in(handed_in, platform):
    full, _ = handed_in(platform, outcome_of(items("1/3", "1/3", 2, 1)))
    assert share(platform.name, full) == pytest.approx(1, abs=0.002)
    half, told = handed_in(platform, outcome_of(items("1/3", "1/6", 1, "1/3")))
    assert share(platform.name, half) == pytest.approx(0.5, abs=0.002)
    assert "Report: a person gives these points, at most 0.333333." in told


@ALL
def test_text_of_a_student_is_harmless_and_cut(handed_in, platform):
    rows = items("1/3", 0, 0, 0, reasons=tuple(f"mul: {each}" for each in HOSTILE))
    _, told = handed_in(platform, outcome_of(rows, said=tuple(HOSTILE), gradable=False))
    assert not any(sign in told for sign in ("\x1b", "\x00", "\u202e", "\\u0000", "\n::", "n::"))
    handed_in(platform, outcome_of(rows, said=tuple(HOSTILE), page="x" * (1 << 20)))


@pytest.fixture(scope="module")
def many_items():
    item = '[[items]]\nname = "{}"\npoints = 1\ncases = ["lecture/*"]\n'
    text = "".join(item.format(f"é{k}" * 10) for k in range(200))
    return parsed(f'title = "t"\n{text}', "hw.toml")


@ALL
def test_a_rubric_of_many_items_stays_within_the_limits(handed_in, platform, many_items):
    rows = [
        ItemResult(i.name, Fraction(1, 2), i.points, State.JUDGED, 1, 2, ("é" * 300,) * 12)
        for i in many_items.items
    ]
    values, told = handed_in(platform, outcome_of(rows, many_items))
    assert share(platform.name, values) == 0.5
    assert platform.name in ("gradescope", "classroom50") or "was left out]" in told


@ALL
def test_a_bonus_never_costs_the_score(handed_in, platform):
    bonus = ItemResult("More", Fraction(3), Fraction(3), State.JUDGED, bonus=True)
    values, told = handed_in(platform, outcome_of([*items("1/3", "1/3", 2, 1), bonus]))
    if platform.name == "gradescope":
        assert share(platform.name, values) > 1.5
    else:
        assert share(platform.name, values) == 1
        assert "This site takes no more than the maximum" in told


@ALL
def test_a_failure_of_the_grader_is_a_whole_result(handed_in, platform):
    failed = Outcome(RUBRIC, None, ("The grader failed",), gradable=False, complete=False, page="")
    facts = {"points": Fraction(50)} if platform.name == "gradescope" else {}
    values, told = handed_in(platform, failed, **facts)
    assert "The grader failed." in told
    assert "another number of points" not in told
    assert not any(
        test.get("passed") or test.get("status") == "passed" for test in values.get("tests", ())
    )
    if platform.name != "prairielearn":
        assert share(platform.name, values) == 0


@ALL
def test_no_case_of_a_hidden_item_is_told(handed_in, platform):
    told = {"reasons": ("mul: accumulation/secret: x.grad is 1",), "wrong": ("mul",)}
    rows = items("1/3", "1/3", 0, 1)
    rows = tuple(replace(row, **told) if row.hidden else row for row in rows)
    _, text = handed_in(platform, outcome_of(rows))
    assert "accumulation/secret" not in text
    assert "mul" in text
    assert "2 points are of hidden items" in text


@ALL
@pytest.mark.parametrize("share_of_each", [Fraction(1), Fraction(1, 2), Fraction(5, 7)])
def test_rounded_parts_add_up_to_the_total(handed_in, platform, share_of_each):
    item = '[[items]]\nname = "{}"\npoints = "1/3"\ncases = ["lecture/*"]\n'
    thirds = parsed('title = "t"\n' + "".join(map(item.format, "ABC")), "hw.toml")
    rows = [
        ItemResult(i.name, i.points * share_of_each, i.points, State.JUDGED) for i in thirds.items
    ]
    values, _ = handed_in(platform, outcome_of(rows, thirds))
    tests = values.get("tests", [])
    names = ("points", "max_points") if platform.name == "prairielearn" else ("score", "max_score")
    if platform.name == "classroom50":
        names = ("score", "max-score")
        assert sum(test["score"] for test in tests) == values["score"]
    if tests:
        points, most = (sum(test[name] for test in tests) for name in names)
        assert most in (pytest.approx(1, abs=1e-9), 100)
        assert points / most == pytest.approx(float(share_of_each), abs=0.005)


def test_gradescope_shows_a_hidden_item_when_the_grades_are_published(handed_in):
    values, _ = handed_in(PLATFORMS[0], outcome_of(items("1/3", "1/3", 2, 1)))
    assert [test["visibility"] for test in values["tests"]].count("after_published") == 1


@pytest.mark.parametrize(
    ("points", "there"), [("11/3", True), (4, True), (20, False), (None, True)]
)
def test_gradescope_gets_maxima_only_when_they_add_up_to_the_assignment(handed_in, points, there):
    """With another sum its page says that the results are not formatted correctly."""
    wanted = None if points is None else Fraction(points)
    values, _ = handed_in(PLATFORMS[0], outcome_of(items("1/3", 0, 0, 0)), points=wanted)
    assert all(("max_score" in test) is there for test in values["tests"])
    assert ("Tell the course staff" in values["output"]) is not there


def test_the_points_of_an_assignment_are_read_where_gradescope_has_them(root):
    path = root / "autograder/submission_metadata.json"
    path.write_text('{"id": 7, "assignment": {"total_points": "20.0"}}')
    assert recognised(root, {}, "gradescope")[1].facts["points"] == 20
    for odd in ("", "[]", '{"assignment": null}', '{"assignment": {"total_points": "1e9999"}}'):
        path.write_text(odd)
        assert recognised(root, {}, "gradescope")[1].facts["points"] is None


def test_the_time_of_a_submission_stays_when_it_is_graded_again(handed_in):
    values, _ = handed_in(PLATFORMS[-1], outcome_of(items("1/3", "1/3", 2, 1)))
    assert values["datetime"] == "2026-11-20T22:58:01Z" < values["graded_at"]
    assert values["review"] == ENVIRON["COMMIT_URL"]


def test_a_page_goes_to_coursera_when_it_is_small_enough(root):
    platform, located = recognised(root, {}, "coursera")
    files = platform.files(outcome_of(items(0, 0, 0, 0), page="<p>é</p>"), located)
    assert files["htmlFeedback.html"].decode() == "<p>é</p>"
    assert json.loads(files["feedback.json"])["feedbackType"] == "HTML"
    large = platform.files(outcome_of(items(0, 0, 0, 0), page="x" * 64_000), located)
    assert list(large) == ["feedback.json"]
    assert "too large for this site" in json.loads(large["feedback.json"])["feedback"]


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("gradescope", {"tests": [{"name": "x", "score": 1, "status": "skipped"}]}),
        ("gradescope", {"output": "no score"}),
        ("prairielearn", {"score": 87.5, "tests": []}),
        ("prairielearn", {"score": 0.5, "tests": [{"name": "b", "message": "no points"}]}),
        ("coursera", {"fractionalScore": 1.5, "feedback": ""}),
        ("classroom50", {"schema": "classroom50/result/v1", "score": 17.5}),
    ],
)
def test_the_schemas_refuse_what_the_platforms_refuse(name, bad):
    assert not validator(name).is_valid(bad)


def test_the_small_rubric_is_the_one_that_was_read():
    assert parsed(TEXT, "hw.toml") == RUBRIC


@ALL
def test_a_sentence_about_a_mistake_and_a_persons_words_are_whole(handed_in, platform):
    sentence, words = ("".join(f" {word}{number}" for number in range(140)) for word in "sw")
    finding = {"op": "add", "kind": "wrong-value", "sentence": sentence, "cases": [SHOWN]}
    outcome = outcome_of(items("1/3", "1/3", 2, 1))
    result = Result("one", (), {}, End.RAN, findings=(finding,))
    mark = replace(outcome.mark, result=result, comments=(Override(student="1", reason=words),))
    _, told = handed_in(platform, replace(outcome, mark=mark))
    assert sentence.strip() in told
    assert words.strip() in told


@ALL
def test_a_hidden_item_tells_no_number_of_cases(handed_in, platform):
    rows = list(items("1/3", "1/3", 0, 1))
    rows[2] = replace(rows[2], wrong=("mul",), reasons=("mul: accumulation/of_one_leaf",))
    _, told = handed_in(platform, outcome_of(rows))
    assert "accumulation/" not in told
    assert told.count("cases pass") == 3


def test_gradescope_keeps_the_earlier_score_when_the_grader_failed(handed_in):
    (gradescope,) = [each for each in PLATFORMS if each.name == "gradescope"]
    failed = replace(outcome_of(()), mark=None, gradable=False, complete=False)
    assert handed_in(gradescope, failed, earlier=3.5)[0]["score"] == 3.5
    assert handed_in(gradescope, failed)[0]["score"] == 0
    assert handed_in(gradescope, outcome_of(items(0, 0, 0, 0)), earlier=3.5)[0]["score"] == 0


@ALL
def test_a_persons_words_about_a_hidden_item_stay_hidden(handed_in, platform):
    outcome = outcome_of(items("1/3", "1/3", 2, 1))
    about = Override(student="1", item="Accumulation", reason="SECRET")
    given = about.model_copy(update={"points": Fraction(1)})
    mark = replace(outcome.mark, comments=(about,), given=(given,))
    _, told = handed_in(platform, replace(outcome, mark=mark))
    assert "SECRET" not in told
