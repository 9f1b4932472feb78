"""The plugin as an engine author meets it: in a project of theirs, with files of theirs."""

import json
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ElementTree

# Imported here, because a pytest inside pytest forgets what it imported.
import pandas as pd
import pytest
import torch  # noqa: F401
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.tolerance import BOUNDS
from gradconform.harness.cli.case_options import TOLERANCES
from gradconform.harness.isolation.limits import LONGEST
from gradconform.harness.isolation.options import WALLS
from gradconform.harness.plugin import options
from gradconform.harness.report.frame import read_results
from gradconform.harness.run.alone import alone_in
from gradconform.harness.run.report_folder import named_folder
from gradconform.harness.tests.small_engines import VALUE

WRONGLY = """
from gradconform.engines.scalar import Scalar


class Wrongly(Scalar):
    name = "wrongly"

    def grad(self, node):
        found = super().grad(node)
        return None if found is None else found + 1
"""
NEURON = "lecture/neuron_with_sigmoid"
LECTURE = [case.id for case in catalogue() if case.family == "lecture"]


@pytest.fixture
def project(pytester):
    """A project with an engine that is wrong, and a test of its own that passes."""
    pytester.makepyfile(wrongly=WRONGLY, test_own="def test_something(): pass")
    return pytester


@pytest.fixture
def run(project):
    """pytest with the plugin in this process."""

    def inner(*arguments):
        return project.runpytest_inprocess("-p", "gradconform.harness.plugin", *arguments)

    return inner


def ids(result):
    return [line for line in result.outlines if line.startswith(("gradconform::", "test_own"))]


def lecture(engine):
    return [f"gradconform::{engine}-{case}" for case in LECTURE]


def test_one_test_per_case_and_engine_beside_the_tests_of_the_project(run):
    arguments = ("--engine", "scalar", "--engine", "wrongly.py", "--conform-cases", "lecture/*")
    result = run(*arguments, "--collect-only", "-q")
    assert ids(result) == [
        "test_own.py::test_something",
        *lecture("scalar"),
        *lecture("wrongly"),
    ]
    result = run(*arguments, "-q")
    result.assert_outcomes(passed=1 + len(LECTURE), failed=len(LECTURE))


def test_a_file_can_be_named_as_well(run):
    arguments = ("--engine", "scalar", "--conform-cases", NEURON)
    run(*arguments, "test_own.py").assert_outcomes(passed=2)


def modules_of(tmp_path, *arguments):
    """What pytest in a fresh process has imported at its end."""
    code = (
        "import sys, pytest; "
        f"code = pytest.main(['-p', 'gradconform.harness.plugin', '-q', *{arguments!r}]); "
        "print(int(code), *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    code, *modules = done.stdout.splitlines()[-1].split()
    return int(code), set(modules), done.stdout


def test_without_an_engine_nothing_is_collected_and_nothing_slow_imported(tmp_path):
    code, modules, _ = modules_of(tmp_path)
    assert code == pytest.ExitCode.NO_TESTS_COLLECTED
    ours = {name for name in modules if name.startswith("gradconform")}
    assert ours == {
        "gradconform",
        "gradconform.harness",
        "gradconform.harness.plugin",
        "gradconform.harness.plugin.option_values",
        "gradconform.harness.plugin.options",
    }
    assert modules.isdisjoint({"torch", "numpy", "pandas", "rich", "click"})


def test_collecting_does_not_import_torch(tmp_path):
    code, modules, said = modules_of(tmp_path, "--engine", "torch", "--collect-only")
    assert code == 0
    assert f"{len(catalogue())} tests collected" in said
    assert modules.isdisjoint({"torch", "pandas"})


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([f"gradconform::scalar-{NEURON}"], [f"gradconform::scalar-{NEURON}"]),
        (["gradconform::scalar-ties/relu_at_a_tie"], None),
        (["-k", "lecture and neuron_with_s"], [f"gradconform::scalar-{NEURON}"]),
        (["-m", "lecture", "gradconform"], lecture("scalar")),
        (["gradconform", "--deselect", f"gradconform::scalar-{NEURON}"], None),
    ],
)
def test_tests_are_selected_as_any_other(run, arguments, expected):
    result = run("--engine", "scalar", "--collect-only", "-q", *arguments)
    if expected is None:
        assert f"gradconform::scalar-{NEURON}" not in ids(result)
    else:
        assert ids(result) == expected


