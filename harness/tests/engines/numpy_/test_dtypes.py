"""Result dtypes on the NumPy engine are torch's, which are not NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.engines.numpy_.primitive import narrowed
from gradconform.harness.tests.engines.numpy_.oracle import check, numbers

DTYPES = {
    "f32*f64": ("float32", (3,), "float64", (3,)),
    "f32[1]*f64 0-d": ("float32", (1,), "float64", ()),
    "f64*f32 0-d": ("float64", (2,), "float32", ()),
    "f32*int": ("float32", (3,), "int64", (3,)),
    "int*f64 0-d": ("int64", (3,), "float64", ()),
    "int*int": ("int64", (3,), "int64", (1,)),
    "f32 0-d*f64 0-d": ("float32", (), "float64", ()),
    "bool*f32": ("bool", (3,), "float32", (3,)),
    "int32*int64": ("int32", (2,), "int64", (2,)),
    "int32*int64 0-d": ("int32", (2,), "int64", ()),
}


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("op", ["add", "mul", "div", "maximum"])
def test_dtypes_promote_as_in_torch(name: str, op: str) -> None:
    left, left_shape, right, right_shape = DTYPES[name]
    a = np.abs(numbers(*left_shape) * 3 + 7).astype(left)
    b = np.abs(numbers(*right_shape, seed=5) * 3 + 7).astype(right)
    check(lambda m, a, b: getattr(m, op)(a, b), a, b)


GRADIENTLESS = [
    lambda m: m.tensor([1, 2]) / 2,
    lambda m: m.tensor([1, 2]) * 2.5,
    lambda m: m.tensor(True) + 1,
    lambda m: m.exp(m.tensor([1, 2])),
    lambda m: m.tensor([True, False]).sum(),
    lambda m: m.tensor(2) ** 3,
    lambda m: m.tensor([1.0]),
    lambda m: m.tensor(1.0) * np.float64(2).item(),
    lambda m: m.tensor([1, 2]) > 1.5,
    lambda m: m.tensor(np.float64(1)),
    lambda m: m.tensor([[1, 2.0]]),
    lambda m: m.tensor([]),
    lambda m: m.where(m.tensor([True, False]), 1.0, m.tensor(2)),
    lambda m: m.tensor([1.5]).long(),
]


@pytest.mark.parametrize("call", GRADIENTLESS, ids=range(len(GRADIENTLESS)))
def test_results_without_gradient_have_torchs_dtype(call) -> None:
    check(call)


def test_a_number_does_not_widen_a_0d_array_on_numpy_1() -> None:
    """NumPy 1 gives float64 for a 0-d float32 array with a Python number."""
    as_numpy_1 = narrowed(lambda x: np.float64(x) * 2.5)
    single, double = np.array(0.1, "float32"), np.array(0.1)
    assert as_numpy_1(single).dtype == np.float32
    assert as_numpy_1(single) == np.float32(np.float64(single) * 2.5)
    assert as_numpy_1(double) == 0.25
    assert narrowed(lambda x: np.asarray(x, "float64").sum())(np.ones(3, "float32")) == 3.0
    assert narrowed(lambda x: x > 0)(single).dtype == bool
    assert (
        narrowed(lambda x, dtype: x.astype(dtype))(single, dtype=np.dtype("float64")).dtype == float
    )
