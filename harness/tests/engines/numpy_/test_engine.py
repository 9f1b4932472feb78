"""The NumPy engine's basic ops: value, dtype and two orders of gradient are torch's."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, check, numbers

INF, NAN = float("inf"), float("nan")

UNARY = ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "neg", "abs", "square"]
EDGES = np.array([0.0, -0.0, 1.0, -1.0, 2.5, -1000.0, 1000.0, 40.0, INF, -INF, NAN])


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 3), (0, 2)])
def test_unary_agrees_to_third_order(name: str, shape: tuple[int, ...]) -> None:
    check(lambda m, x: getattr(m, name)(x), numbers(*shape, low=0.3), orders=3)
    check(lambda m, x: getattr(x, name)(), numbers(*shape), orders=1)


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_unary_agrees_at_edges(name: str, dtype: str) -> None:
    check(lambda m, x: getattr(m, name)(x), EDGES.astype(dtype))


PAIRS = {
    "add": lambda m, a, b: a + b,
    "sub": lambda m, a, b: a - b,
    "mul": lambda m, a, b: a * b,
    "div": lambda m, a, b: a / b,
    "maximum": lambda m, a, b: m.maximum(a, b),
    "minimum": lambda m, a, b: m.minimum(a, b),
    "pow": lambda m, a, b: m.abs(a) ** b,
    "where": lambda m, a, b: m.where(a > b, a * 2, b),
}
SHAPES = [
    ((3,), ()),
    ((2, 1), (1, 3)),
    ((1,), ()),
    ((5, 1, 4), (3, 1)),
    ((1, 1, 1), (2,)),
    ((0, 3), (1, 3)),
    ((0,), (1,)),
    ((2, 3), (2, 3)),
    ((), ()),
    ((4, 1, 3), (2, 1)),
    ((1, 3), (1, 1)),
]


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize(("left", "right"), SHAPES)
def test_pairs_agree_for_every_broadcast(
    name: str, left: tuple[int, ...], right: tuple[int, ...]
) -> None:
    a, b = numbers(*left, seed=1), numbers(*right, seed=2)
    check(PAIRS[name], a, b, orders=2)
    check(PAIRS[name], b, a, orders=1)


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_agree_at_edges(name: str) -> None:
    grid = np.array([0.0, 0.5, 1.0, 2.0, 3.0, -1.0, -2.0, INF, NAN])
    a, b = (x.copy() for x in np.meshgrid(grid, grid))
    call = PAIRS[name] if name != "pow" else lambda m, a, b: a**b
    check(call, a, b)


NUMBERS = {
    "2+x": lambda m, x: 2 + x,
    "x+2": lambda m, x: x + 2,
    "2-x": lambda m, x: 2 - x,
    "x-2": lambda m, x: x - 2,
    "2*x": lambda m, x: 2 * x,
    "x*2.5": lambda m, x: x * 2.5,
    "1/x": lambda m, x: 1 / x,
    "x/2": lambda m, x: x / 2,
    "x**2": lambda m, x: x**2,
    "x**0": lambda m, x: x**0,
    "x**1": lambda m, x: x**1,
    "x**0.5": lambda m, x: x**0.5,
    "x**-1": lambda m, x: x**-1,
    "2**x": lambda m, x: 2**x,
    "0.**x": lambda m, x: 0.0**x,
    "(-2.)**x": lambda m, x: (-2.0) ** x,
    "x**3": lambda m, x: x**3,
    "x**x": lambda m, x: x**x,
    "x**(1/3)": lambda m, x: x ** (1 / 3),
    "-x": lambda m, x: -x,
    "abs(x)": lambda m, x: abs(x),
    "sum": lambda m, x: sum([x, x * x, 3.0]),
    "diamond": lambda m, x: (x * x + x) * (x * x),
    "x/x": lambda m, x: x / x,
    "x-x": lambda m, x: x - x,
}


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_python_numbers_on_either_side(name: str, dtype: str) -> None:
    check(NUMBERS[name], np.array([2.0, 0.5, 3.0], dtype), orders=1 if name == "0.**x" else 3)
    check(NUMBERS[name], np.array([0.0, 1.0, -1.0, -2.0, 2.0], dtype))
    check(NUMBERS[name], np.array(1.5, dtype), orders=1 if name == "0.**x" else 2)


LEFT_ARRAYS = [
    lambda a, x: a * x,
    lambda a, x: x * a,
    lambda a, x: a + x,
    lambda a, x: a - x,
    lambda a, x: a / x,
    lambda a, x: a**x,
    lambda a, x: a.T @ x,
    lambda a, x: a > x,
]


@pytest.mark.parametrize("call", LEFT_ARRAYS, ids=range(len(LEFT_ARRAYS)))
def test_an_array_on_the_left_gives_a_tensor(call) -> None:
    a, x = numbers(3, 2, low=1), numbers(3, 2, seed=4, low=1)
    result = call(a, NUMPY.leaf(x, True))
    assert isinstance(result, NUMPY.Tensor)
    np.testing.assert_allclose(result.data, call(a, x))


MATMUL = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((3, 3), (3, 3)),
    ((5, 2, 3), (3,)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((3, 3, 3), (3, 3, 3)),
    ((4, 1, 2, 3), (5, 3, 2)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
    ((2, 1), (1, 3)),
    ((1, 2, 3), (5, 3, 1)),
    ((3, 3, 3), (3, 3)),
    ((0,), (0,)),
    ((2, 0, 3), (3, 2)),
]


@pytest.mark.parametrize(("left", "right"), MATMUL)
def test_matmul_of_every_rank(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    check(lambda m, a, b: a @ b, numbers(*left, seed=1), numbers(*right, seed=2), orders=2)


@pytest.mark.parametrize("name", ["sum", "mean", "amax", "amin"])
@pytest.mark.parametrize("dim", [None, 0, 1, -1, (0, 2), (-1, 0), (0, 1, 2)])
@pytest.mark.parametrize("keepdim", [False, True])
def test_reductions(name: str, dim, keepdim: bool) -> None:
    settings = {} if dim is None else {"dim": dim, "keepdim": keepdim}
    check(lambda m, x: getattr(m, name)(x, **settings), numbers(2, 3, 4), orders=2)
    check(lambda m, x: getattr(x * x, name)(**settings), numbers(3, 3, 3), orders=2)


@pytest.mark.parametrize("name", ["max", "min"])
@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("keepdim", [False, True])
def test_extremes_along_a_dim(name: str, dim: int, keepdim: bool) -> None:
    x = np.array([[1.0, 3.0, 3.0], [2.0, 3.0, 0.0], [2.0, 0.0, 0.0]])
    check(lambda m, x: getattr(m, name)(x, dim, keepdim), x)
    check(lambda m, x: getattr(x, name)(dim=dim, keepdim=keepdim).values ** 2, x, orders=2)


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "sum", "mean"])
@pytest.mark.parametrize(
    "data", [[1.0, 3.0, 3.0], [1.0, NAN, NAN], [2.0, 2.0, 2.0], 5.0, [INF, -INF]]
)
def test_ties_and_nans_of_full_reductions(name: str, data) -> None:
    check(lambda m, x: getattr(x, name)(), np.array(data), orders=2)


MOVES = {
    "reshape": lambda m, x: x.reshape(4, 6),
    "reshape tuple": lambda m, x: x.reshape((3, -1)),
    "view": lambda m, x: x.view(-1),
    "function": lambda m, x: m.reshape(x, (6, 4)),
    "transpose": lambda m, x: x.transpose(0, -1),
    "T": lambda m, x: x[0].T,
    "mT": lambda m, x: x.mT,
    "permute": lambda m, x: x.permute(2, 0, 1),
    "permute f": lambda m, x: m.permute(x, (1, -1, 0)),
    "flatten": lambda m, x: x.flatten(),
    "flatten 1": lambda m, x: m.flatten(x, 1, 2),
    "flatten 0-d": lambda m, x: x.sum().flatten(),
    "squeeze": lambda m, x: x.unsqueeze(1).squeeze(),
    "squeeze 1": lambda m, x: x.unsqueeze(1).squeeze(1),
    "squeeze 0": lambda m, x: x.squeeze(0),
    "squeeze tuple": lambda m, x: x[None, None].squeeze((0, 1)),
    "unsqueeze": lambda m, x: m.unsqueeze(x, -1),
    "expand": lambda m, x: x.unsqueeze(1).expand(-1, 5, 3, 4),
    "expand front": lambda m, x: x.expand(2, 2, 3, 4),
    "expand 0-d": lambda m, x: x.sum().expand(3, 2),
    "broadcast_to": lambda m, x: m.broadcast_to(x, (2, 2, 3, 4)),
    "to": lambda m, x: x.float() * 2.0,
    "clone": lambda m, x: x.clone(),
    "iterate": lambda m, x: list(x)[1],
    "int": lambda m, x: x[1],
    "negative": lambda m, x: x[:, -1],
    "slice": lambda m, x: x[:, 1:, ::2],
    "ellipsis": lambda m, x: x[..., 0],
    "None": lambda m, x: x[:, None, 1],
    "empty": lambda m, x: x[1:1],
    "repeated": lambda m, x: x[[0, 0, 1]],
    "lists": lambda m, x: x[[0, 1, 0], [2, 2, 2]],
    "split lists": lambda m, x: x[[0, 1, 0], :, [2, 2, 2]],
    "rows and cols": lambda m, x: x[0, [[0], [1]], [1, 1, 3]],
    "mask": lambda m, x: x[x > 0],
    "row mask": lambda m, x: x[[True, False]],
    "no row": lambda m, x: x[[False, False]],
    "tensor": lambda m, x: x[m.argmax(x, 0)],
    "0-d tensor": lambda m, x: x[m.argmax(x[:, 0, 0])],
    "same twice": lambda m, x: x[:, [-1, 2]],
    "of index": lambda m, x: (x[[1, 1]] * x[0]).sum(0),
}


@pytest.mark.parametrize("name", MOVES)
def test_movement_and_indexing(name: str) -> None:
    check(lambda m, x: MOVES[name](m, x * x), numbers(2, 3, 4), orders=2)
    check(MOVES[name], numbers(2, 3, 4).astype("float32"))


def test_second_derivative_of_relu_is_a_zero_that_can_be_differentiated() -> None:
    for m in (NUMPY, TORCH):
        x = m.leaf(np.array([1.0, -1.0, 0.0]), True)
        (g,) = m.grad(m.relu(x).sum(), x, create_graph=True)
        (gg,) = m.grad(g.sum(), x)
        assert gg.tolist() == [0, 0, 0]


def test_every_numpy_warning_stays_inside(recwarn: pytest.WarningsRecorder) -> None:
    x = NUMPY.leaf([0.0, -1.0, 1e308], True)
    y = (1 / x + x.log() + x.exp() + x * 1e308 + x**0.5).sum()
    y.backward()
    assert not recwarn.list
