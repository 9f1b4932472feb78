"""Gamma, Bessel and inverse error functions on the NumPy engine agree with torch."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import check, numbers

INF, NAN = float("inf"), float("nan")
NAMES = ["lgamma", "digamma", "i0", "i1", "erfinv", "entr", "ndtr"]
EDGES = np.array(
    [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, -1.5, 2.0, 3.7, -2.3, 10.0, 30.0, 1e-20, 200.0, NAN]
)


@pytest.mark.parametrize("name", NAMES)
def test_special_functions_agree_to_third_order(name: str) -> None:
    check(lambda m, x: getattr(m, name)(x), numbers(2, 4, low=0.1, high=0.9), orders=3)
    check(lambda m, x: getattr(m, name)(x), numbers(8, low=1, high=20), orders=2)
    check(lambda m, x: getattr(m, name)(x), numbers(8, low=0.1, high=0.9).astype("float32"))
    check(lambda m, x: getattr(m, name)(x), numbers(8, low=-4.9, high=-0.1))


@pytest.mark.parametrize("name", NAMES)
def test_special_functions_agree_at_edges(name: str) -> None:
    x = EDGES[EDGES != -1.0] if name == "digamma" else EDGES  # torch rounds the sine at its poles
    x = x[~np.isnan(x)] if name == "i1" else x  # where torch has a slope
    check(lambda m, x: getattr(m, name)(x), x)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_polygamma(n: int) -> None:
    check(lambda m, x: m.polygamma(n, x), numbers(6, low=0.2, high=30), orders=2)
    check(lambda m, x: x.polygamma(n), np.array([1.0, 2.5, 11.0]))


def test_gamma_of_several_dims() -> None:
    check(lambda m, x: m.mvlgamma(x, 3), numbers(6, low=1.2, high=9), orders=2)


def test_xlog1py() -> None:
    a, b = numbers(4, seed=1), numbers(4, seed=2, low=-0.9)
    check(lambda m, a, b: m.xlog1py(a, b), a, b, orders=2)
    edges = np.array([0.0, 0.0, 0.0, 2.0, 2.0, 0.0]), np.array([0.0, -1.0, -2.0, -1.0, -2.0, NAN])
    check(lambda m, a, b: m.xlog1py(a, b), *edges)


def test_infinity() -> None:
    for name in ("lgamma", "digamma", "erfinv", "entr"):
        check(lambda m, x, n=name: getattr(m, n)(x), np.array([INF]))


def test_inverse_error_function_near_one() -> None:
    check(lambda m, x: m.erfinv(x), 1 - 10.0 ** -np.arange(1, 15), tolerance=(1e-6, 0.0))
    check(lambda m, x: m.erfinv(x), 10.0 ** -np.arange(1, 300, 20))