def test_an_id_without_brackets_names_every_variant(run):
    case = next(c for c in catalogue() if c.id.endswith("]"))
    bare = case.id.partition("[")[0]
    result = run("--engine", "scalar", "--collect-only", "-q", f"gradconform::scalar-{bare}")
    variants = [c.id for c in catalogue() if c.id.partition("[")[0] == bare]
    assert ids(result) == [f"gradconform::scalar-{id}" for id in variants]
    result = run("--engine", "scalar", "--collect-only", "-q", f"gradconform::scalar-{case.id}")
    assert ids(result) == [f"gradconform::scalar-{case.id}"]


def test_naming_a_single_test_of_a_file_leaves_the_cases_out(run):
    result = run("--engine", "scalar", "test_own.py::test_something")
    result.assert_outcomes(passed=1)


def test_tags_families_and_levels_are_registered_markers(run):
    shown = run("--markers").outlines
    for marker in ("conform", "core", "torch", "kinks", "kink", "tie", "lecture"):
        assert any(line.startswith(f"@pytest.mark.{marker}: ") for line in shown)
    result = run("--engine", "scalar", "--strict-markers", "-m", "kink and kinks", "-q", "--co")
    kinks = [c.id for c in catalogue() if c.family == "kinks" and "kink" in c.tags]
    assert ids(result) == [f"gradconform::scalar-{id}" for id in kinks]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "nmpy"], "there is no engine 'nmpy'; did you mean numpy"),
        (["--engine", "wrong.py"], "there is no file or folder wrong.py"),
        (
            ["--engine", "test_own.py"],
            "has no engine: it defines functions (test_something) and no class",
        ),
        (["--conform-cases", "kinks/*"], "--conform-cases needs an engine: --engine NAME_OR_PATH"),
        (["--engine", "scalar", "--conform-cases", "kinky/*"], "did you mean kinks/*"),
        (["--engine", "scalar", "--conform-tag", "kin"], "no case has the tag 'kin'"),
        (["--engine", "scalar", "gradconform::scalar-kinks/x"], "not found: gradconform::scalar-"),
        (["--engine", "scalar", "--xfails-file", "none.toml"], "none.toml cannot be read"),
        (
            ["--engine", "scalar", "--conform-timeout", "9"],
            "process that can be ended: --isolation",
        ),
        (
            ["--engine", "scalar", "--conform-timeout-total", "long"],
            "seconds from 0.1 to 86400 were",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run, arguments, said):
    result = run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = "\n".join([*result.errlines, *result.outlines])
    assert said in text
    assert "Traceback" not in text


def test_what_an_engine_lacks_is_counted_apart_with_its_reason(run):
    cases = ("--conform-cases", "lecture/*", "--conform-cases", "matmul/*")
    result = run("--engine", "scalar", *cases, "-rs", "gradconform")
    count = sum(case.family == "matmul" for case in catalogue())
    result.stdout.fnmatch_lines(["UNSUPPORTED*scalar: tensors", f"*3 passed, {count} unsupported*"])
    assert "skipped" not in result.outlines[-1]


FEW = """
from gradconform.engines.scalar import Scalar


class Few(Scalar):
    name = "few"

    def method(self, op, node):
        return None if op.name == "exp" else super().method(op, node)
"""


def test_what_was_asked_for_and_is_missing_fails(run, project):
    project.makepyfile(few=FEW)
    chosen = ("--conform-set", "lecture", "--conform-cases", "lecture/*")
    result = run("--engine", "few.py", *chosen, "--conform-out", "r", "gradconform")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "few on lecture/*: missing",
            "what the engine lacks: exp",
            "few  core 1/3 33.3% (2 missing)*",
        ]
    )
    counts = pd.read_csv(project.path / "r" / "summary.csv").set_index("family")
    assert list(counts.loc["all", ["ran", "passed", "missing"]]) == [1, 1, 2]


def test_a_failure_stands_alone_and_its_reproduction_fails_the_same_way(run, monkeypatch):
    result = run("--engine", "wrongly.py", f"gradconform::wrongly-{NEURON}")
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    said = "> w0.grad: w0.grad is 0.803388067, torch says -0.196611933"
    for part in ("program\n", "w0 = 2  (float64)", said, "first wrong node", "|got - expected|"):
        assert part in text
    assert "runtest" not in text
    assert "Traceback" not in text
    assert f"FAILED gradconform::wrongly-{NEURON} - w0.grad is" in text
    told = text.partition("\nreproduce\n")[2]
    assert f"pytest --engine wrongly.py 'gradconform::wrongly-{NEURON}'" in told
    python = told[told.index("    # torch alone") : told.index("\n===")]
    with pytest.raises(AssertionError) as again:
        exec(textwrap.dedent(python), {"__name__": "__main__"})
    assert said in str(again.value)


