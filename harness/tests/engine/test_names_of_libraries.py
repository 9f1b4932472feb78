"""Libraries with other names than torch's: for options, and for the functions of one that resembles NumPy."""

from types import SimpleNamespace

import numpy as np
import pytest
from gradconform.harness.program.arrays import Array
from gradconform.harness.program.op_table import TABLE
from gradconform.harness.tests.small_engines import ask
from gradconform.harness.trace import Function, read

from gradconform import EagerEngine, NumpyNames

TABLE_OF_3 = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


class Node:
    def __init__(self, data):
        self.data = data

    def sum(self, axis=None, keepdims=False):
        return Node(self.data.sum(axis, keepdims=keepdims))


class Arrays(EagerEngine):
    def leaf(self, array, requires_grad):
        return Node(array.numpy())

    def value(self, node):
        return node.data

    def grad(self, node):
        return None

    def backward(self, root, cotangent, retain_graph):
        pass


def test_an_eager_adapter_can_ask_for_the_options_under_the_librarys_names():
    def case(x):
        read(x.sum(dim=1, keepdim=True))

    assert ask(Arrays(), case, x=TABLE_OF_3).stop.kind == "unsupported"
    renaming = type("Renaming", (Arrays,), {"renames_options": True})()
    (reading,) = ask(renaming, case, x=TABLE_OF_3).readings
    assert reading == Array("float64", (2, 1), (6.0, 15.0))
    stop = ask(renaming, lambda x: read(Function(TABLE["nansum"])(x, dim=1)), x=TABLE_OF_3).stop
    assert (stop.kind, stop.message) == ("unsupported", "nansum")


@pytest.mark.parametrize(
    ("name", "operands", "options", "shape"),
    [
        ("sum", [np.ones((2, 3))], {"dim": 1, "keepdim": True}, (2, 1)),
        ("amax", [np.ones((2, 3))], {"dim": 0}, (3,)),
        ("cat", [[np.ones((2, 3)), np.ones((2, 3))]], {"dim": 1}, (2, 6)),
        ("transpose", [np.ones((2, 3, 4)), 0, 2], {}, (4, 3, 2)),
        ("permute", [np.ones((2, 3, 4)), (2, 0, 1)], {}, (4, 2, 3)),
        ("unsqueeze", [np.ones(3), 0], {}, (1, 3)),
        ("tril", [np.ones((3, 3))], {"diagonal": 1}, (3, 3)),
        ("cumsum", [np.array(2.0), 0], {}, ()),
        ("inv", [np.eye(2)], {}, (2, 2)),
    ],
)
def test_a_function_of_numpy_is_called_by_torchs_name_and_options(name, operands, options, shape):
    assert getattr(NumpyNames(np), name)(*operands, **options).shape == shape


def test_a_function_that_the_library_lacks_is_not_offered():
    names = NumpyNames(SimpleNamespace(exp=np.exp))
    assert names.exp is np.exp
    assert not hasattr(names, "sum")
    assert not hasattr(names, "inv")
