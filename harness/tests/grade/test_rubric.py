"""A rubric is read with all of its mistakes, made, and published without what students may not see."""

import json
import resource
import tomllib

import pytest
from gradconform.harness.cli import main
from gradconform.harness.diagnose.mistake import known_mistakes
from gradconform.harness.errors import UsageError
from gradconform.harness.grade.calibrated import calibrated, lines
from gradconform.harness.grade.graded_cases import plan_of
from gradconform.harness.grade.rubric import Rubric
from gradconform.harness.grade.rubric_file import parsed, published, read_rubric, shipped
from gradconform.harness.tests.small_engines import VALUE

WRONG = """\
# A rubric with a mistake in most of its lines.
titel = "Homework 1"
needs = ["add", 3]
class = "a b"

[limits]
case = -2

[[items]]
name = "Values"
points = -2
creditt = "per-case"
cases = ["single/*"]

[[items]]
name = "Report"
hand = true

[[items]]
name = "Order"
points = "many"
cases = ["walk/*"]
level = "hard"

[[items]]
name = "Style"
points = 1

[[items]]
name = "Both"
points = 1
cases = ["walk/*"]
hand = true
"""


def run(capsys, *arguments):
    """Run the command; return its exit code and what it printed."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code, *capsys.readouterr()


def test_all_mistakes_are_named_at_once_with_line_path_and_nearest_key():
    with pytest.raises(UsageError) as refused:
        parsed(WRONG, "hw.toml")
    said = str(refused.value).splitlines()
    for wanted in (
        "hw.toml:1: title: this key is missing",
        "hw.toml:2: titel: there is no such key; did you mean title?",
        "hw.toml:3: needs[2]: input should be a valid string; 3 came",
        "hw.toml:4: class: the name of a class was expected; 'a b' came",
        "hw.toml:7: limits.case: input should be greater than or equal to 0.1; -2 came",
        "hw.toml:11: items[1].points: input should be greater than or equal to 0; -2 came",
        "hw.toml:12: items[1].creditt: there is no such key; did you mean credit?",
        "hw.toml:15: items[2].points: this key is missing",
        "hw.toml:21: items[3].points: a number was expected, such as 2, 0.5 or '1/3'",
        "hw.toml:23: items[3].level: input should be 'core', 'torch' or 'any'; 'hard' came",
        "hw.toml:25: items[4]: this item names no cases; give it cases, tags or ops, or say hand = true",
        "hw.toml:29: items[5]: an item with hand = true has no cases; leave out one of the two",
    ):
        assert any(line.startswith(wanted) for line in said), wanted
    assert len(said) == 12
    assert said == sorted(said, key=lambda line: int(line.split(":")[1]))


def test_what_the_catalogue_contradicts_is_named_for_all_items_at_once():
    rubric = parsed(
        """
