"""Adapters: how ops are called, what counts as unsupported, and real engines with real mistakes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.engine.builtin import load
from gradconform.harness.judge.outcome import Reason, Verdict
from gradconform.harness.program import Apply, Backward, Input, NoGrad, Program, Read, Ref
from gradconform.harness.program.arrays import Opaque
from gradconform.harness.program.transcript import Stop, default_cotangent
from gradconform.harness.run.runner import run_case

from gradconform import Array, EagerEngine, Unsupported

SEED = Path(__file__).parents[2] / "grade/course/everybodys/tutorial.txt"


def outcomes(engine, case_id, reference):
    result = run_case(catalogue()[case_id], engine, reference, 0, "float64")
    return {outcome.reading: outcome for outcome in result.outcomes}


def verdict(engine, case_id, reference):
    return run_case(catalogue()[case_id], engine, reference, 0, "float64").verdict


def failed(engine, reference, **selection):
    results = [
        run_case(case, engine, reference, 0, "float64") for case in catalogue().select(**selection)
    ]
    return {r.case.id for r in results if r.verdict not in (Verdict.PASS, Verdict.UNSUPPORTED)}


class ValueAdapter(EagerEngine):
    """The smallest adapter of a scalar engine whose class is `Value`."""

    name = "value"
    Value = None

    def leaf(self, array, requires_grad):
        return self.Value(array.item())

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        root.backward()


VECTOR = Array.of([1.0, 2.0])
READ_X = Program((Input("x"), Read("value", Ref(0))))


def test_a_tensor_is_unsupported_by_a_scalar_adapter():
    assert ValueAdapter().run(READ_X, {"x": VECTOR}).stop == Stop(
        "unsupported", 0, message="tensors (the input has shape (2,))"
    )


class Refusing(ValueAdapter):
    """Its leaf raises an error of the library's own, in the words of the harness."""

    def leaf(self, array, requires_grad):
        raise ValueError("one number was asked")


def test_an_error_of_the_library_stays_one_whatever_it_says():
    stop = Refusing().run(READ_X, {"x": VECTOR}).stop
    assert (stop.kind, stop.category) == ("raised", "value")


@pytest.fixture(scope="module")
def micrograd():
    from micrograd.engine import Value

    return type("Micrograd", (ValueAdapter,), {"Value": Value, "name": "micrograd"})()


@pytest.fixture(scope="module")
def tutorial():
    """The tutorial's own class, cut from its text: up to where the prose of part 2 begins."""
    source = SEED.read_text(encoding="utf-8")
    code = source[source.index("class Value:") : source.index("---\n\n## Part 2")]
    namespace = {"math": __import__("math")}
    exec(compile(code, "tutorial", "exec"), namespace)
    return type("Tutorial", (ValueAdapter,), {"Value": namespace["Value"], "name": "tutorial"})()


def test_the_tutorials_neuron_passes_in_its_own_spelling(tutorial, reference):
    rows = outcomes(tutorial, "lecture/neuron_in_the_tutorials_spelling", reference)
    assert set(rows) == {"result", "w0.grad", "x0.grad", "w1.grad", "x1.grad", "w2.grad"}
    assert {row.verdict for row in rows.values()} == {Verdict.PASS}


@pytest.mark.parametrize(
    ("expression", "missing"),
    [
        (lambda x: 1 + x, "number + engine value"),
        (lambda x: 2.0 - x, "number - engine value"),
        (lambda x: 1 / x, "number / engine value"),
        (lambda x: x.relu(), "relu"),
    ],
)
def test_what_the_tutorial_lacks_is_unsupported(tutorial, reference, expression, missing):
    own = Catalogue()
    expression.__doc__ = "One expression"
    own.case(x=0.5)(expression)
    (row,) = run_case(next(iter(own)), tutorial, reference, 0, "float64").outcomes
    assert row.verdict is Verdict.UNSUPPORTED
    assert row.message.startswith(missing)


def test_the_tutorials_second_backward_is_wrong_and_says_why(tutorial, reference):
    rows = outcomes(tutorial, "accumulation/backward_twice_on_one_graph", reference)
    row = rows["x.grad"]
    assert (row.verdict, row.reason) == (Verdict.FAIL, Reason.STATE)
    assert row.message.startswith("x.grad is 36, torch says 24 (off by 12, ")
    assert "inner" in row.message


