"""Scans, spreads, norms and medians on the NumPy engine agree with torch, at degenerate inputs too."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, check, numbers

INF, NAN = float("inf"), float("nan")

SMOOTH = {
    "prod": lambda m, x: m.prod(x),
    "prod dim": lambda m, x: x.prod(1),
    "prod keep": lambda m, x: x.prod(-1, True),
    "var": lambda m, x: m.var(x),
    "var dim": lambda m, x: x.var(1),
    "var dims": lambda m, x: x.var((0, 2), keepdim=True),
    "var biased": lambda m, x: m.var(x, unbiased=False),
    "var legacy": lambda m, x: m.var(x, 1, False),
    "var 2": lambda m, x: m.var(x, dim=1, correction=2),
    "var flag": lambda m, x: x.var(False),
    "std": lambda m, x: x.std(),
    "std dim": lambda m, x: m.std(x, -1, correction=0),
    "std keep": lambda m, x: x.std((1, 2), keepdim=True),
    "var_mean": lambda m, x: m.var_mean(x, 1),
    "std_mean": lambda m, x: m.std_mean(x, dim=(0, 1), correction=0, keepdim=True),
    "norm": lambda m, x: m.norm(x),
    "norm dim": lambda m, x: x.norm(dim=1),
    "norm 1": lambda m, x: x.norm(1),
    "norm 3": lambda m, x: x.norm(3, 2, True),
    "norm inf": lambda m, x: x.norm(INF, 0),
    "norm -inf": lambda m, x: m.norm(x, -INF),
    "vector 2": lambda m, x: m.vector_norm(x),
    "vector 1.5": lambda m, x: m.vector_norm(x, 1.5, dim=(0, 1)),
    "vector 0.5": lambda m, x: m.vector_norm(x, 0.5, dim=1),
    "vector 0": lambda m, x: m.vector_norm(x, 0, keepdim=True),
    "vector 4": lambda m, x: m.vector_norm(x, 4, dim=-1),
    "logsumexp": lambda m, x: m.logsumexp(x, 1),
    "logsumexp 2": lambda m, x: x.logsumexp((0, 2), True),
    "cumsum": lambda m, x: m.cumsum(x, 1),
    "cumprod": lambda m, x: x.cumprod(-1),
    "logcumsumexp": lambda m, x: m.logcumsumexp(x, 1),
    "nansum": lambda m, x: m.nansum(x, 1),
    "nanmean": lambda m, x: x.nanmean(dim=1),
    "dist": lambda m, x: m.dist(x, x * x),
    "dist 1": lambda m, x: x.dist(x[0] * 2, 1),
}
PICKED = {
    "cummax": lambda m, x: m.cummax(x, 1),
    "cummin": lambda m, x: x.cummin(-1),
    "median": lambda m, x: m.median(x),
    "median dim": lambda m, x: x.median(1),
    "nanmedian": lambda m, x: m.nanmedian(x),
    "nanmedian dim": lambda m, x: x.nanmedian(1),
    "median keep": lambda m, x: m.median(x, 2, True),
    "aminmax": lambda m, x: m.aminmax(x),
    "aminmax dim": lambda m, x: x.aminmax(dim=1, keepdim=True),
    "argmax": lambda m, x: x.argmax(),
    "argmax dim": lambda m, x: m.argmax(x, 1, True),
    "argmin": lambda m, x: x.argmin(-1),
    "any": lambda m, x: m.any(x > 1, 1),
    "all": lambda m, x: (x > -1).all(),
    "any all": lambda m, x: (x > 5).any(),
    "all dims": lambda m, x: m.all(x > 0, (0, 1), True),
    "count": lambda m, x: m.count_nonzero(x, 1),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_reductions(name: str) -> None:
    check(SMOOTH[name], numbers(2, 3, 4), orders=1 if name == "vector 0" else 2)
    check(SMOOTH[name], numbers(3, 3, 3, low=0.1), orders=1)
    check(SMOOTH[name], numbers(2, 3, 4).astype("float32"), tolerance=(3e-6, 1e-5))


@pytest.mark.parametrize("name", PICKED)
def test_reductions_that_pick(name: str) -> None:
    check(PICKED[name], numbers(2, 3, 4))
    check(lambda m, x: PICKED[name](m, x * x), numbers(3, 3, 3))


EDGES = {
    "one zero": [2.0, 0.0, 3.0, 4.0],
    "two zeros": [2.0, 0.0, 0.0, 4.0],
    "zeros": [0.0, 0.0, 0.0],
    "equal": [2.0, 2.0, 2.0],
    "one": [3.0],
    "-inf": [-INF, 1.0, 2.0],
    "all -inf": [-INF, -INF],
    "inf": [INF, 0.0],
    "large": [1000.0, 1000.0],
    "ties": [1.0, 3.0, 3.0, 2.0],
    "nan": [1.0, NAN, 2.0, NAN],
    "even": [4.0, 1.0, 3.0, 2.0],
    "signs": [-2.0, 2.0, 1.0],
}
AT_EDGES = {
    "prod": lambda m, x: x.prod(),
    "cumprod": lambda m, x: x.cumprod(0),
    "var": lambda m, x: x.var(),
    "std": lambda m, x: x.std(),
    "std 0": lambda m, x: x.std(correction=0),
    "norm": lambda m, x: x.norm(),
    "norm 1": lambda m, x: x.norm(1),
    "norm 1.5": lambda m, x: x.norm(1.5),
    "norm 3": lambda m, x: x.norm(3),
    "norm inf": lambda m, x: x.norm(INF),
    "norm -inf": lambda m, x: x.norm(-INF),
    "logsumexp": lambda m, x: x.logsumexp(0),
    "median": lambda m, x: x.median(),
    "nanmedian": lambda m, x: x.nanmedian(),
    "median dim": lambda m, x: x.median(0, keepdim=True).values,
    "nanmedian dim": lambda m, x: x.nanmedian(0).values,
    "cummax": lambda m, x: x.cummax(0),
    "cummin": lambda m, x: x.cummin(0),
    "nansum": lambda m, x: x.nansum(),
    "nanmean": lambda m, x: x.nanmean(),
    "argmax": lambda m, x: x.argmax(),
    "argmin": lambda m, x: x.argmin(),
    "max dim": lambda m, x: x.max(0),
    "cumsum": lambda m, x: x.cumsum(0),
    "amax": lambda m, x: x.amax(),
    "aminmax": lambda m, x: x.aminmax(),
    "logaddexp": lambda m, x: m.logaddexp(x, x),
    "mean": lambda m, x: x - x.mean(),
}


@pytest.mark.filterwarnings("ignore:.*degrees of freedom:UserWarning")
@pytest.mark.parametrize("data", EDGES)
@pytest.mark.parametrize("name", AT_EDGES)
def test_edges(name: str, data: str) -> None:
    check(AT_EDGES[name], np.array(EDGES[data]))


def test_third_derivative_of_a_product_with_zeros() -> None:
    check(lambda m, x: m.stack([x, x, x]).prod(), np.array(0.0), orders=3)
    check(lambda m, x: x.prod(0), np.array([0.0, 2.0, 0.0, 3.0]), orders=3)
    check(lambda m, x: x.cumprod(0), np.array([2.0, 0.0, 3.0]), orders=3)


EMPTY = {
    "sum": lambda m, x: x.sum(),
    "prod": lambda m, x: x.prod(),
    "mean": lambda m, x: x.mean(),
    "median": lambda m, x: x.median(),
    "sum 0": lambda m, x: x.sum(0),
    "prod 0": lambda m, x: x.prod(0),
    "logsumexp": lambda m, x: x.logsumexp(0),
    "max 1": lambda m, x: x.max(1),
    "cumsum": lambda m, x: x.cumsum(0),
    "cumprod": lambda m, x: x.cumprod(0),
    "var": lambda m, x: x.var(0),
    "norm": lambda m, x: x.norm(),
    "any": lambda m, x: x.any(),
    "all": lambda m, x: x.all(0),
    "amax": lambda m, x: x.amax(1),
}


@pytest.mark.parametrize("name", EMPTY)
@pytest.mark.filterwarnings("ignore:.*degrees of freedom:UserWarning")
def test_empty(name: str) -> None:
    check(EMPTY[name], np.zeros((0, 3)))


@pytest.mark.parametrize(
    "name", ["cumsum", "cumprod", "logcumsumexp", "prod", "var", "norm", "logsumexp", "std"]
)
def test_a_number_has_a_dim_to_reduce(name: str) -> None:
    if name in ("var", "std"):
        check(lambda m, x: getattr(x, name)(correction=0), np.array(2.0))
    elif name == "norm":
        check(lambda m, x: x.norm(), np.array(-2.0))
    else:
        check(lambda m, x: getattr(x, name)(0), np.array(2.0))


def test_integers() -> None:
    x = np.array([[1, 2], [3, 0]])
    for call in (
        lambda m, x: x.sum(0),
        lambda m, x: x.prod(),
        lambda m, x: x.cumsum(1),
        lambda m, x: x.max(1),
        lambda m, x: x.amin(0),
    ):
        check(call, x)


ERRORS = {
    "var of ints": (RuntimeError, lambda m: m.leaf(np.array([1, 2])).var()),
    "norm of ints": (RuntimeError, lambda m: m.leaf(np.array([1, 2])).norm()),
    "cumsum": (IndexError, lambda m: m.leaf(np.ones(2)).cumsum(1)),
    "argmax": (IndexError, lambda m: m.leaf(np.ones((2, 0))).argmax(1)),
    "logsumexp": (IndexError, lambda m: m.leaf(np.ones(2)).logsumexp(3)),
}


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_errors_have_torchs_type(m, name: str) -> None:
    kind, call = ERRORS[name]
    with pytest.raises(kind):
        call(m)
