"""The forms in which an op is called: by operator classes, with lists that go apart and targets as nodes."""

from functools import partial

import numpy as np
import pytest
from gradconform.harness.program.arrays import Array
from gradconform.harness.tests.adapt.templates import SUM, adapt
from gradconform.harness.tests.adapt.test_calls import CUBE, TABLE_OF_3, op, result, tensor
from gradconform.harness.tests.small_engines import ask, numbers
from gradconform.harness.trace import read, traced

# Operator classes in three styles: `forward` as a method, with a context, and options by place.
APPLIED = {
    "by-name": "def apply(cls, *inputs, **options): return cls()._run(inputs, options)",
    "by-place": "def apply(cls, *inputs): return cls()._run(inputs, {})",
}
CLASSES = """
class Function:
    @classmethod
    {apply}

    def _run(self, inputs, options):
        each = [i.data if isinstance(i, Tensor) else i for i in inputs]
        return Tensor(self.forward(*each, **options))

class Inv(Function):
    def forward(self, x): return 1 / x

class Max(Function):
    def forward(self, x, axis): return x.max(axis)

class Mean(Function):
    def forward(self, x, axis=None, keepdims=False): return x.mean(axis, keepdims=keepdims)

class Cat(Function):
    def forward(self, *parts, axis=0): return np.concatenate(parts, axis)

class LogSoftmax(Function):
    def forward(self, x, axis): return x - np.log(np.exp(x).sum(axis, keepdims=True))
"""


@pytest.fixture(params=APPLIED)
def applied(request):
    return tensor(beside=CLASSES.replace("{apply}", APPLIED[request.param])), request.param


def test_options_of_an_operator_class_go_to_its_forward(applied):
    engine, _ = applied
    table = {"x": TABLE_OF_3}
    assert result(engine, lambda x: x.mean(dim=1, keepdim=True), **table).tolist() == [[2], [5]]
    assert result(engine, lambda x: op("mean")(x), **table) == 3.5
    soft = result(engine, lambda x: op("log_softmax")(x, dim=1), **table)
    assert soft.shape == (2, 3)


def test_an_operator_class_that_needs_more_than_the_op_has_is_unsupported(applied):
    engine, _ = applied
    assert result(engine, lambda x: x.max(), x=TABLE_OF_3) == "unsupported: Max without axis"


def test_one_over_x_is_no_inverse_of_a_matrix(applied):
    engine, _ = applied
    said = result(engine, lambda x: op("inv")(x), x=[[2.0, 1.0], [1.0, 1.0]])
    assert str(said).startswith("unsupported: inv")


def test_nodes_are_joined_one_by_one_where_an_operator_class_collects_them(applied):
    engine, style = applied
    joined = result(engine, lambda x, y: op("cat")([x, y]), x=TABLE_OF_3, y=TABLE_OF_3)
    assert joined.shape == (4, 3)
    other = result(engine, lambda x, y: op("cat")([x, y], dim=1), x=TABLE_OF_3, y=TABLE_OF_3)
    expected = {"by-name": (2, 6), "by-place": "unsupported: Cat with dim="}[style]
    assert getattr(other, "shape", other) == expected


def test_nodes_are_joined_one_by_one_where_a_function_hands_them_on():
    engine = tensor(
        beside="""
        def cat(*tensors, **options): return Tensor(np.concatenate([t.data for t in tensors], **options))
        """
    )
    joined = result(engine, lambda x, y: op("cat")([x, y], dim=1), x=TABLE_OF_3, y=TABLE_OF_3)
    assert joined.shape == (2, 6)


NODES_ALONE = """
import numpy as np

class Tensor:
    def __init__(self, data, parents=()):
        self.data, self.parents = np.asarray(data, dtype=float), parents
        self.grad = np.zeros_like(self.data)

    def __mul__(self, other):
        return Tensor(self.data * other.data, ((self, other.data), (other, self.data)))

    def sum(self):
        return Tensor(self.data.sum(), ((self, np.ones_like(self.data)),))

    def backward(self, upstream=1.0):
        self.grad = self.grad + upstream
        for parent, local in self.parents:
            parent.backward(upstream * np.asarray(local))
"""


@pytest.mark.parametrize(
    "indices",
    ["t.data.reshape(-1).astype(int)", "t.data.astype(int)", "t.value().astype(int)", "t"],
)
def test_targets_are_handed_over_as_the_function_takes_them(indices):
    engine = tensor(
        members="def value(self): return self.data",
        beside=f"""
        def nll_loss(x, t):
            found = {indices}
            return Tensor(-x.data[np.arange(len(found)), found].mean())
        """,
    )
    inputs = {"x": Array.of(TABLE_OF_3), "t": Array.of([0, 2], "int64")}
    program = traced(lambda x, t: read(op("nll_loss")(x, t)), {"x": True, "t": False})
    assert engine.run(program, inputs).readings[0].item() == -3.5


