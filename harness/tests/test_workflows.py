"""The workflows for engine authors and classrooms say what the action takes, and its steps run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from gradconform.harness.tests.report.test_diff import F, P, outcome, written

GITHUB = Path(__file__).parents[2] / ".github"
ACTION = yaml.safe_load((GITHUB / "actions/conform/action.yml").read_text())
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))


def steps_of(workflow):
    (job,) = yaml.safe_load(workflow.read_text())["jobs"].values()
    return job["steps"]


def test_there_is_one_for_engine_authors_and_one_for_classrooms():
    assert [path.name for path in WORKFLOWS] == ["classroom.yml", "engine.yml"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_uses_the_action_with_inputs_that_it_has(workflow):
    (used,) = [step for step in steps_of(workflow) if step["uses"].startswith("./")]
    assert (GITHUB.parent / used["uses"] / "action.yml").is_file()
    required = {name for name, spec in ACTION["inputs"].items() if spec.get("required")}
    assert required <= set(used["with"]) <= set(ACTION["inputs"])


@pytest.mark.parametrize("path", [GITHUB / "actions/conform/action.yml", *WORKFLOWS], ids=str)
def test_no_host_is_named_and_no_input_is_run_as_a_command(path):
    document = yaml.safe_load(path.read_text())
    assert "://" not in path.read_text()
    jobs = document.get("jobs", {"action": document.get("runs")})
    for job in jobs.values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


def test_no_step_that_runs_code_of_others_lets_it_give_commands():
    runs = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    running = [run for run in runs if "python" in run]
    assert len(running) == 3
    for run in running:
        source = 'source "$GITHUB_ACTION_PATH/commands_off.sh"\n'
        assert run.index(source) < run.index("python ")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("secrets.py", "import sys; print('::error::forged', file=sys.stderr)"),
        ("secrets.py", "print('::error::forged'); token_hex = lambda n: 'guess'"),
        ("hmac.py", "import sys; sys.exit(1)"),
    ],
)
def test_no_file_of_a_student_chooses_the_word_that_ends_it(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    script = GITHUB / "actions/conform/commands_off.sh"
    done = subprocess.run(
        ["bash", "-e", "-c", f'source "{script}"; echo said; exit 3'],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
    )
    first, said, _, last = done.stdout.splitlines()
    assert re.fullmatch(r"::stop-commands::[0-9a-f]{32}", first)
    assert (said, last, done.stderr, done.returncode) == ("said", f"::{first[17:]}::", "", 3)


def run_step(name, folder, **inputs):
    """A step of the action as a runner would run it."""
    (step,) = [step for step in ACTION["runs"]["steps"] if step.get("name") == name]
    given = {name: spec.get("default", "") for name, spec in ACTION["inputs"].items()} | inputs
    filled = {
        key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for key, value in step["env"].items()
    }
    environment = {
        **os.environ,
        **filled,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTEST_ADDOPTS": "-p gradconform.harness.plugin",
        "GITHUB_ACTION_PATH": str(GITHUB / "actions/conform"),
        "GITHUB_STEP_SUMMARY": str(folder / "shown.md"),
        "RUNNER_TEMP": str(folder / "temp"),
    }
    return subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def is_wrapped(printed):
    """What engines print lies between two lines, which only the step knows, and so gives no command."""
    first, *_, last = printed.splitlines()
    return first.startswith("::stop-commands::") and last == f"::{first.split('::')[2]}::"


SAID = "::error::I am a command"
FOUND = [outcome(F, 2.0), outcome(P, case="f/b"), outcome(P, case="f/c", engine=SAID)]
# A student may end commands to begin them anew, and leave the last line open.
HOSTILE = f"""
import os
from gradconform.engines import scalar

os.write(1, b"::stop-commands::guess\\n::guess::\\n{SAID}")


class Hostile(scalar.Scalar):
    pass
"""
# A case that passes although a failure is expected fails its test, at no cost.
XFAILS = '[[xfail]]\ncase = "lecture/neuron_with_sigmoid"\nreason = "to be mended"\n'


@pytest.mark.long(10)
def test_the_steps_run_the_cases_and_show_the_summary(tmp_path):
    """A failure that the report of the base branch may have does not fail the step."""
    (tmp_path / "known.toml").write_text(XFAILS)
    (tmp_path / "hostile.py").write_text(HOSTILE)
    written(tmp_path / "temp" / "base", FOUND)
    inputs = {
        "engine": "hostile.py:Hostile",
        "cases": "lecture/*\nmatmul/*\n",
        "tags": "core\n",
        "workers": "0",
        "out": "report of mine",
        "xfails-file": "known.toml",
        "fail-on": "regression",
    }
    done = run_step("Test", tmp_path, **inputs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"1 failed, 2 passed, \d+ unsupported", done.stdout)
    assert (tmp_path / "report of mine" / "junit.xml").is_file()
    assert SAID in done.stdout
    assert is_wrapped(done.stdout)
    run_step("Summary", tmp_path, **inputs)
    assert "# Conformance with PyTorch" in (tmp_path / "shown.md").read_text()


@pytest.mark.parametrize(
    ("fail_on", "base", "code", "said"),
    [
        ("failure", FOUND[1:], 0, "### gradconform: no regression"),
        ("regression", [outcome(P), *FOUND[1:]], 1, "### gradconform: 1 regression\n"),
        ("regression", FOUND, 0, "### gradconform: no regression"),
        ("failure", [outcome(P), *FOUND[1:]], 0, "### gradconform: 1 regression\n"),
        ("regression", None, 0, ""),
    ],
)
def test_a_run_is_compared_with_that_of_the_base_branch(tmp_path, fail_on, base, code, said):
    written(tmp_path / "conformance", FOUND)
    if base is not None:
        written(tmp_path / "temp" / "base", base)
    done = run_step("Compare", tmp_path, **{"engine": "mine", "fail-on": fail_on})
    assert done.returncode == code, done.stderr
    shown = tmp_path / "shown.md"
    assert (shown.read_text() if shown.exists() else "").startswith(said)
    assert is_wrapped(done.stdout) if said else done.stdout == ""