title = "Homework"
needs = ["add", "exp"]
[[items]]
name = "Values"
points = 1
cases = ["single/of_one*"]
[[items]]
name = "Derivatives"
points = 1
cases = ["single/of_one[exp*"]
[[items]]
name = "Products"
points = 1
cases = ["single/of_two[mul*"]
[[items]]
name = "Misspelt"
points = 1
cases = ["singel/of_one*"]
""",
        "hw.toml",
    )
    with pytest.raises(UsageError) as refused:
        plan_of(rubric)
    said = str(refused.value).splitlines()
    assert len(said) == 3
    assert said[0].startswith(
        "item 'Derivatives' and item 'Values' both count single/of_one[exp_at"
    )
    assert said[1].startswith("item 'Products' chooses no case: none of its")
    assert said[2].startswith(
        "item 'Misspelt': no case matches 'singel/of_one*'; did you mean single/"
    )


def test_an_unknown_word_in_needs_is_named_with_the_nearest():
    rubric = Rubric.model_validate(
        {"title": "T", "needs": ["ad"], "items": [{"name": "A", "points": 1, "cases": ["walk/*"]}]}
    )
    with pytest.raises(UsageError, match=r"^needs: there is no op 'ad'; did you mean"):
        plan_of(rubric)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = \n", "hw.toml is no TOML: Invalid value"),
        ('title = "a"\n', "hw.toml:1: items: this key is missing"),
        ('title = "a"\nitems = []\n', "hw.toml:2: items: "),
        (f"title = {'9' * 5000}\n", "hw.toml is no TOML: Exceeds the limit"),
        (f"title = {'[' * 5000}\n", "hw.toml is no TOML: maximum recursion depth"),
        (
            'title = "a"\n' + '[[items]]\nname = "A"\npoints = 1\nhand = true\n' * 2,
            "hw.toml:1: items are told apart by their names, and these are there twice: A",
        ),
    ],
)
def test_a_file_that_is_no_rubric_is_refused_in_a_sentence(text, said):
    with pytest.raises(UsageError) as refused:
        parsed(text, "hw.toml")
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("points", ["1e400", '"1e999999999"', "nan", "2_000_000", '"1/0"'])
def test_points_that_no_item_can_have_are_refused(points):
    with pytest.raises(UsageError, match=r"hw.toml:4: items\[1\].points: "):
        parsed(f'title = "a"\n[[items]]\nname = "A"\npoints = {points}\nhand = true\n', "hw.toml")


def test_of_very_many_mistakes_the_first_are_told():
    item = '[[items]]\nname = "A"\npoints = -1\nhand = true\n'
    with pytest.raises(UsageError) as refused:
        parsed('title = "a"\n' + item * 100, "hw.toml")
    said = str(refused.value).splitlines()
    assert said[0].startswith("hw.toml:4: items[1].points: ")
    assert said[-1] == "hw.toml: and 80 more mistakes"


def test_a_folder_with_the_name_of_a_shipped_rubric_does_not_hide_it(tmp_path, monkeypatch):
    (tmp_path / "tutorial").mkdir()
    monkeypatch.chdir(tmp_path)
    assert read_rubric("tutorial").title == "Autograd from scratch"


def test_a_name_that_no_rubric_has_is_refused_with_the_nearest(capsys):
    code, _, err = run(capsys, "rubric", "check", "tutorail")
    assert (code, err) == (
        4,
        "gradconform: there is no rubric 'tutorail'; did you mean tutorial?\n",
    )


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (
            "25",
            "the items of the rubric give 20 points, and the assignment has 25: change one of them",
        ),
        ("many", "points were expected, as 20"),
    ],
)
def test_a_rubric_whose_sum_gradescope_would_refuse_is_refused_before_anything_runs(
    capsys, points, said
):
    code, out, err = run(capsys, "rubric", "check", "tutorial", "--gradescope", points)
    assert (code, out) == (4, "")
    assert said in err


def test_points_are_exact():
    rubric = parsed('title = "a"\n[[items]]\nname = "A"\npoints = 0.1\nhand = true\n', "hw.toml")
    assert rubric.most * 10 == 1


def test_a_new_rubric_has_a_secret_of_its_own_and_is_not_overwritten(tmp_path, capsys):
    made = [tmp_path / "a.toml", tmp_path / "b.toml"]
    for path in made:
        assert run(capsys, "rubric", "new", "tutorial", "-o", str(path))[0] == 0
    first, second = map(read_rubric, made)
    assert len(first.secret) > 20
    assert first.secret != second.secret
    assert first.items == read_rubric("tutorial").items
    assert made[0].stat().st_mode & 0o077 == 0
    code, _, err = run(capsys, "rubric", "new", "tutorial", "-o", str(made[0]))
    assert code == 4
    assert "exists; name another file with -o" in err
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # as on a full disk
    try:
        code, _, err = run(capsys, "rubric", "new", "tutorial", "-o", str(tmp_path / "c.toml"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (code, sorted(tmp_path.iterdir())) == (4, made)
    assert "cannot be written: File too large" in err


def test_what_is_published_has_no_secret_and_no_hidden_item(tmp_path, capsys):
    rubric = tmp_path / "hw.toml"
    rubric.write_text(
        """
