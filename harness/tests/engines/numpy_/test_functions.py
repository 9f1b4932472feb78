"""Functions of numbers on the NumPy engine: torch's values, slopes, kinks and edges."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, check, numbers

INF, NAN = float("inf"), float("nan")
EDGES = np.array(
    [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        1.5,
        2.5,
        3.0,
        -3.0,
        6.0,
        20.0,
        20.0001,
        40.0,
        -1000.0,
        1000.0,
    ]
)
EDGES = np.append(EDGES, [1e-20, INF, -INF, NAN])

# name: where its data for the smooth comparison lies
FUNCTIONS = {
    "exp2": (-2, 2),
    "expm1": (-2, 2),
    "log2": (0.2, 2),
    "log10": (0.2, 2),
    "log1p": (-0.5, 2),
    "rsqrt": (0.2, 2),
    "reciprocal": (0.2, 2),
    "tan": (-1, 1),
    "asin": (-0.9, 0.9),
    "acos": (-0.9, 0.9),
    "atan": (-2, 2),
    "sinh": (-2, 2),
    "cosh": (-2, 2),
    "asinh": (-2, 2),
    "acosh": (1.1, 3),
    "atanh": (-0.9, 0.9),
    "sinc": (0.1, 2),
    "deg2rad": (-2, 2),
    "rad2deg": (-2, 2),
    "erf": (-2, 2),
    "erfc": (-2, 2),
    "floor": (-2, 2),
    "ceil": (-2, 2),
    "trunc": (-2, 2),
    "round": (-2, 2),
    "frac": (-2, 2),
    "positive": (-2, 2),
    "nan_to_num": (-2, 2),
    "logit": (0.1, 0.9),
    "sign": (-2, 2),
}
ACTIVATIONS = [
    "relu6",
    "leaky_relu",
    "elu",
    "celu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "softplus",
    "softsign",
    "hardtanh",
    "hardsigmoid",
    "hardswish",
    "softshrink",
    "hardshrink",
    "tanhshrink",
    "logsigmoid",
]
FACTS = ["isnan", "isinf", "isfinite", "logical_not", "signbit"]
SETTINGS = {
    "round 1": lambda m, x: m.round(x, decimals=1),
    "logit eps": lambda m, x: m.logit(x, 0.3),
    "nan_to_num": lambda m, x: m.nan_to_num(x, 1.0, 2.0, -3.0),
    "leaky": lambda m, x: m.leaky_relu(x, 0.3),
    "elu": lambda m, x: m.elu(x, 0.5),
    "celu": lambda m, x: m.celu(x, 0.5),
    "gelu tanh": lambda m, x: m.gelu(x, approximate="tanh"),
    "softplus": lambda m, x: m.softplus(x, 2.0, 3.0),
    "hardtanh": lambda m, x: m.hardtanh(x, -0.5, 1.0),
    "softshrink": lambda m, x: m.softshrink(x, 1.0),
    "hardshrink": lambda m, x: m.hardshrink(x, 1.0),
    "threshold": lambda m, x: m.threshold(x, 0.5, 3.0),
    "clamp": lambda m, x: m.clamp(x, -1, 1),
    "clamp min": lambda m, x: x.clamp(min=-0.5),
    "clamp max": lambda m, x: x.clamp(max=1.0),
    "clamp reversed": lambda m, x: x.clamp(1, -1),
    "clamp_min": lambda m, x: m.clamp_min(x, 0),
    "clamp_max": lambda m, x: x.clamp_max(1.5),
    "clip": lambda m, x: x.clip(0, 3),
    "fmod": lambda m, x: m.fmod(x, 0.7),
    "mod": lambda m, x: x % 0.7,
    "remainder": lambda m, x: m.remainder(x, -0.7),
    "lerp": lambda m, x: m.lerp(x, x * x, 0.3),
    "glu": lambda m, x: m.glu(x[:4]),
    "sqrt of square": lambda m, x: (x * x).sqrt(),
    "masked sqrt": lambda m, x: m.where(x > 0, x.sqrt(), 0.0),
    "masked log": lambda m, x: m.where(x > 0, x.log(), 0.0),
    "masked 1/x": lambda m, x: m.where(x == 0, 0.0, 1 / x),
    "double where": lambda m, x: m.where(x > 0, m.where(x > 0, x, 1.0).sqrt(), 0.0),
}


@pytest.mark.parametrize("name", [*FUNCTIONS, *ACTIVATIONS])
def test_functions_agree_to_third_order(name: str) -> None:
    low, high = FUNCTIONS.get(name, (-2, 2))
    x = numbers(2, 3, low=low, high=high)
    orders = 1 if name == "hardsigmoid" else 3  # torch has no second derivative of hardsigmoid
    check(lambda m, x: getattr(m, name)(x), x, orders=orders)
    check(lambda m, x: getattr(m, name)(x), x.astype("float32"))
    check(lambda m, x: getattr(m, name)(x * 1.0), x[0, 0])


@pytest.mark.parametrize("name", [*FUNCTIONS, *ACTIVATIONS])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_functions_agree_at_edges(name: str, dtype: str) -> None:
    x = EDGES.astype(dtype)
    if name in ("tan", "sinc") or (dtype == "float32" and name == "frac"):
        x = x[np.isnan(x) | np.isinf(x) | (abs(x) < 50)]  # large angles are rounded differently
    if dtype == "float32" and name in ("gelu", "logit"):
        x = x[np.isfinite(x) & ((x != 0) | ~np.signbit(x))]  # torch's depend on the processor there
    check(lambda m, x: getattr(m, name)(x), x)


@pytest.mark.parametrize("name", SETTINGS)
def test_settings(name: str) -> None:
    check(SETTINGS[name], numbers(8, seed=3), orders=2)
    check(SETTINGS[name], EDGES)


@pytest.mark.parametrize("name", FACTS)
def test_facts_carry_no_gradient(name: str) -> None:
    check(lambda m, x: getattr(m, name)(x), EDGES)


PAIRS = [
    "fmax",
    "fmin",
    "atan2",
    "hypot",
    "fmod",
    "remainder",
    "xlogy",
    "logaddexp",
    "logaddexp2",
    "copysign",
    "lerp",
    "addcmul",
    "addcdiv",
    "clamp",
]


def pair(name: str):
    if name in ("addcmul", "addcdiv"):
        return lambda m, a, b: getattr(m, name)(a, b, a, value=0.5)
    if name in ("lerp", "clamp"):
        return lambda m, a, b: getattr(m, name)(a, b, a * b)
    return lambda m, a, b: getattr(m, name)(a, b)


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_agree_and_broadcast(name: str) -> None:
    positive = -2 if name != "xlogy" else 0.3
    for left, right in (((2, 3), (2, 3)), ((2, 1), (3,)), ((), (2,)), ((0, 3), (1, 3))):
        a, b = numbers(*left, seed=1, low=positive), numbers(*right, seed=2, low=positive)
        check(pair(name), a, b, orders=2)
        check(pair(name), a.astype("float32"), b.astype("float32"))


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_agree_at_edges(name: str) -> None:
    grid = np.array([0.0, 0.5, 1.0, 2.0, 3.0, -1.0, -2.0, INF, -INF, NAN])
    a, b = (x.copy() for x in np.meshgrid(grid, grid))
    if name == "copysign":
        keep = np.isfinite(a) & np.isfinite(b)
        a, b = a[keep], b[keep]
    check(pair(name), a, b)


@pytest.mark.parametrize("name", ["logical_and", "logical_or", "logical_xor", "heaviside"])
def test_pairs_without_gradient(name: str) -> None:
    check(
        lambda m, x: getattr(m, name)(x.detach(), (x * 0 + 1).detach()), np.array([0.0, 1.0, -2.0])
    )


@pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_a_step_has_no_derivative(m) -> None:
    x = m.leaf(np.array([1.0, -1.0]), True)
    y = m.heaviside(x, m.leaf(np.array([0.5, 0.5])))
    with pytest.raises((RuntimeError, NotImplementedError), match="not implemented"):
        y.sum().backward()


@pytest.mark.parametrize("weight", [(1,), (3,)])
def test_prelu(weight: tuple[int, ...]) -> None:
    x = numbers(2, 3, 4)
    check(lambda m, x, w: m.prelu(x, w), x, numbers(*weight, seed=9), orders=2)
    x[0, :, 0] = 0
    check(lambda m, x, w: m.prelu(x, w), x, numbers(*weight, seed=9))


def test_integer_division() -> None:
    a, b = np.array([-7, 7, -7, 7]), np.array([2, 2, -2, -2])
    check(lambda m, a, b: a // b, a, b)
    check(lambda m, a, b: a % b, a, b)
    check(lambda m, a, b: m.fmod(a, b), a, b)
    check(lambda m, a: a // 2.0, a)


def test_tensor_bounds_of_clamp_at_ties() -> None:
    x = np.array([1.0, 0.0, 2.0, 1.5, 1.5, NAN])
    low, high = np.array([1.0, 1.0, 1.0, 1.0, 2.0, 0.0]), np.array([2.0, 2.0, 2.0, 1.5, 1.0, 1.0])
    check(lambda m, x, low, high: m.clamp(x, low, high), x, low, high)
    check(lambda m, x, low: m.clamp(x, min=low), x, low)
    check(lambda m, x, high: m.clamp(x, max=high), x, high)


ERRORS = {
    "glu": lambda m, x: m.glu(x),
    "gelu": lambda m, x: m.gelu(x, approximate="erf"),
    "clamp": lambda m, x: m.clamp(x),
    "fmax": lambda m, x: m.fmax(x, x[:2]),
}


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_wrong_settings_raise(m, name: str) -> None:
    with pytest.raises(RuntimeError):
        ERRORS[name](m, m.leaf(np.ones(3)))
