"""How the ops of an adapted engine are called: shapes, other names of options, and names of other ops."""

import textwrap

import numpy as np
import pytest
from gradconform.harness.program.arrays import Array
from gradconform.harness.program.op_table import TABLE
from gradconform.harness.tests.adapt.templates import adapt
from gradconform.harness.tests.small_engines import ask
from gradconform.harness.trace import Function, no_grad, read, traced

TENSOR = """
import numpy as np

class Tensor:
    recording = True

    def __init__(self, data, parents=()):
        self.data, self.grad = np.asarray(data, dtype=float), None
        self.parents = parents if Tensor.recording else ()

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data * other.data, ((self, other.data), (other, self.data)))

    def spread(self, upstream):
        self.grad = upstream if self.grad is None else self.grad + upstream
        for parent, local in self.parents:
            parent.spread(upstream * local)

    def backward(self):
        self.spread(np.ones_like(self.data))

    {members}

{beside}
"""
TABLE_OF_3 = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
CUBE = np.arange(24.0).reshape(2, 3, 4).tolist()


def tensor(members="", beside=""):
    text = TENSOR.replace(
        "{members}", textwrap.indent(textwrap.dedent(members).strip(), "    ").strip()
    )
    engine, _ = adapt(text.replace("{beside}", textwrap.dedent(beside)))
    return engine


def result(engine, function, **inputs):
    """The value, as a NumPy array, or what the engine is said to lack."""
    transcript = ask(engine, lambda *leaves: read(function(*leaves)), **inputs)
    if transcript.stop is not None:
        return f"{transcript.stop.kind}: {transcript.stop.message}"
    return transcript.readings[0].numpy()


def op(name):
    return Function(TABLE[name])


@pytest.mark.parametrize(
    "signature",
    ["self, *shape", "self, shape", "self, first, *rest", "self, *args, **kwargs"],
    ids=["apart", "whole", "first", "handed-on"],
)
@pytest.mark.parametrize("shape", [(3, 2), (6,), (1, 6, 1)])
def test_a_shape_is_handed_over_as_the_method_takes_it(signature, shape):
    given = {
        "self, *shape": "shape",
        "self, shape": "shape",
        "self, first, *rest": "(first, *rest)",
    }
    body = f"return Tensor(self.data.reshape([int(n) for n in {given.get(signature, 'args[0]')}]))"
    engine = tensor(f"def reshape({signature}): {body}")
    assert result(engine, lambda x: x.reshape(shape), x=TABLE_OF_3).shape == shape


@pytest.mark.parametrize(
    "signature", ["*tensors, axis=0", "first, *rest, axis=0", "tensors, axis=0"]
)
def test_the_operands_of_a_join_are_handed_over_as_the_function_takes_them(signature):
    given = {"*tensors, axis=0": "tensors", "first, *rest, axis=0": "(first, *rest)"}
    arrays = f"[t.data for t in {given.get(signature, 'tensors')}]"
    engine = tensor(beside=f"def stack({signature}): return Tensor(np.stack({arrays}, axis))")
    stacked = result(engine, lambda x, y: op("stack")([x, y], dim=1), x=TABLE_OF_3, y=TABLE_OF_3)
    assert stacked.shape == (2, 2, 3)


@pytest.mark.parametrize(
    "method",
    [
        "def sum(self, **options): return Tensor(self.data.sum(**options))",
        "def sum(self, axis=None, **options): return Tensor(self.data.sum(axis, **options))",
        "def sum(self, *axes): return Tensor(self.data.sum(axes or None))",
        "def sum(*args, **kwargs): return Tensor(args[0].data.sum(*args[1:], **kwargs))",
    ],
    ids=["any", "axis-and-any", "collected", "wrapped"],
)
def test_an_option_goes_by_the_name_that_the_method_takes(method):
    engine = tensor(method)
    assert result(engine, lambda x: x.sum(dim=1), x=TABLE_OF_3).tolist() == [6.0, 15.0]


def test_an_option_that_no_function_behind_a_wrapper_takes_is_unsupported():
    engine = tensor(
        "def mean(self, **options): return self.first(**options)\ndef first(self): return self"
    )
    assert result(engine, lambda x: x.mean(dim=1), x=TABLE_OF_3) == "unsupported: mean with dim="


