"""A class is graded: the points, the files, going on, and what changes them."""

import csv
import json
import re
import resource
import stat
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.grade.course.class_facts import needs_a_person
from gradconform.harness.grade.course.folder import GradingFolder
from gradconform.harness.grade.course.grade_course import grade_course
from gradconform.harness.grade.course.marks import Status
from gradconform.harness.grade.course.result import End
from gradconform.harness.grade.course.summary import summary_lines, totals
from gradconform.harness.run.alone import alone_in

from .small_class import RUBRIC, SUBMISSIONS, VALUE, document, grade, hand_in, request, students

GUS = "_gus-4f8e3b13"
_TIMES = ("seconds",)


def scores(out):
    with (out / "scores.csv").open(newline="", encoding="utf-8") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def timeless(text):
    """JSON lines without their times."""
    lines = [json.loads(line) for line in text.splitlines()]
    return [{name: line[name] for name in line if name not in _TIMES} for line in lines]


def whole(out):
    """All files of a grading but their times."""
    found = {}
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        text = path.read_text()
        if path.suffix == ".jsonl":
            found[path.relative_to(out)] = timeless(text)
        elif path.name == "grading.json":
            found[path.name] = [each | {"seconds": None} for each in json.loads(text)["students"]]
        elif path.name == "scores.csv":
            found[path.name] = [row | {"seconds": ""} for row in scores(out).values()]
        elif path.name == "class.html":  # the slowest come first in a table
            before, _, rest = text.partition('id="times"')
            found[path.name] = before + rest.partition('id="students"')[2]
        else:
            found[path.relative_to(out)] = text
    return found


def test_points_are_exact_inside_and_rounded_once(course):
    found = scores(course.out)
    # A third, a third and two, and a third that a person has not given yet.
    assert found["ada"]["score"] == "2.67"
    assert found["ada"]["Values"] == found["ada"]["Derivatives"] == "0.333333"
    assert students(course.out)["ada"]["score"] == str(Fraction(8, 3))
    assert found["bob"]["Accumulation"] == "0"
    assert found["bob"]["Derivatives"] == "0.333333"
    assert found["bob"]["findings"] == "mul: assigned-not-added"
    assert found["ada"]["Report"] == ""
    assert found["ada"]["status"] == "waits-for-hand"


def test_what_cannot_be_used_is_named_first_with_its_reason(course):
    lines = list(summary_lines(course.graded.grading))
    assert lines[0].startswith("cy: unusable: cy.py has no engine: cy.py, line 1: SyntaxError")
    assert scores(course.out)["cy"]["score"] == "0"
    assert "Report waits for the points of a person: 6" in lines
    assert any(line.split() == ["1", "mul:", "assigned-not-added"] for line in lines)


