"""What was asked for and is missing counts; what cannot apply to an engine is not asked."""

import csv
import json
import re
from pathlib import Path

import pytest
from gradconform.engines.scalar import Scalar
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.selection import Selection
from gradconform.harness.engine.contract import named
from gradconform.harness.judge.outcome import PASSED, Reason, Verdict
from gradconform.harness.report.files import write_report
from gradconform.harness.report.missing import Lacks
from gradconform.harness.report.results_file import lines
from gradconform.harness.report.rows import Row
from gradconform.harness.report.score import headline
from gradconform.harness.run.report_folder import ReportFolder
from gradconform.harness.run.runner import run, run_case
from gradconform.harness.tests.adapt.templates import adapt
from gradconform.harness.tests.small_engines import VALUE

TUTORIAL = (Path(__file__).parents[2] / "grade/course/everybodys/tutorial.txt").read_text(
    encoding="utf-8"
)
RELU = """
    def relu(self):
        out = Value(max(0.0, self.data), (self,), 'ReLU')

        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out
"""
# The class of the tutorial, and relu, which its text asks for.
(CLASS,) = re.findall(r"^import math\n.*?^            node\._backward\(\)\n", TUTORIAL, re.S | re.M)
SOLUTION = CLASS + RELU
ADD, MUL = "self.grad += 1.0 * out.grad", "self.grad += other.data * out.grad"
TOPO = CLASS[
    CLASS.index("        # Topological sort") : CLASS.index("        # Initialize gradient")
]
MISTAKES = {
    "relu passes every gradient": ("(out.data > 0) * out.grad", "out.grad"),
    "a - b reversed": ("return self + (-other)", "return other + (-self)"),
    "no topological order": (TOPO, "        topo = every_node_as_met(self)\n"),
    "sigmoid wrong": ("local_grad = t * (1 - t)", "local_grad = 1 - t"),
    "exp wrong": ("self.grad += out.data * out.grad", "self.grad += self.data * out.grad"),
    "= for += in add": (ADD, ADD.replace("+=", "=")),
    "= for += in mul": (MUL, MUL.replace("+=", "=")),
    "factors swapped": (MUL, MUL.replace("other", "self")),
    "no seed": ("        self.grad = 1.0\n", ""),
    "order not reversed": ("in reversed(topo)", "in topo"),
    "relu not written": (RELU, ""),
}
AS_MET = """
def every_node_as_met(root):
    found, pending = [], [root]
    while pending:
        node = pending.pop()
        if node not in found:
            found.append(node)
            pending += node._prev
    return found[::-1]
"""


def with_mistake(name):
    before, after = MISTAKES[name]
    assert SOLUTION.count(before) == 1, name
    return SOLUTION.replace(before, after) + AS_MET


def total(folder, source, reference):
    """The row `all` of the summary of a class under the set of the tutorial."""
    engine = named(adapt(source)[0], "value")
    cases = Selection(sets=("tutorial",)).cases()
    with ReportFolder(folder, {}) as record:
        for number, result in enumerate(run(cases, [engine], reference)):
            record.append((0, number), lines(result.as_asked().outcomes))
    return write_report(folder).scores[-1]


def test_the_solution_of_the_tutorial_has_everything(tmp_path, reference):
    row = total(tmp_path, SOLUTION, reference)
    count = len(Selection(sets=("tutorial",)).cases())
    assert headline(row) == f"{count}/{count} 100.0%"
    assert row.pass_rate == 1.0


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_never_has_everything(tmp_path, name, reference):
    row = total(tmp_path, with_mistake(name), reference)
    shown = re.match(r"(\d+)/(\d+) ([\d.]+)%", headline(row))
    passed, counted = int(shown[1]), int(shown[2])
    assert passed < counted == row.counted
    assert float(shown[3]) == pytest.approx(100 * passed / counted, abs=0.051)
    assert (row.missing > 0) == (name == "relu not written")


