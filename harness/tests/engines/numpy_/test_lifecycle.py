"""The NumPy engine's graph: accumulation, freeing, aliasing, in-place changes and errors are torch's."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, array

BOTH = pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])


def leaf(m, data=3.0):
    return m.leaf(np.asarray(data, "float64"), True)


@BOTH
def test_leaves_accumulate_and_intermediates_do_not(m) -> None:
    x = leaf(m)
    y = 2 * x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad == 24


@BOTH
def test_two_roots_sharing_a_node(m) -> None:
    x = leaf(m)
    h = x * x
    (h + 1).backward(retain_graph=True)
    (h + x).backward()
    assert x.grad == 13


@BOTH
def test_gradients_are_added_to_the_same_object(m) -> None:
    x = leaf(m, [1.0, 2.0])
    (x * 3).sum().backward()
    first = x.grad
    (x * 4).sum().backward()
    assert x.grad is first
    assert first.tolist() == [7, 7]


@BOTH
def test_a_preset_gradient_is_added_to(m) -> None:
    x = leaf(m)
    x.grad = np.array(100.0) if m is NUMPY else TORCH.leaf(np.array(100.0))
    (x * 3).backward()
    assert x.grad == 103


@BOTH
def test_zero_grad_of_retained_intermediate(m) -> None:
    x = leaf(m)
    y = x * 1
    y.retain_grad()
    z = y * 3
    z.backward(retain_graph=True)
    assert y.grad == 3
    z.backward()
    assert y.grad == 6
    assert x.grad == 6


FREED = {
    "mul": lambda m, x: x * x,
    "number": lambda m, x: x * 2,
    "exp": lambda m, x: m.exp(x),
    "abs": abs,
    "max": lambda m, x: x.max(),
    "amax": lambda m, x: x.amax(0),
    "max dim": lambda m, x: x.max(0)[0],
    "index": lambda m, x: x[[0, 1]],
    "mask": lambda m, x: x[x > 0],
    "where": lambda m, x: m.where(x > 0, x, 0.0),
    "matmul": lambda m, x: x @ x,
    "pow": lambda m, x: x**2,
    "relu": lambda m, x: m.relu(x),
    "div": lambda m, x: x / 2,
    "maximum": lambda m, x: m.maximum(x, x),
    "mean square": lambda m, x: (x * x).mean(),
}
KEPT = {
    "add": lambda m, x: x + x,
    "sub": lambda m, x: 2 - x,
    "neg": lambda m, x: -x,
    "sum": lambda m, x: x.sum(),
    "mean": lambda m, x: x.mean(0),
    "reshape": lambda m, x: x.reshape(1, 2),
    "slice": lambda m, x: x[:1],
    "T": lambda m, x: x.reshape(1, 2).T,
    "expand": lambda m, x: x.expand(3, 2),
    "to": lambda m, x: x.float(),
    "clone": lambda m, x: x.clone(),
    "unsqueeze": lambda m, x: x.unsqueeze(0).squeeze(),
}


@BOTH
@pytest.mark.parametrize("name", sorted(FREED))
def test_a_graph_that_saved_something_is_freed(m, name: str) -> None:
    x = leaf(m, [1.0, 2.0])
    call = FREED[name] if name != "abs" else lambda m, x: abs(x)
    y = call(m, x).sum()
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


@BOTH
@pytest.mark.parametrize("name", sorted(KEPT))
def test_a_graph_that_saved_nothing_may_be_walked_again(m, name: str) -> None:
    x = leaf(m, [1.0, 2.0])
    y = KEPT[name](m, x).sum()
    y.backward()
    once = array(x.grad).copy() if m is TORCH else x.grad.copy()
    y.backward()
    assert (np.asarray(x.grad) == 2 * once).all()


@BOTH
def test_an_error_in_the_walk_names_the_way_out(m) -> None:
    x = leaf(m)
    y = x * x
    y.backward()
    with pytest.raises(RuntimeError, match="retain_graph=True"):
        y.backward()


@BOTH
@pytest.mark.parametrize(
    ("shape", "seed"), [((2,), None), ((3,), (2,)), ((2,), ()), ((), (2,)), ((2, 1), (2,))]
)
def test_backward_refuses_a_wrong_or_missing_seed(m, shape, seed) -> None:
    y = leaf(m, np.ones(shape)) * 2
    gradient = None if seed is None else m.leaf(np.ones(seed))
    with pytest.raises(RuntimeError):
        y.backward(gradient)


@BOTH
@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_one_element_needs_no_seed(m, shape) -> None:
    x = leaf(m, np.full(shape, 3.0))
    (x * x).backward()
    assert array_of(x.grad).shape == shape
    assert array_of(x.grad).item() == 6


def array_of(gradient):
    return gradient if isinstance(gradient, np.ndarray) else array(gradient)


@BOTH
def test_a_seed_of_another_dtype_is_cast(m) -> None:
    x = leaf(m, [1.0, 2.0])
    (x * x).backward(m.leaf(np.array([1.0, 2.0], "float32")))
    assert array_of(x.grad).dtype == "float64"
    assert array_of(x.grad).tolist() == [2, 8]


@BOTH
def test_backward_on_a_leaf_gives_one(m) -> None:
    x = leaf(m)
    x.backward()
    assert x.grad == 1


@BOTH
def test_backward_needs_something_that_requires_grad(m) -> None:
    with pytest.raises(RuntimeError, match="does not require grad"):
        m.leaf(np.array(1.0)).backward()
    x = leaf(m)
    with pytest.raises(RuntimeError, match="does not require grad"):
        (x * 2).detach().backward()


@BOTH
def test_backward_to_given_inputs_only(m) -> None:
    x, w = leaf(m), leaf(m, 2.0)
    h = x * w
    (h * h).backward(inputs=[x])
    assert x.grad == 24
    assert w.grad is None


@BOTH
def test_no_grad_stops_recording_but_not_backward(m) -> None:
    x = leaf(m)
    y = x * x
    with m.no_grad():
        z = x * x
        y.backward()
    assert not z.requires_grad
    assert z.grad_fn is None
    assert x.grad == 6
    with m.no_grad(), m.enable_grad():
        assert (x * 2).requires_grad


@BOTH
def test_no_grad_decorates_and_ends_on_an_error(m) -> None:
    x = leaf(m)

    @m.no_grad()
    def square():
        return x * x

    assert not square().requires_grad
    with pytest.raises(ZeroDivisionError), m.no_grad():
        raise ZeroDivisionError
    assert (x * x).requires_grad
    assert m.is_grad_enabled()


@BOTH
def test_detach_shares_memory_and_stops_the_gradient(m) -> None:
    x = leaf(m, [1.0, 2.0])
    d = x.detach()
    assert d.is_leaf
    assert not d.requires_grad
    assert np.shares_memory(array(d), array(x))
    (x * d).sum().backward()
    assert x.grad.tolist() == [1, 2]
