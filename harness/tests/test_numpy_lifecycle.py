"""The NumPy engine's graph: accumulation, freeing, aliasing, in-place changes and errors are torch's."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import engines.numpy_ as engine
from engines.numpy_ import Tensor
from harness.tests.numpy_oracle import NUMPY, TORCH, array, check, cotangent, numbers

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


def test_a_tensor_says_what_it_is() -> None:
    x = Tensor([1.0, 2.0], True)
    assert repr(x) == "tensor([1., 2.], dtype=float32, requires_grad=True)"
    assert "grad_fn=<mul>" in repr(x * 2)
