"""Quantiles, covariances and masked reductions on the NumPy engine agree with torch."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, check, numbers

NAN = float("nan")
INTERPOLATIONS = ["linear", "lower", "higher", "midpoint", "nearest"]
SPREADS = {
    "cov": lambda m, x: m.cov(x),
    "cov of a vector": lambda m, x: x[0].cov(correction=0),
    "cov of a row": lambda m, x: m.cov(x[:1]),
    "cov weighted": lambda m, x: m.cov(
        x, fweights=m.leaf(np.array([1, 2, 1, 3])), aweights=(x[0] ** 2).detach()
    ),
    "corrcoef": lambda m, x: m.corrcoef(x),
    "corrcoef of a vector": lambda m, x: x[0].corrcoef(),
    "std_mean": lambda m, x: m.std_mean(x, False),
    "var_mean": lambda m, x: m.var_mean(x, 1, unbiased=False, keepdim=True),
}
MASKED = {
    "sum": lambda f, x, mask: f.sum(x, mask=mask),
    "sum dim": lambda f, x, mask: f.sum(x, 1, keepdim=True, mask=mask),
    "prod": lambda f, x, mask: f.prod(x, (0, 1), mask=mask),
    "amax": lambda f, x, mask: f.amax(x, 0, mask=mask),
    "amin": lambda f, x, mask: f.amin(x, 0, mask=mask),
    "mean": lambda f, x, mask: f.mean(x, 0, mask=mask),
    "var": lambda f, x, mask: f.var(x, 1, unbiased=True, mask=mask),
    "std": lambda f, x, mask: f.std(x, (0, 1), correction=0, keepdim=True, mask=mask),
    "median": lambda f, x, mask: f.median(x, 1, mask=mask),
    "cumsum": lambda f, x, mask: f.cumsum(x, 1, mask=mask),
    "cumprod": lambda f, x, mask: f.cumprod(x, 0, mask=mask),
    "logaddexp": lambda f, x, mask: f.logaddexp(x, x * x, input_mask=mask),
}


@pytest.mark.parametrize("how", INTERPOLATIONS)
@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
def test_quantiles(name: str, how: str) -> None:
    x, q = numbers(3, 4), np.array([0.0, 0.3, 1.0])
    for settings in ({}, {"dim": 1}, {"dim": 0, "keepdim": True}, {"keepdim": True}):
        settings["interpolation"] = how
        check(lambda m, x, s=settings: getattr(m, name)(x, 0.37, **s), x)
        check(lambda m, x, q, s=settings: getattr(m, name)(x, q, **s), x, q)
    x[1, 2] = NAN
    check(lambda m, x: getattr(m, name)(x, 0.4, 1, interpolation=how), x)


@pytest.mark.parametrize("q", [1.5, -0.1, [[0.5]]])
@pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_a_quantile_lies_between_0_and_1(m, q) -> None:
    with pytest.raises(RuntimeError):
        m.quantile(m.leaf(numbers(3), True), m.leaf(np.array(q)))


@pytest.mark.parametrize("name", SPREADS)
def test_spreads(name: str) -> None:
    check(SPREADS[name], numbers(3, 4), orders=2)


@pytest.mark.filterwarnings("ignore:The PyTorch API of MaskedTensors:UserWarning")
@pytest.mark.parametrize("name", MASKED)
def test_masked_reductions(name: str) -> None:
    mask = np.array([[True, False, True, True], [False, True, True, False], [True] * 4])
    check(lambda m, x: MASKED[name](m.masked, x, m.leaf(mask)), numbers(3, 4), orders=2)


def test_a_count_of_elements_has_no_gradient() -> None:
    for m in (NUMPY, TORCH):
        x = m.leaf(numbers(3), True)
        m.norm(x, 0).backward()
        assert x.grad is None