def test_what_is_missing_is_told_to_the_end_or_visibly_cut():
    whole = "scipy.special.expit was used, and scipy is not importable here"
    told = [f"{whole} (--allow scipy)", "long " * 30]
    lacks = Lacks()
    lacks.add([Row(0, {"verdict": "missing", "message": message}) for message in told])
    said = lacks.missing().split(" (1 case)")
    assert said[0] == whole
    assert said[1].endswith("...")


def test_what_is_missing_shows_in_every_file_and_fails_the_run(command):
    Path("good.py").write_text(SOLUTION)
    Path("without.py").write_text(with_mistake("relu not written"))
    chosen = ("--set", "tutorial", "--cases", "activations/alone*", "--out", "r")
    code, out, err = command("run", "good.py", "without.py", *chosen)
    assert code == 1
    assert "5/5 100.0%" in out
    assert "2/5 40.0% (3 missing)" in out
    assert "gradconform: without: missing: relu (3 cases)" in err
    with open("r/summary.csv") as file:
        rows = {(row["engine"], row["family"]): row for row in csv.DictReader(file)}
    row = rows["without", "all"]
    assert [row[name] for name in ("applicable", "ran", "passed", "missing", "pass_rate")] == [
        *("5", "2", "2", "3", "0.4")
    ]
    assert row["reason"].endswith("missing: relu (3 cases)")
    found = [json.loads(line) for line in Path("r/results.jsonl").read_text().splitlines()]
    lacking = [row for row in found if row["verdict"] == "missing"]
    assert {(row["engine"], row["message"]) for row in lacking} == {("without", "relu")}
    assert len(lacking) == 3
    text = Path("r/summary.md").read_text()
    assert "## Missing" in text
    assert "- `activations/alone[relu_at_0.5]` (missing): relu" in text
    assert json.loads(Path("r/run.json").read_text())["selection"]["sets"] == ["tutorial"]


def test_a_solution_says_what_is_asked_for(command):
    Path("solution.py").write_text(VALUE)
    Path("without.py").write_text(VALUE.replace("def __mul__", "def scaled"))
    chosen = ("--cases", "arithmetic/of_two_leaves*", "--out", "r")
    code, out, err = command("run", "without.py", "--reference", "solution.py", *chosen)
    assert code == 1
    assert "1/2 50.0% (1 missing)" in out
    assert "reference solution │ class Value" in err
    assert json.loads(Path("r/run.json").read_text())["selection"]["reference"] == "solution.py"
    code, _, err = command("run", "without.py", "--reference", "absent.py")
    assert (code, "there is no file or folder absent.py" in err) == (4, True)


def test_a_case_with_arrays_does_not_apply_to_an_engine_of_numbers(tmp_path, reference):
    class Unasked(Scalar):
        name = "scalar"

        def run(self, program, inputs):
            raise AssertionError("it was asked")

    cases = catalogue().select(["matmul/of_vectors_and_matrices*"])
    results = [run_case(case, Unasked(), reference, 0, "float64") for case in cases]
    for result in results:
        (row,) = result.outcomes
        assert (row.verdict, row.reason) == (Verdict.UNSUPPORTED, Reason.ARRAYS)
        assert row.message == "tensors (it computes with numbers only)"
    assert results[0].as_asked().verdict is Verdict.MISSING
    scalar = run_case(catalogue()["lecture/neuron_with_sigmoid"], Scalar(), reference, 0, "float64")
    assert scalar.verdict in PASSED
    with ReportFolder(tmp_path, {}) as record:
        for number, result in enumerate([*results, scalar]):
            record.append((0, number), lines(result.outcomes))
    row = write_report(tmp_path).scores[-1]
    found = [row.cases, row.applicable, row.ran, row.unsupported]
    assert found == [len(cases) + 1, 1, 1, len(cases)]
    assert row.coverage == 1.0
    assert headline(row) == "1/1 100.0%"


@pytest.mark.parametrize("source", [VALUE, SOLUTION])
def test_a_class_of_numbers_is_known_as_one(source):
    assert not adapt(source)[0].info.arrays
