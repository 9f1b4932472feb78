"""An engine that cannot be used is left out. The run goes on, and every report names the engine."""

import json
import os
import resource
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.errors import EngineError, MachineError
from gradconform.harness.isolation.parent import machine, walls
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.isolation.hostile_texts import HONEST
from gradconform.harness.tests.small_engines import VALUE

SOME = ("--cases", "accumulation/*", "--tag", "scalar", "--tag", "core")


@pytest.fixture
def run(command):
    """Run some scalar cases on these engines; the report is the folder `r`."""
    return lambda *arguments: command("run", *arguments, *SOME, "--out", "r")


def described():
    return json.loads(Path("r/run.json").read_text())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "mine.py has no engine: no class is defined in it"),
        ("raise RuntimeError('no')", "mine.py, line 1: RuntimeError: no"),
        ("import nonexistent_package", "not importable here and made inert: nonexistent_package"),
        ("def f(:", "mine.py, line 1: SyntaxError"),
    ],
)
def test_an_engine_that_cannot_be_made_is_explained_in_a_report(command, text, said):
    Path("mine.py").write_text(text)
    code, out, err = command("run", "mine.py", "--cases", "lecture/*", "--out", "r")
    assert code == 1
    assert err.startswith("left out mine.py: mine")
    assert "mine.py has no engine" in err
    assert said in err
    assert "Traceback" not in err
    assert "-v shows" not in err
    (row,) = pd.read_csv("r/summary.csv").to_dict("records")
    assert (row["engine"], row["cases"], row["ran"]) == ("mine", 3, 0)
    assert said in row["reason"]
    assert said in Path("r/summary.md").read_text().replace("\\", "")
    (left_out,) = json.loads(Path("r/run.json").read_text())["left_out"]
    assert left_out["spec"] == "mine.py"
    assert "r/summary.csv" in out
    # The student repairs the file, and the grader runs it again with the same report folder.
    Path("mine.py").write_bytes(HONEST)
    assert command("run", "mine.py", "--cases", "lecture/*", "--out", "r")[0] == 0


def test_an_engine_that_cannot_be_loaded_is_left_out_and_named_everywhere(run):
    for folder, text in {"ada": VALUE, "bob": "class Value(:", "eve": VALUE}.items():
        Path(folder).mkdir()
        Path(folder, "engine.py").write_text(text)
    code, out, err = run("ada/engine.py", "bob/engine.py", "eve/engine.py", "essay.docx", "-q")
    assert code == 1
    assert out == ""
    # Which one is known first depends on the worker processes.
    broken, absent = sorted(err.splitlines())
    assert absent.startswith("left out essay.docx: there is no ")
    assert broken.startswith("left out bob/engine.py: engine.py has no engine: ")
    assert "SyntaxError" in broken
    assert [engine["name"] for engine in described()["engines"]] == ["ada/engine", "eve/engine"]
    assert [(e["name"], e["spec"]) for e in described()["left_out"]] == [
        ("bob/engine", "bob/engine.py"),
        ("essay", "essay.docx"),
    ]
    summary = pd.read_csv("r/summary.csv", keep_default_na=False).set_index(["engine", "family"])
    row = summary.loc[("bob/engine", "all")]
    assert (row["cases"], row["ran"]) == (summary.loc[("ada/engine", "all"), "cases"], 0)
    assert "SyntaxError" in row["reason"]
    assert "- left out **bob/engine.py**: " in Path("r/summary.md").read_text()


def test_json_says_what_was_found_and_who_was_left_out(run):
    Path("student.py").write_text("import torch\n" + VALUE)
    Path("broken.py").write_text("x = 1")
    code, out, _ = run("student.py", "broken.py", "--json", "-q")
    document = json.loads(out)
    assert code == 1
    (engine,) = document["engines"]
    assert engine["found"].startswith("class Value, line ")
    assert engine["notes"] == ["not importable here and made inert: torch"]
    assert engine["wall"] == walls.strongest().shown
    (left_out,) = document["left_out"]
    assert left_out["spec"] == "broken.py"
    assert "no class is defined in it" in left_out["reason"]
    assert document["summary"][-1]["engine"] == "broken"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("micrograd.engine:Vale", "micrograd has no class Vale; it has "),
        ("micrograd.motor:Value", "No module named 'micrograd.motor'"),
    ],
)
def test_what_a_package_does_not_have_is_wrong_usage_and_leaves_no_folder(run, spec, said):
    code, _, err = run(spec)
    assert code == 4
    assert err.startswith("gradconform: micrograd")
    assert said in err
    assert err.count("\n") == 1
    assert not Path("r").exists()


