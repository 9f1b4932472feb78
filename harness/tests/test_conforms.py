"""`assert_conforms` in somebody's own test file, and what a failure says."""

import operator
import subprocess
import sys
import textwrap

import pytest
import torch
from gradconform.engines.scalar import Scalar
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.diagnose.failure import failure_text
from gradconform.harness.diagnose.python_source import function_source
from gradconform.harness.diagnose.reproduce import Subject
from gradconform.harness.diagnose.torch_source import torch_source
from gradconform.harness.errors import EngineError, NothingSelected, UsageError
from gradconform.harness.judge.outcome import CaseRun, Outcome, Verdict
from gradconform.harness.program.op_table import TABLE
from gradconform.harness.program.serialize import digest
from gradconform.harness.program.torch_writer import named_in_torch
from gradconform.harness.run.expected_failures import Xfail, Xfails
from gradconform.harness.run.runner import Result, run_case

from gradconform import assert_conforms, trace

FORGETFUL = """
from gradconform.engines.scalar import Scalar


class Forgetful(Scalar):
    name = "forgetful"

    def backward(self, root, cotangent, retain_graph):
        pass

    def grad(self, node):
        return 0.5
"""


class Forgetful(Scalar):
    name = "forgetful"

    def grad(self, node):
        return 0.5


def test_it_returns_the_results_of_the_cases():
    results = assert_conforms(Scalar, "lecture/*")
    assert [result.case.id for result in results] == [
        case.id for case in catalogue() if case.family == "lecture"
    ]
    assert {result.verdict for result in results} == {Verdict.PASS}


@pytest.mark.parametrize("engine", ["scalar", Scalar, Scalar()])
def test_a_name_a_class_and_an_instance_are_the_same(engine):
    (result,) = assert_conforms(engine, "lecture/neuron_with_sigmoid", dtype="float64")
    assert result.outcomes[0].case_run.engine == "scalar"


def test_a_failure_tells_all_of_the_first_and_names_the_rest():
    with pytest.raises(AssertionError) as caught:
        assert_conforms(Forgetful, ["reflected/*", "lecture/*"], tags="scalar")
    text = str(caught.value)
    assert " cases fail" in text.partition("\n")[0]
    assert text.count("\nreproduce\n") == 5
    assert "more:\n" in text
    assert "from harness.tests.test_conforms import Forgetful" in text


def test_nothing_to_run_is_an_error():
    with pytest.raises(NothingSelected, match="no case matches 'lectures/"):
        assert_conforms(Scalar, "lectures/*")
    with pytest.raises(NothingSelected, match=r"supports none of the .* cases; the first lacks"):
        assert_conforms(Scalar, "matmul/*")


def test_what_is_no_engine_is_said():
    with pytest.raises(EngineError, match=r"an adapter is a subclass of gradconform.EagerEngine"):
        assert_conforms(dict, "lecture/*")
    with pytest.raises(UsageError, match="dtype is one of"):
        assert_conforms(Scalar, "lecture/*", dtype="f8")
    with pytest.raises(UsageError, match="isolation is one of"):
        assert_conforms(Scalar, "lecture/*", isolation="walls")


def test_a_case_of_ones_own_is_enough():
    mine = Catalogue()

    @mine.case(x=2.0)
    def twice(x):
        """2 x"""
        return x + x

    (result,) = assert_conforms(Scalar, mine)
    assert result.case.id == "test_conforms/twice"
    with pytest.raises(AssertionError, match=r"x.grad is 0.5, torch says 2"):
        assert_conforms(Forgetful, mine)


def failure(engine, case):
    reference = Reference()
    result = run_case(catalogue()[case], engine, reference, 0, "float64")
    return failure_text(result, reference, Subject.of(engine, None))


def test_a_failure_stands_alone():
    text = failure(Forgetful(), "lecture/neuron_with_sigmoid")
    for said in (
        "forgetful on lecture/neuron_with_sigmoid: fail, gradient",
        "%5 = %0 * %1",
        "w0 = 2  (float64)",
        "> w0.grad: w0.grad is 0.5, torch says -0.1966",
        "got      0.5",
        "|got - expected| <= 1e-12 + 1e-12 * |expected|, float64",
        "first wrong node",
        "the gradient of %9: expected 1, got 0.5",
    ):
        assert said in text


FAMILIES = ("accumulation", "empty", "errors", "higher_order", "joining", "lifecycle", "training")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_program_written_out_traces_to_itself(family):
    cases = [case for case in catalogue() if case.family == family]
    for case in cases:
        if len(case.program.steps) < 500:
            assert function_source(case.program, "again", case.title) is not None, case.id


@pytest.mark.parametrize("family", ["accumulation", "higher_order", "joining", "losses", "matmul"])
def test_a_program_written_out_for_torch_prints_what_torch_says(family):
    reference = Reference()
    for case in catalogue():
        if case.family == family and len(case.program.steps) < 500:
            assert torch_source(case.instance(0, "float64"), reference) is not None, case.id


def test_each_op_is_where_the_lines_of_torch_look_for_it():
    for op in TABLE.values():
        if not op.operator:
            operator.attrgetter(named_in_torch(op))(torch)
    assert named_in_torch(TABLE["exp"]) == "Tensor.exp"
    assert named_in_torch(TABLE["gelu"]) == "nn.functional.gelu"
    assert named_in_torch(TABLE["where"]) == "where"


def test_a_written_function_is_readable_and_the_same_program():
    case = catalogue()["accumulation/backward_twice_on_one_graph"]
    written = function_source(case.program, "again", "twice")
    scope = {"trace": trace}
    exec(written, scope)
    assert digest(trace.traced(scope["again"], {"x": True}), {}) == digest(case.program, {})
    assert "trace.backward(v2, retain_graph=True)" in written


def reproduction(case, folder):
    """The text of a failing case, and the Python in it."""
    (folder / "forgetful.py").write_text(FORGETFUL)
    with pytest.raises(AssertionError) as caught:
        assert_conforms("forgetful.py:Forgetful", case)
    text = str(caught.value)
    return text, textwrap.dedent(text.partition("\nreproduce\n")[2])


def readings(text):
    return [line for line in text.splitlines() if line.startswith("  > ") and ":" in line]


@pytest.mark.parametrize(
    "case",
    [
        "accumulation/two_losses_share_a_node",
        "graphs/chain_of_sums[1000]",
        "nonfinite/power_of_nan[0]",
        "training/moons_on_scalars[momentum]",
    ],
)
def test_a_reproduction_fails_the_same_way(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text, python = reproduction(case, tmp_path)
    with pytest.raises(AssertionError) as again:
        exec(python, {"__name__": "__main__"})
    assert readings(text)
    assert readings(str(again.value)) == readings(text)


def test_a_reproduction_can_be_pasted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text, python = reproduction("lecture/neuron_with_sigmoid", tmp_path)
    done = subprocess.run([sys.executable, "-"], input=python, capture_output=True, text=True)
    assert done.returncode == 1
    assert readings(done.stderr) == readings(text)
    assert "w0.grad tensor(-0.19661193" in done.stdout


def test_a_mistake_of_the_harness_is_never_expected():
    case = catalogue()["lecture/neuron_with_sigmoid"]
    ran = CaseRun("mine", "lecture", "core", case.id)
    outcome = Outcome(ran, None, Verdict.HARNESS_ERROR, message="oh")
    result = Result(case, Scalar(), [outcome])
    expected = Xfails(None, (Xfail(case.id, "known"),))
    assert expected.apply(result) is result
    text = failure_text(result, Reference(), None)
    assert "oh" in text
    assert "a mistake in gradconform" in text
