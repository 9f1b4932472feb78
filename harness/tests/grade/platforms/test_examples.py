"""The examples for platforms name commands, options, files and packages that are there."""

import json
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from gradconform.harness.cli.commands import cli
from gradconform.harness.grade.platforms.examples import copied, example_names
from gradconform.harness.grade.rubric_file import read_rubric
from jsonschema import Draft202012Validator

from .test_grade_one import ENGINE
from .test_results_of_platforms import ENVIRON, SCHEMAS

ROOT = Path(__file__).parents[4]
EXAMPLES = ROOT / "harness" / "grade" / "examples"
MADE = {"hw.toml", "hw.frozen", "requirements.txt"}  # beside the files of each example
LINE = re.compile(r"^(?:RUN |exec )?(?:/\S*/)?gradconform (.*)$", re.M)
SUBMISSION = {
    "classroom50": ".",
    "coursera": "shared/submission",
    "gradescope": "autograder/submission",
    "prairielearn": "grade/student",
}
RESULT = {
    "classroom50": "result.json",
    "coursera": "shared/feedback.json",
    "gradescope": "autograder/results/results.json",
    "prairielearn": "grade/results/results.json",
}
NAMES = ["classroom50", "coursera", "gradescope", "prairielearn"]


def texts(name):
    return {path.name: path.read_text() for path in (EXAMPLES / name).iterdir()}


def commands(name):
    """The commands of gradconform in the files of an example, as lists of words."""
    for file, text in texts(name).items():
        if file.endswith(".py"):
            for words in re.findall(r'python\(\s*"gradconform", ([^)]*)\)', text, re.S):
                found = re.findall(r'"([^"]+)"', words)
                yield found
        for line in LINE.findall(text.replace("\\\n", "")):
            yield shlex.split(line)


def test_there_is_one_for_each_platform():
    assert example_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_command_of_an_example_exists_with_its_options(name, frozen_file):
    found = list(commands(name))
    assert sum(words[0] == "grade-one" for words in found) == 1
    for words in found:
        given = [
            str(frozen_file) if word.endswith(("hw.frozen", "hw.toml")) else word for word in words
        ]
        command, left = cli, given
        while hasattr(command, "commands"):
            command, left = command.commands[left[0]], left[1:]
        with command.make_context(command.name, list(left)) as context:
            assert context.params
        if words[0] == "grade-one":
            assert context.params["platform_name"] == name
            assert context.params["frozen"] == frozen_file


@pytest.mark.parametrize("name", NAMES)
def test_the_command_of_an_example_hands_in_where_its_platform_looks(
    name, frozen_file, command, monkeypatch, tmp_path
):
    for variable, value in ENVIRON.items():
        monkeypatch.setenv(variable, value if name == "classroom50" else "")
    folder = tmp_path / SUBMISSION[name]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "engine.py").write_text(ENGINE)
    (words,) = (words for words in commands(name) if words[0] == "grade-one")
    given = [str(frozen_file) if word.endswith("hw.frozen") else word for word in words]
    code, out, err = command(*given, "--root", str(tmp_path))
    assert (code, err) == (0, "")
    assert out.startswith(f"{name}: 3 of 4 points; waits-for-hand; ")
    result = json.loads((tmp_path / RESULT[name]).read_text())
    Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text())).validate(result)
    score = result.get("score", result.get("fractionalScore"))
    assert score == {"gradescope": 3.0, "classroom50": 300}.get(name, pytest.approx(9 / 11))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_copied_with_a_rubric_and_installs_no_torch(name, tmp_path):
    files = {path.name: path for path in copied(name, tmp_path / "out")}
    assert files.keys() == texts(name).keys() | MADE - {"hw.frozen"}
    assert len(read_rubric(files["hw.toml"]).secret) > 20
    for file, path in files.items():
        text = path.read_text()
        if text.startswith("#!"):
            assert path.stat().st_mode & 0o111, file
            assert subprocess.run(["bash", "-n", path], check=False).returncode == 0
        for line in text.splitlines():
            if re.search(r"\binstall\b.*gradconform-\S*whl", line) and "RUN pip" not in line:
                assert "--no-deps" in line
            for source in re.findall(r"^COPY (?!--from)(?:--\S+ )?(.*) \./$", line):
                assert {*source.split()} <= {*files, "gradconform-*.whl"}, line
        assert not re.search(r"https?://|VERSION", text)


def test_the_packages_are_those_of_gradconform_in_the_same_versions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (EXAMPLES / "requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    assert wanted
    assert set(wanted) <= set(project["dependencies"])
    assert not any(line.startswith("torch") for line in wanted)


def test_the_examples_are_in_the_wheel(wheel):
    names = set(wheel.namelist())
    for path in EXAMPLES.rglob("*"):
        if path.is_file() and path.parent.name != "__pycache__":
            assert f"gradconform/harness/grade/examples/{path.relative_to(EXAMPLES)}" in names


def test_the_command_copies_one_and_refuses_what_it_does_not_have(command, tmp_path):
    code, out, _ = command("grade-one", "--example", "gradescope", "-o", "auto")
    assert code == 0
    assert "auto/run_autograder" in out
    code, _, err = command("grade-one", "--example", "gradescope", "-o", "auto")
    assert (code, "auto is not empty" in err) == (4, True)
    code, _, err = command("grade-one", "--example", "moodle", "-o", "other")
    assert (code, "gradescope, prairielearn" in err) == (4, True)
    code, _, err = command("grade-one", "--example", "gradescope")
    assert (code, "belong together" in err) == (4, True)


WRONG = {
    "none": ([], "name the rubric, either with --frozen or with --rubric"),
    "no file": (["--frozen", "away.frozen"], "away.frozen cannot be read: No such file"),
    "no rubric": (["--rubric", "away.toml"], "away.toml cannot be read: No such file"),
    "another file": (["--frozen", "engine.py"], "engine.py is no frozen rubric"),
}


@pytest.mark.parametrize(("options", "said"), WRONG.values(), ids=WRONG)
def test_a_mistake_of_the_staff_is_in_the_result_of_each_submission(
    options, said, command, tmp_path
):
    folder = tmp_path / "autograder" / "submission"
    folder.mkdir(parents=True)
    (folder / "engine.py").write_text(ENGINE)
    (tmp_path / "engine.py").write_text(ENGINE)
    code, out, err = command("grade-one", "--root", ".", *options)
    assert (code, out, said in err, err.count("\n")) == (4, "", True, 1)
    result = json.loads((tmp_path / RESULT["gradescope"]).read_text())
    assert result["output"].startswith("The grader failed, which is no fault of yours.")