def test_a_class_that_is_not_there_leaves_its_file_out_among_others(run):
    Path("mine.py").write_text(VALUE)
    Path("broken.py").write_text("import nothing_of_the_kind\nnothing_of_the_kind.no(")
    assert run("mine.py:Valu")[0] == 4
    assert run("mine.py:Valu", "mine.py:Vale")[0] == 4
    assert not Path("r").exists()
    # The file itself is wrong, and not the name of the class.
    code, _, err = run("mine.py:Valu", "broken.py:Value")
    assert code == 1
    assert "left out mine.py:Valu: mine.py has no class Valu; it has Value" in err
    assert {each["spec"] for each in described()["left_out"]} == {"mine.py:Valu", "broken.py:Value"}


@pytest.mark.parametrize("names", [["broken.py", "mine.py"], ["mine.py", "broken.py"]])
def test_what_one_expects_of_itself_does_not_depend_on_who_is_left_out(run, names):
    Path("broken.py").write_text("x = 1")
    Path("mine.py").write_text(VALUE.replace("self.data * other.data, (", "self.data, ("))
    expected = '[[xfail]]\ncase = "accumulation/*"\nreason = "mine"\n'
    Path("mine.xfails.toml").write_text(expected)
    run(*names)
    rows = pd.read_csv("r/summary.csv").set_index(["engine", "family"])
    assert rows.loc[("mine", "all"), "failed"] > 0
    assert rows.loc[("mine", "all"), "xfailed"] == 0


def test_engines_lists_harmless_names(command):
    Path("\x1b[5mbroken.py").write_text("x = 1")
    code, out, _ = command("engines", "\x1b[5mbroken.py")
    assert code == 1
    assert "\x1b" not in out


def test_bench_says_who_is_left_out(command):
    Path("broken.py").write_text("x = 1")
    arguments = ("--cases", "bench/depth_of_numbers*", "--seconds", "0")
    code, _, err = command("bench", "broken.py", *arguments, "--out", "b")
    assert code == 1
    assert "left out broken.py: broken.py has no engine" in err


@contextmanager
def only(value, kind):
    """The machine grants this process and its children no more."""
    before = resource.getrlimit(kind)
    resource.setrlimit(kind, (value, before[1]))
    machine._in_order.clear()
    try:
        yield
    finally:
        resource.setrlimit(kind, before)


def test_what_the_machine_refuses_is_no_fault_of_an_engine(run):
    Path("mine.py").write_text(VALUE)
    Path("broken.py").write_text("x = 1")
    with only(1, resource.RLIMIT_NPROC):
        code, out, err = run("mine.py", "broken.py", "--json")
    assert code == 4
    assert err.count(": grader-error: this machine can run no engine now: ") == 2
    assert [each["status"] for each in json.loads(out)["left_out"]] == ["grader-error"] * 2
    assert [each["status"] for each in described()["left_out"]] == ["grader-error"] * 2
    reasons = pd.read_csv("r/summary.csv")["reason"]
    assert reasons.str.contains("grader-error: ").all()
    code, out, _ = run("mine.py", "broken.py", "--json")
    assert code == 1
    assert [each["status"] for each in json.loads(out)["left_out"]] == ["unusable"]


def test_a_machine_that_fails_in_the_middle_is_told_from_an_engine_that_fails(opened):
    engine, case = opened(VALUE), catalogue()["accumulation/sum_with_itself"]
    reference = Reference()
    assert run_case(case, engine, reference, 0, "float64").verdict == "pass"
    engine.close()
    # Three files more: enough for this process, and not for the pipes of a child. Their numbers
    # need not follow one another, so that they are asked for.
    free = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]
    for file in free:
        os.close(file)
    with only(max(free) + 1, resource.RLIMIT_NOFILE):
        (row,) = run_case(case, engine, reference, 0, "float64").outcomes
        with pytest.raises(MachineError, match="Too many open files"):
            opened(VALUE)
    assert row.verdict == "harness-error"
    assert row.message.startswith("engine: grader-error: this machine can run no engine now: Too ")
    assert run_case(case, engine, reference, 0, "float64").verdict == "pass"
    with pytest.raises(EngineError, match=r"no engine: no class is defined"):
        opened("x = 1", "other.py")


def test_a_file_that_imports_its_class_from_a_package_is_told_to_name_the_package(run):
    Path("src").mkdir()
    Path("src/mytensor.py").write_text(VALUE)
    Path("mine.py").write_text("from mytensor import Value\n")
    code, _, err = run("mine.py", "--path", "src")
    assert code == 1
    assert "Value comes from mytensor; name it as mytensor:Value" in err