def test_the_tutorials_overflow_and_depth_raise_with_advice(tutorial, reference):
    rows = outcomes(tutorial, "edges/function_overflows[exp_at_1000.0]", reference)
    (row,) = rows.values()
    assert row.reason is Reason.RAISED
    said, _, torchs = row.message.partition("; ")
    assert said == "exp(x) raised OverflowError: math range error (tutorial:71, in exp)"
    assert torchs.startswith("torch gives result = inf")
    assert "where IEEE arithmetic gives inf" in row.message
    (row,) = outcomes(tutorial, "graphs/chain_of_sums[5000]", reference).values()
    assert row.reason is Reason.RAISED
    assert "RecursionError" in row.message
    assert "explicit stack" in row.message


def test_micrograds_divergences_are_found(micrograd, reference):
    row = outcomes(micrograd, "accumulation/backward_twice_on_one_graph", reference)["x.grad"]
    assert (row.verdict, row.reason) == (Verdict.FAIL, Reason.STATE)
    assert (row.expected.data, row.actual.data) == ((24.0,), (36.0,))
    assert "RecursionError" in _message(micrograd, "graphs/chain_of_sums[5000]", reference)
    assert "ZeroDivisionError" in _message(micrograd, "edges/power_of_zero[-1]", reference)


def _message(engine, case_id, reference):
    (row,) = outcomes(engine, case_id, reference).values()
    assert row.reason is Reason.RAISED
    return row.message


def test_micrograd_fails_no_core_case(micrograd, reference):
    assert failed(micrograd, reference, tags=["core"]) == set()


def test_micrograds_refusal_of_a_power_of_values_is_unsupported(micrograd):
    steps = (Input("x"), Apply("pow", (Ref(0), Ref(0))), Read("value", Ref(1)))
    stop = micrograd.run(Program(steps), {"x": Array.of(2.0)}).stop
    assert stop.kind == "unsupported"
    assert "only supporting int/float powers" in stop.message


@pytest.mark.parametrize("name", ["torch", "numpy", "scalar"])
def test_a_built_in_engine_passes_everything_that_it_runs(name, reference):
    engine = load(name)
    results = [
        run_case(case, engine, reference, 0, "float64")
        for case in catalogue()
        if "stress" not in case.tags
    ]
    wrong = {r.case.id: [o.message for o in r.outcomes] for r in results if _bad(r)}
    assert wrong == {}
    assert sum(r.verdict is not Verdict.UNSUPPORTED for r in results) >= 60


def _bad(result):
    return result.verdict not in (Verdict.PASS, Verdict.PASS_ALT, Verdict.UNSUPPORTED)


class Recording:
    """A value that says how it was called."""

    def __init__(self, data, calls):
        self.data, self.calls, self.grad = data, calls, None

    def __add__(self, other):
        self.calls.append("operator")
        return Recording(self.data + 1, self.calls)

    def add(self, other):
        raise AssertionError("the operator comes first")

    def log1p(self):
        self.calls.append("method")
        return self

    def forgotten(self):
        self.calls.append("returned nothing")

    square = forgotten

    def exp(self):
        return self.no_such_name

    def sqrt(self):
        raise NotImplementedError("square roots")

    def sin(self, flag):
        return self

    def tanh(self):
        return len(self.data)


class Functions:
    @staticmethod
    def log1p(x):
        raise AssertionError("the method comes first")

    @staticmethod
    def expm1(x):
        x.calls.append("function")
        return x

    @staticmethod
    def ln(x):
        x.calls.append("alias")
        return x


class RecordingEngine(EagerEngine):
    functions = (Functions,)

    def __init__(self):
        self.calls = []

    def leaf(self, array, requires_grad):
        return Recording(array.item(), self.calls)

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        raise Unsupported("backward")


def stop_of(op, *operands):
    engine = RecordingEngine()
    program = Program((Input("x"), Apply(op, (Ref(0), *operands)), Read("value", Ref(1))))
    return engine, engine.run(program, {"x": Array.of(1.0)}).stop