def test_last_failed_and_exit_first_behave(run):
    arguments = ("--engine", "scalar", "--engine", "wrongly.py", "--conform-cases", "lecture/*")
    run(*arguments).assert_outcomes(passed=1 + len(LECTURE), failed=len(LECTURE))
    assert ids(run(*arguments, "--lf", "--collect-only", "-q")) == lecture("wrongly")
    run(*arguments, "-x").assert_outcomes(passed=1 + len(LECTURE), failed=1)


def test_expected_failures_are_strict_xfails(run, project):
    entry = '[[xfail]]\ncase = "{}"\nreason = "one too large"\n'
    (project.path / "wrongly.xfails.toml").write_text(entry.format(NEURON))
    named = ("--engine", "wrongly.py", f"gradconform::wrongly-{NEURON}")
    result = run(*named, "-rx", "--conform-out", "out")
    result.assert_outcomes(xfailed=1)
    result.stdout.fnmatch_lines([f"XFAIL gradconform::wrongly-{NEURON} - one too large"])
    counts = pd.read_csv(project.path / "out" / "summary.csv").set_index("family").loc["all"]
    assert (counts["passed"], counts["xfailed"]) == (0, 1)
    result.stdout.fnmatch_lines(
        ["*wrongly: the expected failures are those in wrongly.xfails.toml"]
    )
    described = json.loads((project.path / "out" / "run.json").read_text())
    assert described["xfails"] == {"wrongly": "wrongly.xfails.toml"}
    run(*named, "--runxfail").assert_outcomes(failed=1)

    (project.path / "all.toml").write_text(entry.format("lecture/*") + entry.format("matmul/*"))
    cases = ("--conform-cases", NEURON)
    result = run("--engine", "scalar", "--xfails-file", "all.toml", *cases, "gradconform")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["[[]XPASS(strict)[]]*remove 'lecture/*' from *all.toml"])


def test_a_file_beside_an_isolated_engine_is_not_used_and_that_is_said(run, project):
    wrong = VALUE.replace("self.grad = 1.0", "self.grad = 2.0")
    project.makepyfile(student=wrong)
    case = "arithmetic/product_plus_leaf"
    entry = f'[[xfail]]\ncase = "{case}"\nreason = "not my fault"\n'
    (project.path / "student.xfails.toml").write_text(entry)
    named = ("--engine", "student.py", f"gradconform::student-{case}")
    run(*named).assert_outcomes(xfailed=1)
    result = run(*named, "--isolation", "auto")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*student: student.xfails.toml is not used; *"])


def test_what_is_expected_and_unsupported_stays_unsupported(run, project):
    (project.path / "all.txt").write_text("matmul/*  # no tensors\n")
    cases = ("--conform-cases", "matmul/*", "gradconform")
    result = run("--engine", "scalar", "--xfails-file", "all.txt", *cases)
    assert result.parseoutcomes().keys() == {"unsupported"}


def test_junit_carries_verdict_reason_and_errors(run, project):
    cases = ("--conform-cases", NEURON, "gradconform")
    run("--engine", "scalar", "--engine", "wrongly.py", *cases, "--junitxml", "junit.xml")
    tests = ElementTree.parse(project.path / "junit.xml").iter("testcase")
    found = {
        test.get("name"): {one.get("name"): one.get("value") for one in test.iter("property")}
        for test in tests
    }
    assert found[f"scalar-{NEURON}"]["verdict"] == "pass"
    wrong = found[f"wrongly-{NEURON}"]
    assert (wrong["verdict"], wrong["reason"]) == ("fail", "gradient")
    assert float(wrong["max_abs"]) == pytest.approx(1.0)
    assert "torch says" in wrong["message"]


def test_the_ini_file_says_the_same_as_the_command_line(run, project):
    written = """
        [pytest]
        engine = torch wrongly.py
        conform_cases = lecture/*
        conform_tag = scalar
        conform_seed = 3
        conform_dtype = float64
        conform_out = out
        isolation = none
        xfails_file = known.toml
        """
    project.makeini(written)
    (project.path / "known.toml").write_text('[[xfail]]\ncase = "lecture/*"\nreason = "known"\n')
    run().assert_outcomes(passed=1 + len(LECTURE), xfailed=len(LECTURE))
    table = pd.read_csv(project.path / "out" / "results.csv")
    assert set(table["seed"]) == {3}
    run("--conform-cases", NEURON, "--engine", "torch").assert_outcomes(passed=2)
    assert len(set(pd.read_csv(project.path / "out" / "results.csv")["case"])) == 1