title = "Homework"
class = "Value"
needs = ["add"]
secret = "a long secret"
starter = ["given.py"]
[limits]
case = 3
[[items]]
name = "Values"
points = 2.5
cases = ["single/*"]
[[items]]
name = "Surprise"
points = 1
hidden = true
cases = ["walk/*"]
[[items]]
name = "Report"
points = "1/3"
hand = true
"""
    )
    code, text, _ = run(capsys, "rubric", "publish", str(rubric))
    assert code == 0
    assert "secret" not in text
    assert "Surprise" not in text
    public, whole = parsed(text, "public.toml"), read_rubric(rubric)
    kept = {"title", "wanted_class", "needs", "limits", "allow", "rounding"}
    assert public.model_dump(include=kept) == whole.model_dump(include=kept)
    assert public.items == (whole.items[0], whole.items[2])
    assert published(public) == text
    # The secret and the hidden items are nowhere else.
    code, _, err = run(capsys, "rubric", "publish", str(rubric), "-o", str(rubric))
    assert (code, read_rubric(rubric)) == (4, whole)
    assert "is the rubric itself" in err


def test_the_schema_names_every_key_of_the_shipped_rubrics(capsys):
    code, text, _ = run(capsys, "rubric", "schema")
    assert code == 0
    schema = json.loads(text)
    for name in shipped():
        rubric = tomllib.loads(published(read_rubric(name)))
        assert set(rubric) <= set(schema["properties"])
        assert {key for item in rubric["items"] for key in item} <= set(
            schema["$defs"]["Item"]["properties"]
        )


def test_the_gate_refuses_a_rubric_that_a_mistake_passes(reference):
    rubric = parsed(
        """
title = "Sums"
needs = ["add"]
[[items]]
name = "One sum"
points = 1
cases = ["single/of_two[add*"]
[[items]]
name = "Start"
points = 2
cases = ["walk/from_a_leaf"]
""",
        "hw.toml",
    )
    wanted = {"add-assigns", "add-negated", "root-not-seeded", "log-negated"}
    wanted.add("root-seeded-with-its-value")
    mistakes = [mistake for mistake in known_mistakes() if mistake.name in wanted]
    found = calibrated(rubric, reference, 2, lambda said: None, mistakes)
    assert not found.good
    said = list(lines(found))
    assert said[:3] == [
        "item     points  questions  cases  mistakes  not judged for",
        "One sum       1          3      3         1               1",
        "Start         2          1      1         2               0",
    ]
    assert "4 cases, twins among them; 5 known mistakes of the scalar engine" in said
    assert "  1 cost nothing, because no core case with these ops alone shows them" in said
    assert "5 of 5 correct engines get all points" in said
    other = "root-seeded-with-its-value"  # which a start by hand does not mend
    assert f"NOT JUDGED  {other}: Start -2; these points hang on it: One sum 1" in said
    assert said[-1].startswith("COSTS NOTHING  add-assigns: shown by ")


def test_a_student_sees_items_points_and_reasons(tmp_path, capsys):
    rubric, student = tmp_path / "public.toml", tmp_path / "mine.py"
    rubric.write_text(
        """
title = "Sums"
class = "Value"
needs = ["add", "mul", "exp"]
[[items]]
name = "Values"
points = 4
cases = ["single/of_two[*_negative]", "single/of_one[exp_at_0.7]"]
readings = "values"
[[items]]
name = "Report"
points = 1
hand = true
"""
    )
    student.write_text(VALUE)
    code, said, _ = run(capsys, "check", str(student), "--rubric", str(rubric))
    assert code == 1
    assert said.splitlines() == [
        "Values: 2.666667 of 4 (2 of 3 pass)",
        "  - exp is missing",
        "Report: 0 of 1 (a person gives these points)",
        "2.67 of 5 points; a person gives 1 of the 5",
    ]
