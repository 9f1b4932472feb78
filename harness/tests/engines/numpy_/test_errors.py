"""The NumPy engine refuses what torch refuses, with torch's error types and in plain words."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.engines.numpy_ import Tensor
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH

BOTH = pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])


def leaf(m, data=3.0):
    return m.leaf(np.asarray(data, "float64"), True)


@BOTH
def test_requires_grad_belongs_to_floats_and_leaves(m) -> None:
    with pytest.raises(RuntimeError, match="floating"):
        m.leaf(np.array([1, 2]), True)
    with pytest.raises(RuntimeError):
        m.leaf(np.array([True])).requires_grad_()
    y = leaf(m) * 2
    with pytest.raises(RuntimeError, match=r"leaf|leaves"):
        y.requires_grad = False
    assert not y.is_leaf
    middle = y.detach().requires_grad_()
    (middle * 2).backward()
    assert middle.grad == 2


@BOTH
def test_results_that_carry_no_gradient(m) -> None:
    x = leaf(m, [[1.0, 2.0], [2.0, 0.0]])
    values, indices = x.max(1)
    assert values.requires_grad
    assert not indices.requires_grad
    assert not (x > 1).requires_grad
    assert not x.argmax().requires_grad


@BOTH
def test_conversions_that_would_lose_something_raise(m) -> None:
    x = leaf(m, [1.0, 2.0])
    for call in (bool, lambda x: x.item(), lambda x: x.numpy()):
        with pytest.raises(RuntimeError):
            call(x)
    assert x.sum().item() == 3
    assert bool(x[0] > 0)
    assert float(x[1].detach()) == 2
    assert len(x) == 2
    with pytest.raises(TypeError):
        len(x.sum())


ERRORS = {
    "broadcast": (RuntimeError, lambda m: m.leaf(np.ones(3)) * m.leaf(np.ones(4))),
    "broadcast 2": (RuntimeError, lambda m: m.leaf(np.ones((2, 3))) + m.leaf(np.ones(2))),
    "where": (
        RuntimeError,
        lambda m: m.where(m.leaf([True] * 2), m.leaf(np.ones(3)), m.leaf(np.ones(3))),
    ),
    "matmul 0-d": (RuntimeError, lambda m: m.leaf(np.array(1.0)) @ m.leaf(np.ones(3))),
    "matmul sizes": (RuntimeError, lambda m: m.leaf(np.ones((2, 3))) @ m.leaf(np.ones((2, 3)))),
    "matmul batch": (
        RuntimeError,
        lambda m: m.leaf(np.ones((2, 3, 3))) @ m.leaf(np.ones((4, 3, 3))),
    ),
    "reshape": (RuntimeError, lambda m: m.leaf(np.ones(6)).reshape(4, 2)),
    "expand": (RuntimeError, lambda m: m.leaf(np.ones(3)).expand(4)),
    "permute": (RuntimeError, lambda m: m.leaf(np.ones((2, 3))).permute(0, 0)),
    "dim": (IndexError, lambda m: m.leaf(np.ones((2, 3))).sum(2)),
    "dim twice": (RuntimeError, lambda m: m.leaf(np.ones((2, 3))).sum((0, -2))),
    "transpose": (IndexError, lambda m: m.leaf(np.ones((2, 3))).transpose(0, 2)),
    "index": (IndexError, lambda m: m.leaf(np.ones(3))[3]),
    "index list": (IndexError, lambda m: m.leaf(np.ones(3))[[0, 5]]),
    "too many": (IndexError, lambda m: m.leaf(np.ones(3))[0, 0]),
    "step": (ValueError, lambda m: m.leaf(np.ones(3))[::-1]),
    "max of none": (RuntimeError, lambda m: m.leaf(np.ones(0)).max()),
    "max over none": (IndexError, lambda m: m.leaf(np.ones((2, 0))).max(1)),
    "amax over none": (IndexError, lambda m: m.leaf(np.ones((2, 0))).amax(1)),
    "mean of ints": (RuntimeError, lambda m: m.leaf(np.array([1, 2])).mean()),
    "int power": (RuntimeError, lambda m: m.leaf(np.array([1, 2])) ** -1),
    "type": (TypeError, lambda m: m.leaf(np.ones(2)) + "a"),
    "leaf in place": (RuntimeError, lambda m: leaf(m).add_(1)),
    "leaf +=": (RuntimeError, lambda m: leaf(m).__iadd__(1)),
    "leaf view in place": (RuntimeError, lambda m: leaf(m, [1.0, 2.0])[0].mul_(2)),
    "leaf setitem": (RuntimeError, lambda m: leaf(m, [1.0, 2.0]).__setitem__(0, 5.0)),
    "int += float": (RuntimeError, lambda m: m.leaf(np.array([1])).add_(1.5)),
    "grow in place": (RuntimeError, lambda m: m.leaf(np.ones(1)).add_(m.leaf(np.ones(2)))),
}


@BOTH
@pytest.mark.parametrize("name", ERRORS)
def test_errors_have_torchs_type(m, name: str) -> None:
    kind, call = ERRORS[name]
    with pytest.raises(kind):
        call(m)


def test_errors_say_what_came() -> None:
    with pytest.raises(RuntimeError, match=r"mul of shapes \(3,\) and \(4,\)"):
        Tensor(np.ones(3)) * Tensor(np.ones(4))
    with pytest.raises(TypeError, match="not str"):
        Tensor(1.0) + "a"
    with pytest.raises(TypeError, match="complex"):
        Tensor(1j)


def test_a_tensor_says_what_it_is() -> None:
    x = Tensor([1.0, 2.0], True)
    assert repr(x) == "tensor([1., 2.], dtype=float32, requires_grad=True)"
    assert "grad_fn=<mul>" in repr(x * 2)