def test_an_engine_of_the_ini_file_waits_while_files_are_named(run, project):
    project.makeini(f"[pytest]\nengine = scalar\nconform_cases = {NEURON}\n")
    result = run("test_own.py")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["gradconform: scalar of the ini file not run, because files were*"]
    )
    run(str(project.mkdir("inner"))).assert_outcomes(passed=1)
    run("test_own.py", "--engine", "scalar").assert_outcomes(passed=2)


def test_every_option_has_an_ini_twin_and_help(run):
    shown = run("--help").stdout.str()
    for option in options.OPTIONS:
        assert f"  {option.flag}" in shown
        assert f"(as {option.flag})" in " ".join(shown.split())
    assert options.WALLS == WALLS
    assert options.LONGEST == LONGEST
    assert list(options.TOLERANCES) == list(TOLERANCES) == list(BOUNDS)


def test_a_report_is_written_once_in_the_order_of_the_catalogue(run, project):
    result = run("--engine", "wrongly.py", "--engine", "scalar", "-m", "lecture")
    (folder,) = (project.path / "reports").iterdir()
    assert {path.name for path in folder.iterdir()} == {
        "results.jsonl", "results.csv", "summary.csv", "summary.md", "report.html", "run.json"
    }  # fmt: skip
    result.stdout.fnmatch_lines(["wrongly*core 0/*", "scalar*core 3/3*", f"{folder}/summary.md"])
    table = read_results(folder)
    asked = table[["engine", "case"]].drop_duplicates().to_numpy().tolist()
    assert asked == [[engine, case] for engine in ("wrongly", "scalar") for case in LECTURE]
    told = json.loads((folder / "run.json").read_text())
    assert told["command"][0] == "pytest"
    assert [engine["name"] for engine in told["engines"]] == ["wrongly", "scalar"]
    assert told["finished"] == 2 * len(LECTURE)


DEADLY = """
import os


class Value:
    def __init__(self, data, children=()):
        self.data, self.grad, self.children = data, 0.0, children

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, exponent):
        os._exit(3)

    def backward(self, upstream=1.0):
        self.grad += upstream
        for child, derivative in self.children:
            child.backward(upstream * derivative)
"""


def test_behind_walls_an_engine_that_kills_its_process_fails_its_case_and_no_other(run, project):
    project.makepyfile(deadly=DEADLY)
    names = ("product_with_itself", "power_with_itself", "sum_of_a_sum_with_itself")
    cases = [f"gradconform::deadly-accumulation/{name}" for name in names]
    times = ("--conform-timeout", "20", "--conform-timeout-total", "30.5", "--conform-out", "r")
    result = run("--engine", "deadly.py", "--isolation", "auto", *cases, *times, "-v", "--tb=line")
    result.stdout.fnmatch_lines(
        [f"{cases[0]} PASSED*", f"{cases[1]} FAILED*", f"{cases[2]} PASSED*"]
    )
    result.stdout.fnmatch_lines([f"FAILED {cases[1]} - the process*"])
    limits = json.loads((project.path / "r" / "run.json").read_text())["limits"]
    assert limits == {"timeout": 20, "timeout_total": 30.5, "memory": 1024}


COUNTING = """
import gc
import sys

from gradconform.harness.judge.outcome import Outcome


def pytest_sessionfinish():
    gc.collect()
    print(f"\\n{sum(type(each) is Outcome for each in gc.get_objects())} outcomes in memory")
    print("pandas was imported:", "pandas" in sys.modules)
"""


def test_the_outcomes_of_a_test_are_forgotten_once_they_are_written_without_pandas(project):
    """pytest keeps all tests to the end, and an outcome holds arrays, which may be large."""
    project.makeconftest(COUNTING)
    arguments = ("--engine", "scalar", "--conform-cases", "lecture/*", "-s")
    result = project.runpytest_subprocess("-p", "gradconform.harness.plugin", *arguments)
    result.stdout.fnmatch_lines(["0 outcomes in memory", "pandas was imported: False"])


def test_a_folder_to_which_another_session_writes_is_refused(run, project):
    folder = named_folder(project.path / "out")
    arguments = ("--engine", "scalar", "--conform-cases", "lecture/*", "--conform-out", "out")
    with alone_in(folder):
        result = run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: another run writes to {folder} at this moment; name *"])
    assert run(*arguments).ret == 0
    assert "summary.md" in {path.name for path in folder.iterdir()}
    assert not list(folder.glob(".*"))


def test_a_folder_that_cannot_be_written_to_is_said_without_a_traceback(run, project):
    project.makefile(".txt", taken="a file")
    arguments = (
        "--engine",
        "scalar",
        "--conform-cases",
        "lecture/*",
        "--conform-out",
        "taken.txt/out",
    )
    result = run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *taken.txt/out cannot be written: Not a directory"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