@pytest.mark.parametrize(
    ("op", "operands", "called"),
    [
        ("add", (1.0,), "operator"),
        ("log1p", (), "method"),
        ("expm1", (), "function"),
        ("log", (), "alias"),
    ],
)
def test_an_op_is_called_as_a_person_would_call_it(op, operands, called):
    engine, stop = stop_of(op, *operands)
    assert stop is None
    assert engine.calls == [called]


@pytest.mark.parametrize(
    ("op", "operands", "kind", "category"),
    [
        ("mul", (2.0,), "unsupported", ""),  # no __mul__
        ("cos", (), "unsupported", ""),  # no cos at all
        ("sqrt", (), "unsupported", ""),  # NotImplementedError
        ("sin", (), "unsupported", ""),  # Python refuses the arguments
        ("exp", (), "raised", "attribute"),
        ("tanh", (), "raised", "type"),  # a TypeError of the engine's own
        ("square", (), "raised", "other"),  # forgot to return
    ],
)
def test_what_is_missing_is_told_from_what_is_broken(op, operands, kind, category):
    _, stop = stop_of(op, *operands)
    assert (stop.kind, stop.category, stop.step) == (kind, category, 1)


def test_a_run_that_stops_keeps_the_readings_before():
    steps = (Input("x"), Read("value", Ref(0)), Backward(Ref(0)), Read("grad", Ref(0)))
    transcript = RecordingEngine().run(Program(steps), {"x": Array.of(1.0)})
    assert transcript.readings == (Array("number", (), (1.0,)),)
    assert (transcript.stop.kind, transcript.stop.step) == ("unsupported", 2)


def test_a_tensor_is_unsupported_by_a_scalar_engine(micrograd, reference):
    assert verdict(micrograd, "matmul/vector_with_itself", reference) is Verdict.UNSUPPORTED


def test_an_answer_that_is_no_number_is_a_finding(reference):
    class Texts(ValueAdapter):
        class Value:
            def __init__(self, data):
                self.data, self.grad = data, "three"

            def backward(self):
                pass

            def __mul__(self, other):
                return self

    own = Catalogue()

    def product(x):
        """A product"""
        return x * x

    own.case(x=1.0)(product)
    rows = {
        o.reading: o for o in run_case(next(iter(own)), Texts(), reference, 0, "float64").outcomes
    }
    assert rows["x.grad"].reason is Reason.DTYPE
    assert "x.grad is of type str, not numbers; torch says 2" in rows["x.grad"].message
    assert rows["x.grad"].actual == Opaque("str")


def test_the_default_cotangent_tells_every_position_apart():
    cotangent = default_cotangent((6, 7, 8))
    assert len(set(cotangent.data)) > 300
    assert {x > 0 for x in cotangent.data} == {True, False}
    assert all(0.5 <= abs(x) < 1.5 and x * 1024 == int(x * 1024) for x in cotangent.data)


def test_complex_numbers_are_opaque():
    engine = type("Complex", (ValueAdapter,), {"Value": None})()
    engine.leaf = lambda array, requires_grad: complex(array.item())
    engine.value = lambda node: node
    program = Program((Input("x"), Read("value", Ref(0))))
    (reading,) = engine.run(program, {"x": Array.of(1.0)}).readings
    assert isinstance(reading, Opaque)


def test_a_context_that_cannot_be_left_does_not_hide_why_a_run_ended():
    class Context:
        def __enter__(self):
            pass

        def __exit__(self, *exception):
            raise OSError("it cannot be left")

    class Locked(ValueAdapter):
        Value = type("Value", (), {"__init__": lambda self, data: setattr(self, "data", data)})
        no_grad = Context

    begin, end, read = NoGrad(True), NoGrad(False), Read("value", Ref(0))
    inputs = {"x": Array.of(1.0)}
    inside = Program((Input("x"), begin, Apply("exp", (Ref(0),)), end, read))
    assert Locked().run(inside, inputs).stop == Stop("unsupported", 2, message="exp")
    behind = Program((Input("x"), begin, end, read))
    stop = Stop("raised", 2, "other", "OSError: it cannot be left")
    assert Locked().run(behind, inputs).stop == stop


def test_the_core_imports_the_standard_library_alone():
    code = (
        "import sys, json; import gradconform.harness.engine.eager; "
        "import gradconform.harness.program.printing, gradconform.harness.engine.eager_walk; "
        "print(json.dumps([m for m in ('numpy','torch','pandas','rich','click') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