def test_a_loss_without_a_reduction_runs_with_its_default_and_no_other():
    engine = tensor(beside="def mse_loss(x, y): return Tensor(((x.data - y.data) ** 2).mean())")
    loss = op("mse_loss")
    both = {"x": TABLE_OF_3, "y": CUBE[0][0][:3]}
    assert result(engine, lambda x, y: loss(x, y, reduction="mean"), **both).shape == ()
    said = result(engine, lambda x, y: loss(x, y, reduction="sum"), **both)
    assert said == "unsupported: mse_loss with reduction="


SWAPS = "def transpose(self, *axes): return Tensor(np.swapaxes(self.data, *axes))"
NUMPYS = "def transpose(self, *axes): return Tensor(np.transpose(self.data, axes or None))"


def test_a_transpose_that_swaps_two_axes_is_torchs_and_no_permutation():
    engine = tensor(SWAPS)
    assert result(engine, lambda x: x.transpose(0, 2), x=CUBE).shape == (4, 3, 2)
    for dims, x in (((2, 0, 1), CUBE), ((1, 0), TABLE_OF_3)):
        said = result(engine, lambda x, dims=dims: x.permute(dims), x=x)
        assert str(said).startswith("unsupported: permute")


def test_a_transpose_of_all_axes_is_a_permutation_and_not_torchs():
    for engine in (tensor(NUMPYS), tensor(NUMPYS.replace("axes", "ax"))):
        assert result(engine, lambda x: x.permute((2, 0, 1)), x=CUBE).shape == (4, 2, 3)
        said = result(engine, lambda x: x.transpose(0, 2), x=CUBE)
        assert str(said).startswith("unsupported: transpose")


def test_a_reshape_that_looks_at_its_first_number_gets_the_empty_shape_whole():
    first = (
        "def reshape(self, *s): return Tensor(self.data.reshape(s if type(s[0]) is int else s[0]))"
    )
    engine = tensor(first)
    assert result(engine, lambda x: x.reshape((3, 1)), x=[1.0, 2.0, 3.0]).shape == (3, 1)
    assert result(engine, lambda x: x.reshape(()), x=[2.0]).shape == ()


def test_an_array_beside_a_node_is_unsupported_where_only_nodes_are_taken():
    engine, _ = adapt(NODES_ALONE)
    assert numbers(ask(engine, lambda x: (x * x).sum(), x=[1.0, 2.0])) == [5.0, [2.0, 4.0]]
    stop = ask(engine, lambda x: (x * np.array([3.0, 4.0])).sum(), x=[1.0, 2.0]).stop
    assert stop.kind == "unsupported"
    assert stop.message.startswith("NumPy arrays as operands: AttributeError: ")


def test_a_class_that_leaves_an_array_on_the_left_to_numpy_lacks_such_operands():
    """NumPy makes an array of nodes of `array * node`. Each node in it is right, so that no rule is wrong."""
    methods = f"__rmul__ = __mul__\ndef exp(self): return Tensor(np.exp(self.data)){SUM}"
    taken_over, own = tensor(methods), tensor(f"__array_ufunc__ = None\n{methods}")
    row, x = np.array([3.0, 4.0]), [1.0, 2.0]
    for expression in (lambda x: row * x, lambda x: row * x * row):
        stop = ask(taken_over, expression, x=x).stop
        assert stop.kind == "unsupported"
        assert stop.message.startswith("NumPy arrays on the left: ")
        assert ask(own, expression, x=x).stop is None
    assert str(result(taken_over, lambda x: op("exp")(row * x), x=x)).startswith("unsupported: exp")
    # Where the class's own operator gives the array, it is a mistake.
    data = tensor(f"def __truediv__(self, other): return self.data / other{SUM}")
    assert ask(data, lambda x: x / row, x=x).stop.kind == "raised"


def test_shapes_that_an_author_turns_down_are_unsupported_though_the_class_has_no_shape():
    """Division is not defined everywhere, so that an error at equal shapes is one of the engine."""
    divides = """
        def __truediv__(self, other):
            if self.data.shape != other.data.shape or (other.data == 0.25).any():
                raise ValueError("no")
            return Tensor(self.data / other.data)
    """
    engine = tensor(divides)
    quotient = partial(result, engine, lambda x, y: x / y, x=[1.0, 2.0])
    assert quotient(y=[2.0, 2.0]).tolist() == [0.5, 1.0]
    assert quotient(y=2.0) == "unsupported: div (/): ValueError: no"
    assert quotient(y=[1.0, 0.25]) == "raised: ValueError: no"


def test_a_class_with_a_length_and_no_truth_value_has_no_truth_value():
    length = "def __len__(self): return len(self.data)"
    truth = "def __bool__(self): return self.data.truth"
    for members, kind in ((length, "unsupported"), (f"{length}\n{truth}", "raised")):
        said = result(tensor(members), lambda x: op("truth")(x), x=1.5)
        assert str(said).startswith(f"{kind}: ")
