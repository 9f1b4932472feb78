"""`grad` on the NumPy engine: what it returns, leaves alone and can differentiate again."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, check, numbers

BOTH = pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])


def leaf(m, data=3.0):
    return m.leaf(np.asarray(data, "float64"), True)


@BOTH
def test_unused_inputs(m) -> None:
    x, unused = leaf(m), leaf(m)
    y = x * 0
    y.backward(retain_graph=True)
    assert unused.grad is None
    assert x.grad == 0
    with pytest.raises(RuntimeError, match="allow_unused"):
        m.grad(y, [x, unused], retain_graph=True)
    gradients = m.grad(y, [x, unused], allow_unused=True)
    assert gradients[0] == 0
    assert gradients[1] is None


@BOTH
def test_grad_leaves_every_grad_alone_and_reaches_intermediates(m) -> None:
    x = leaf(m)
    h = x * x
    y = h * h
    gx, gh = m.grad(y, [x, h])
    assert (gx.item(), gh.item()) == (108, 18)
    assert x.grad is None


@BOTH
def test_grad_of_several_outputs_is_their_sum(m) -> None:
    x = leaf(m)
    (g,) = m.grad([x * x, x * 3], [x], [m.leaf(np.array(1.0)), m.leaf(np.array(10.0))])
    assert g.item() == 36


@BOTH
def test_grad_without_create_graph_cannot_be_differentiated(m) -> None:
    x = leaf(m)
    (g,) = m.grad(x * x, x)
    with pytest.raises(RuntimeError, match="does not require grad"):
        g.backward()


@BOTH
def test_create_graph_then_backward_accumulates(m) -> None:
    x = leaf(m, 2.0)
    y = x**3
    (g,) = m.grad(y, x, create_graph=True)
    y.backward(retain_graph=True)
    g.backward()
    assert x.grad == 24


@BOTH
def test_gradient_penalty(m) -> None:
    x, w = leaf(m, [1.0, 2.0]), leaf(m, [3.0, -1.0])
    (g,) = m.grad((x * w * x).sum(), x, create_graph=True)
    (g * g).sum().backward()
    assert w.grad.tolist() == [24, -32]


def test_derivatives_of_a_cube_to_any_order() -> None:
    check(lambda m, x: x * x * x, np.array(2.0), orders=4)
    check(lambda m, x: (x.exp() * x.sin()).tanh(), numbers(3), orders=4)


@BOTH
def test_linear_second_derivative_has_no_graph(m) -> None:
    x = leaf(m)
    (g,) = m.grad(x * 3, x, create_graph=True)
    assert not g.requires_grad