def test_every_cell_is_quoted_and_none_is_a_formula(course):
    text = (course.out / "scores.csv").read_text()
    cells = [cell for line in text.splitlines() for cell in line.strip('"').split('","')]
    assert all(line.startswith('"') and line.endswith('"') for line in text.splitlines())
    assert scores(course.out)[GUS]["folder"] == "'+gus"
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_only_the_user_may_read_the_folder(course):
    for path in (course.out, *course.out.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_the_secret_is_in_no_file(course):
    for path in course.out.rglob("*"):
        assert path.is_dir() or b"of the staff" not in path.read_bytes()
    assert len(document(course.out)["secret"]) == 64


def test_reasons_are_there_for_each_lost_point(course):
    text = (course.out / "reasons" / "bob.txt").read_text()
    assert "points: 0.67 of 3" in text
    assert "Your `mul` (`*`) replaces the gradient of its second operand." in text
    assert "Report: no points yet of 0.33" in text
    assert "SyntaxError" in (course.out / "reasons" / "cy.txt").read_text()


def test_an_engine_that_differs_with_itself_is_flagged(course):
    (mark,) = [each for each in course.graded.grading.marks if each.key == "fay"]
    assert needs_a_person(mark)
    assert "unstable" in mark.result.differs[0]


def test_hints_of_copying_name_those_who_are_alike_and_cost_nothing(course):
    hints = {
        (tuple(each["submissions"]), each["why"][:20]) for each in document(course.out)["alike"]
    }
    assert hints == {
        (("dee", "eve"), "the sources are equa"),
        ((GUS, "ada"), "the sources are equa"),
        (("dee", "eve"), "the same wrong numbe"),
    }
    found = scores(course.out)
    assert found["dee"]["score"] == found["eve"]["score"]
    assert "alike" not in (course.out / "reasons" / "dee.txt").read_text()


def test_a_download_that_grew_is_taken_in_and_the_rest_stays(course):
    assert "3 submissions of 3 students" in course.first_said
    assert "to grade because not graded yet: 3" in course.first_said
    assert "to grade because not graded yet: 4" in course.said
    now = course.times()
    assert len(now) == 7
    assert {key: now[key] for key in course.kept} == course.kept


def test_the_same_command_again_runs_nothing_and_writes_the_same_bytes(copied):
    before = {p: p.read_bytes() for p in copied.out.rglob("*") if p.is_file()}
    # As after a process that was killed in the middle of a file.
    (copied.out / "submissions" / "zoe.jsonl.partial").write_text("{")
    said, _ = grade(copied.download, copied.out)
    assert said[-1] == "nothing is to be graded: all results are there"
    assert {p: p.read_bytes() for p in copied.out.rglob("*") if p.is_file()} == before


def test_a_lost_result_is_made_again_as_it_was_with_another_number_of_processes(copied):
    before = whole(copied.out)
    results = copied.out / "submissions"
    (results / "fay.jsonl").unlink()  # it draws random numbers
    (results / "bob.jsonl").write_text('{"key": "bob"')
    dee = (results / "dee.jsonl").read_text()
    # As a machine without power leaves it: the rest of the points must not be lost.
    (results / "dee.jsonl").write_text("".join(dee.splitlines(keepends=True)[:-5]))
    said, _ = grade(copied.download, copied.out, jobs=1)
    assert "to grade because not graded yet: 3" in said
    assert whole(copied.out) == before


def test_a_result_that_was_changed_by_hand_is_made_again_or_named(copied):
    place = copied.out / "submissions" / "bob.jsonl"
    head, *rows = place.read_text().splitlines()
    wrong = json.dumps(json.loads(head) | {"seconds": "long", "findings": [1]})
    finding = json.loads(head)["findings"][0]
    del finding["confidence"]
    unsure = json.dumps(json.loads(head) | {"findings": [finding]})
    for changed in (wrong, unsure):
        place.write_text("\n".join([changed, *rows]) + "\n")
        assert "bob" not in GradingFolder(copied.out).results()
    place.write_text("\n".join([head, *("{}" for _ in rows)]) + "\n")
    with pytest.raises(
        UsageError, match=r"bob.jsonl cannot be understood: engine is missing; remove it"
    ):
        grade(copied.download, copied.out)


def test_other_points_are_counted_again_without_a_run(copied):
    times = copied.times()
    other = RUBRIC.replace("points = 2", "points = 5").replace('name = "Report"', 'name = "score"')
    said, _ = grade(copied.download, copied.out, other)
    assert said[-1] == "nothing is to be graded: all results are there"
    assert copied.times() == times
    found = scores(copied.out)["ada"]
    assert (found["score"], found["score (item)"]) == ("5.67", "")


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("of the staff", "of another term", "the secret of the rubric has changed"),
        ('"accumulation/*"', '"diamonds/*"', "the rubric asks for other cases"),
        ("needs =", 'class = "Value"\nneeds =', "the class, packages or limits have changed"),
    ],
)
def test_a_dry_run_says_why_all_are_graded_anew_and_changes_nothing(course, before, after, why):
    said, times = [], course.times()
    assert before in RUBRIC
    asked = request(course.download, course.out, RUBRIC.replace(before, after, 1))
    assert grade_course(asked, say=said.append, dry_run=True) is None
    assert said[-1] == f"to grade because {why}: 7"
    assert course.times() == times


def test_only_what_was_handed_in_anew_is_run_and_who_is_gone_stays(copied):
    hand_in(copied.download, {"bob": VALUE})
    (copied.download / "cy.py").unlink()
    said, _ = grade(copied.download, copied.out)
    assert "to grade because what was handed in has changed: 1" in said
    assert "not in the download any more, kept: cy" in said
    found = scores(copied.out)
    assert found["bob"]["Accumulation"] == "2"
    assert found["cy"]["score"] == "0"
    assert "not in the download any more" in found["cy"]["remarks"]


