"""The NumPy engine's memory: gradients share it with nothing, graphs free it, in-place changes are seen."""

from __future__ import annotations

import gc

import gradconform.engines.numpy_ as engine
import numpy as np
import pytest
from gradconform.engines.numpy_ import Tensor
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, array, cotangent, numbers

BOTH = pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])


def leaf(m, data=3.0):
    return m.leaf(np.asarray(data, "float64"), True)


ALIASES = {
    "a+b": lambda a, b: a + b,
    "a-b": lambda a, b: a - b,
    "a+a": lambda a, b: a + a + 0 * b,
    "views": lambda a, b: a.reshape(-1).reshape(2, 2) + b.T,
    "sum": lambda a, b: a.sum() + b.sum(),
    "mean": lambda a, b: a.mean(0) + b,
    "slices": lambda a, b: a[:1] + b[1:],
    "mul": lambda a, b: a * b,
    "exp": lambda a, b: a.exp() + b,
    "matmul": lambda a, b: a @ b,
    "index": lambda a, b: a[[1, 0]] + b,
    "max": lambda a, b: engine.maximum(a, b) + a,
    "relu": lambda a, b: a.relu() + b.clone(),
}


@pytest.mark.parametrize("name", ALIASES)
@pytest.mark.parametrize("retain", [False, True])
def test_gradients_share_memory_with_nothing(name: str, retain: bool) -> None:
    a, b = (Tensor(numbers(2, 2, seed=s), True) for s in (1, 2))
    y = ALIASES[name](a, b)
    y.retain_grad()
    seed = cotangent(y.shape, y.dtype)
    before = seed.copy(), a.data.copy(), b.data.copy()
    y.backward(seed, retain_graph=retain)
    arrays = [a.grad, b.grad, y.grad, seed, a.data, b.data, y.data]
    found = engine.grad(ALIASES[name](a, b), [a, b], seed)
    arrays += [g.data for g in found]
    for i, one in enumerate(arrays[:3] + arrays[7:]):
        assert one.flags.writeable
        others = arrays[:i] + arrays[i + 1 :] if i < 3 else [x for x in arrays if x is not one]
        assert not any(np.shares_memory(one, other) for other in others)
    for now, then in zip((seed, a.data, b.data), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_leaf_seeded_directly_owns_its_gradient() -> None:
    x, seed = Tensor([1.0, 2.0], True), np.array([3.0, 4.0], "float32")
    x.backward(seed)
    assert not np.shares_memory(x.grad, seed)


def test_constructor_copies_its_data() -> None:
    data = np.ones(3)
    x = Tensor(data)
    data[0] = 5
    assert x.tolist() == [1, 1, 1]
    assert Tensor(x).tolist() == [1, 1, 1]


def test_a_chain_of_fifty_thousand_nodes() -> None:
    x = Tensor(1.0, True)
    y = x
    for _ in range(50_000):
        y = y * 1.0
    y.backward()
    assert x.grad == 1
    del y
    gc.collect()


def test_two_to_the_sixty_paths() -> None:
    x = Tensor(1.0, True, dtype="float64")
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_a_fan_out_of_ten_thousand() -> None:
    x = Tensor(1.0, True)
    y = x * 1.0
    sum((y for _ in range(10_000)), start=Tensor(0.0)).backward()
    assert x.grad == 10_000


def test_graph_goes_away_without_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        y = Tensor(np.ones(3), True)
        y = (y.exp() * y).sum()
        del y
        assert gc.collect() == 0
    finally:
        gc.enable()


@BOTH
def test_changing_a_saved_value_in_place_is_found_at_backward(m) -> None:
    w = leaf(m, [1.0, 2.0])
    y = (w * w).sum()
    with m.no_grad():
        w.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


@BOTH
def test_changing_a_constant_in_place(m) -> None:
    x, c = leaf(m, [1.0, 2.0]), m.leaf(np.array([3.0, 4.0]))
    product, total = (x * c).sum(), (x + c).sum()
    c[:1].zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        product.backward()
    total.backward()
    assert x.grad.tolist() == [1, 1]


@BOTH
def test_an_optimizer_step_in_place(m) -> None:
    w = leaf(m, [1.0, 2.0])
    same = array(w.detach())
    for _ in range(2):
        (w * w).sum().backward()
        with m.no_grad():
            w -= 0.1 * w.grad
        w.grad = None
    np.testing.assert_allclose(array(w), [0.64, 1.28])
    assert same is array(w) or np.shares_memory(same, array(w))
    assert w.is_leaf
    assert w.requires_grad


@BOTH
def test_augmented_assignment_of_a_result(m) -> None:
    x = leaf(m, [1.0, 2.0])
    y = x * 1
    y += x
    y *= 3
    y.sum().backward()
    assert x.grad.tolist() == [6, 6]


@BOTH
def test_in_place_changes_without_gradient(m) -> None:
    x = m.leaf(np.arange(6.0).reshape(2, 3))
    x[0, 1:] = m.leaf(np.array([7.0, 8.0]))
    x[x > 7.5] = -1.0
    x[1].mul_(2).sub_(1)
    x[:, 0].fill_(9)
    x.div_(2)
    x[1, 1:].copy_(m.leaf(np.array([1, 2])))
    assert x.tolist() == [[4.5, 3.5, -0.5], [4.5, 1.0, 2.0]]
