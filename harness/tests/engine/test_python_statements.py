"""Steps that a person writes as statements: `t += x`, a look at a value, a block left by an exception."""

import pytest
from gradconform.engines.autograd_ import Autograd
from gradconform.engines.scalar import Scalar, Value
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.diagnose.first_wrong import first_wrong
from gradconform.harness.diagnose.python_source import function_source
from gradconform.harness.diagnose.torch_source import torch_source
from gradconform.harness.engine.builtin import load
from gradconform.harness.lower.lowering import lower
from gradconform.harness.program import NoGrad, Program
from gradconform.harness.program.arrays import Array
from gradconform.harness.program.printing import step_text, text
from gradconform.harness.program.serialize import digest, from_json, to_json
from gradconform.harness.trace import as_repr, exp, no_grad, read, traced

from gradconform import EagerEngine


def added_to(x):
    t = x * 2.0
    t += x
    read(t)


def shown(x):
    t = x * 2.0
    as_repr(t)
    read(t)


def left_by_an_exception(x):
    with no_grad(raised=True):
        _ignored = x * x
    read(x)


def ask(engine, function):
    return engine.run(traced(function, {"x": True}), {"x": Array.of(3.0)})


def test_an_augmented_operator_is_the_engines_own_when_it_has_one(monkeypatch):
    assert ask(Scalar(), added_to).readings[0].data == (9.0,)
    monkeypatch.setattr(Value, "__iadd__", lambda self, other: self * 10.0, raising=False)
    assert ask(Scalar(), added_to).readings[0].data == (60.0,)
    monkeypatch.setattr(Value, "__iadd__", lambda self, other: None)
    assert ask(Scalar(), added_to).stop.message == "NothingReturned: iadd returned None"


def test_a_value_that_cannot_be_shown_is_no_mistake(monkeypatch):
    assert ask(Scalar(), shown).stop is None
    monkeypatch.setattr(Value, "__repr__", lambda self: f"{self.name}")
    assert ask(Scalar(), shown).stop.kind == "unsupported"


def masked(x):
    return (x > 1.0) * x


def masked_after_exp(x):
    return (x > 1.0) * exp(x)


class Node:
    """A value whose comparison is a node too, through which backward finds no way."""

    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __gt__(self, other):
        return Node(float(self.data > other))

    def __mul__(self, other):
        return Node(self.data * other.data)

    def exp(self):
        return Node(self.data)

    def backward(self):
        raise NotImplementedError("the gradient of >")


class Nodes(EagerEngine):
    def leaf(self, array, requires_grad):
        return Node(array.item())

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        root.backward()


def test_a_backward_that_a_comparison_stops_is_no_missing_op():
    stop = ask(Nodes(), masked).stop
    assert (stop.kind, stop.category) == ("raised", "runtime")
    assert "the gradient of >" in stop.message
    assert ask(Nodes(), masked_after_exp).stop.kind == "unsupported"


class Arrays(EagerEngine):
    """NumPy's forms: `max(axis)` gives one result, `transpose()` reverses the axes."""

    def leaf(self, array, requires_grad):
        return Table(array.numpy())

    def value(self, node):
        return node.data

    def grad(self, node):
        return None

    def backward(self, root, cotangent, retain_graph):
        raise NotImplementedError

    def invoke(self, function, operands, options):
        names = {"dim": "axis", "keepdim": "keepdims"}
        return function(*operands, **{names[name]: value for name, value in options.items()})


class Table:
    def __init__(self, data):
        self.data = data

    def max(self, axis=None, keepdims=False):
        return Table(self.data.max(axis, keepdims=keepdims))

    def min(self, axis=None, keepdims=False):
        return Table(self.data.min(axis, keepdims=keepdims))

    def transpose(self):
        return Table(self.data.T)


def test_numpys_forms_of_a_maximum_and_of_a_transposition_are_called():
    def forms(x):
        read(x.amax(dim=-1), x.amin(dim=0, keepdim=True), x.T)

    program = traced(forms, {"x": True})
    answers = Arrays().run(program, {"x": Array.of([[1.0, 4.0, 2.0], [3.0, 0.0, 5.0]])}).readings
    assert [each.nested() for each in answers] == [
        [4.0, 5.0],
        [[1.0, 0.0, 2.0]],
        [[1.0, 3.0], [4.0, 0.0], [2.0, 5.0]],
    ]


def test_an_exception_inside_no_grad_reaches_the_engines_exit():
    seen = []

    class Context:
        def __enter__(self):
            pass

        def __exit__(self, *raised):
            seen.append(raised)

    engine = Scalar()
    engine.no_grad = Context
    assert ask(engine, left_by_an_exception).stop is None
    ((kind, problem, trace),) = seen
    assert isinstance(problem, kind)
    assert trace is problem.__traceback__


def test_a_functional_engine_has_no_block_that_an_exception_could_leave():
    stop = ask(Autograd(), left_by_an_exception).stop
    assert (stop.kind, stop.message) == ("unsupported", "no_grad that an exception leaves")


@pytest.mark.parametrize("engine", ["torch", "numpy", "scalar"])
def test_each_is_lowered_to_numbers_and_keeps_its_meaning(engine):
    def both(x, y):
        t = x * y
        with no_grad(raised=True):
            t += x
        read(t)

    inputs = {"x": Array.of([1.0, 2.0]), "y": Array.of([3.0, 4.0])}
    lowered = lower(traced(both, {"x": True, "y": True}), inputs)
    found = lowered.assemble(load(engine).run(lowered.program, lowered.inputs))
    assert found.readings[0].data == (4.0, 10.0)
    assert NoGrad(False, raised=True) in lowered.program.steps


def test_they_survive_json_and_are_written_as_statements():
    program = traced(left_by_an_exception, {"x": True})
    assert from_json(to_json(program)) == program
    assert "no_grad end by an exception" in text(program)
    ordinary = Program((*program.steps[:-2], NoGrad(False), program.steps[-1]))
    assert digest(program, {}) != digest(ordinary, {})
    assert "raised" not in to_json(ordinary)[1]
    assert "v2 = v1\n    v2 += x" in function_source(traced(added_to, {"x": True}), "f", "a sum")


def test_torch_and_the_reproduction_write_them_too():
    reference = Reference()
    cases = catalogue().select(["lifecycle/recording_resumes_after_an*", "augmented/running_total"])
    cases += catalogue().select(["looks/at_a_result*"])
    for case in cases:
        assert function_source(case.program, "again", case.title) is not None, case.id
        assert torch_source(case.instance(0, "float64"), reference) is not None, case.id


def test_the_first_wrong_node_is_none_that_an_augmented_operator_has_replaced(monkeypatch):
    def in_place(self, other):
        self.data += other.data
        return self

    monkeypatch.setattr(Value, "__iadd__", in_place, raising=False)
    instance = catalogue()["augmented/running_total"].instance(0, "float64")
    found = first_wrong(instance, Scalar(), Reference())
    assert [step_text(instance.program, step) for step in found.steps] == ["%5 = %3 += %4"]