def test_one_student_is_graded_again_with_the_old_and_the_new_score(copied):
    hand_in(copied.download, {"bob": VALUE, "dee": VALUE})
    _, graded = grade(copied.download, copied.out, only="bob")
    assert list(totals(graded.before, graded.grading)) == ["bob: 0.67 before, 2.67 now"]
    assert scores(copied.out)["dee"]["status"] == "out-of-date"
    with pytest.raises(UsageError, match=r"'bobb' is neither .* did you mean bob"):
        grade(copied.download, copied.out, only="bobb")


def test_our_own_failure_is_blank_and_first_and_tried_again(copied):
    folder = GradingFolder(copied.out)
    failed = replace(folder.results()["ada"], end=End.GRADER_ERROR, why="no room")
    folder.keep(failed, ())
    hand_in(copied.download, {"ada": SUBMISSIONS["ada"]})
    asked = request(copied.download, copied.out, only="bob")
    graded = grade_course(asked, say=lambda line: None)
    assert next(summary_lines(graded.grading)) == "ada: grader-error: no room"
    found = scores(copied.out)["ada"]
    assert (found["score"], found["Values"], found["status"]) == ("", "", "grader-error")
    said = []
    grade_course(request(copied.download, copied.out), say=said.append, dry_run=True)
    assert "to grade because gradconform or the machine failed before: 1" in said


def test_a_kept_secret_that_is_no_text_is_one_sentence(tmp_path):
    (tmp_path / "secret").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="secret is not UTF-8"):
        GradingFolder(tmp_path).secret()


def test_two_commands_on_one_folder_are_one_sentence_and_the_first_goes_on(copied):
    half_written = copied.out / "submissions" / "zoe.jsonl.partial"
    half_written.write_text("{")
    with (
        alone_in(copied.out),
        pytest.raises(UsageError, match=r"another grading writes to .* wait until"),
    ):
        grade(copied.download, copied.out)
    assert half_written.exists()


def test_a_folder_inside_of_the_download_is_refused(course):
    with pytest.raises(
        UsageError, match="would be taken for a submission; name a folder beside it"
    ):
        grade(course.download, course.download / "out")


@pytest.mark.parametrize("file", ["scores.csv", "submissions/ada.py", "results.jsonl"])
def test_a_folder_with_files_of_others_is_refused_and_they_stay(tmp_path, file):
    mine = tmp_path / "mine" / file
    mine.parent.mkdir(parents=True)
    mine.write_text("my own")
    download = hand_in(tmp_path / "here", {"ada": VALUE})
    with pytest.raises(UsageError, match=f"mine holds {file}, which no grading wrote"):
        grade(download, tmp_path / "mine")
    assert [each for each in (tmp_path / "mine").rglob("*") if each.is_file()] == [mine]


def test_a_full_disk_is_one_sentence_and_loses_nothing(copied):
    folder, before = GradingFolder(copied.out), whole(copied.out)
    result = folder.results()["ada"]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(UsageError, match=r"ada.jsonl.* cannot be written: File too large"):
            folder.keep(result, ["{}\n"] * 100)
        assert whole(copied.out) == before
        # The points need less room than the answers, and are written first.
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
        with pytest.raises(UsageError, match=r"results.jsonl.* cannot be written: File too large"):
            grade(copied.download, copied.out, RUBRIC.replace("points = 2", "points = 5"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert scores(copied.out)["ada"]["score"] == "5.67"
    assert not list(copied.out.rglob("*.partial"))


README = Path(__file__).parents[3] / "grade" / "README.md"


def explained(title):
    """The names in the first column of the table with this title in the README."""
    table = README.read_text().split(f"\n| {title} |")[1].split("\n\n")[0]
    firsts = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for first in firsts for name in re.findall(r"`([\w.-]+)/?`", first)}


def test_the_readme_explains_every_column_status_and_file(course):
    rubric = {item.name for item in course.graded.grading.rubric.items}
    columns = set(next(iter(scores(course.out).values()))) - rubric - {"folder"}
    assert explained("column") == columns
    assert explained("status") == set(map(str, Status))
    sometimes = {"key.csv", "overrides.toml", "secret"}
    assert explained("file") == {path.name for path in course.out.iterdir()} | sometimes