@pytest.mark.parametrize(
    ("name", "members", "beside", "function"),
    [
        (
            "linear",
            "",
            "def linear(x, w): return Tensor(x.data @ w.data)",
            lambda x: op("linear")(x, x),
        ),
        ("flatten", "def flatten(self): return Tensor(self.data.reshape(2, -1))", "", None),
        (
            "permute",
            "def transpose(self, axes): return Tensor(self.data.swapaxes(*axes[:2]))",
            "",
            None,
        ),
        ("split", "def split(self, sections, axis): return []", "", None),
        ("repeat", "def repeat(self, n, dim): return self", "", None),
        (
            "mse_loss",
            "",
            "def mse_loss(y_true, y_pred): return y_true",
            lambda x: op("mse_loss")(x, x),
        ),
        ("relu", "", "def relu(x): return x if x > 0 else 0.0", lambda x: op("relu")(x)),
        ("sigmoid", "", "def sigmoid(x): return 1 / (1 + np.exp(-x))", lambda x: op("sigmoid")(x)),
        ("log", "", "def log(message): print(message)", lambda x: op("log")(x)),
    ],
)
def test_another_op_of_the_same_name_is_not_taken_for_it(name, members, beside, function):
    options = {
        "permute": {"dims": (2, 0, 1)},
        "split": {"dim": 0},
        "repeat": {"repeats": (2, 1, 1)},
    }
    if name == "split":
        options["split"] |= {"split_size_or_sections": 1, "results": 2}
    call = function or (lambda x: op(name)(x, **options.get(name, {})))
    one = (lambda x: call(x)[0]) if name == "split" else call
    said = result(tensor(members, beside), one, x=CUBE)
    assert str(said).startswith(f"unsupported: {name}")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (
            "def relu(x): return x.maximum(0.0) if isinstance(x, Tensor) else max(0.0, x)",
            "raised: AttributeError: 'Tensor' object has no attribute 'maximum'",
        ),
        (
            "def relu(x): return x.data + 'text' if hasattr(x, 'data') else max(0.0, x)",
            "raised: ",
        ),
        ("def relu(x): return x.cut() - (-x).cut()", "raised: TypeError: bad operand type"),
        (
            "def relu(x):\n    x = x if isinstance(x, Tensor) else Tensor(x)\n    x * (x.data > 0)",
            "raised: NothingReturned: relu returned None",
        ),
        ("def relu(x): x.cut()", "raised: NothingReturned: relu returned None"),
    ],
    ids=["class", "attribute", "method", "no-return", "method-without-return"],
)
def test_a_mistake_in_a_function_of_nodes_is_a_finding(function, said):
    engine = tensor("def cut(self): return self", beside=function)
    assert result(engine, op("relu"), x=TABLE_OF_3).startswith(said)


def test_a_private_helper_is_no_other_spelling_of_an_op():
    engine = tensor(beside="def _mt(x): return x if isinstance(x, Tensor) else Tensor(x)")
    assert result(engine, lambda x: op("mT")(x), x=TABLE_OF_3).startswith("unsupported: mT")


@pytest.mark.parametrize(
    "context",
    [
        """
        import contextlib

        @contextlib.contextmanager
        def no_grad():
            Tensor.recording = False
            yield
            Tensor.recording = True
        """,
        """
        class no_grad:
            def __enter__(self): Tensor.recording = False
            def __exit__(self, *problem): Tensor.recording = True
        """,
    ],
    ids=["function", "class"],
)
def test_no_grad_is_the_submissions_own(context):
    def constant(x):
        with no_grad():
            c = x * x
        return c * x

    transcript = ask(tensor(beside=context), constant, x=3.0)
    value, gradient = transcript.readings
    assert (value.item(), gradient.item()) == (27.0, 9.0)


def test_class_indices_are_handed_over_as_arrays_where_they_only_stand_beside_a_node():
    engine = tensor(
        beside="""
        def nll_loss(x, t):
            assert t.dtype == np.int64
            return Tensor(-x.data[np.arange(len(t)), t].mean(), ())
        """
    )
    inputs = {"x": Array.of(TABLE_OF_3), "t": Array.of([0, 2], "int64")}
    beside = traced(lambda x, t: read(op("nll_loss")(x, t)), {"x": True, "t": False})
    assert engine.run(beside, inputs).readings[0].item() == -3.5
    alone = traced(lambda x, t: read(t * x), {"x": True, "t": False})
    assert engine.run(alone, inputs).stop.message == "int64 data"


def test_a_cross_entropy_of_classes_takes_no_probabilities_and_fails_where_it_is_wrong():
    engine = tensor(
        beside="""
        def cross_entropy(x, t):
            return Tensor(-x.data[np.arange(len(t)), t].mean(), ())
        """
    )
    wrong = tensor(beside="def cross_entropy(x, t): return Tensor(x.data[99], ())")
    inputs = {"x": Array.of(TABLE_OF_3), "t": Array.of([0, 2], "int64")}
    by_class = traced(lambda x, t: read(op("cross_entropy")(x, t)), {"x": True, "t": False})
    assert engine.run(by_class, inputs).stop is None
    assert wrong.run(by_class, inputs).stop.kind == "raised"
    by_probability = {"x": TABLE_OF_3, "t": TABLE_OF_3}
    assert str(result(engine, op("cross_entropy"), **by_probability)).startswith("unsupported")
