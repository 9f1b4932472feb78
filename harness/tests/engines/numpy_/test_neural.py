"""Softmax, losses, normalization, convolution and attention on the NumPy engine agree with torch."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, check, numbers

INF, NAN = float("inf"), float("nan")


def index(m, data):
    return m.leaf(np.asarray(data))


SOFT = {
    "softmax": lambda m, x: m.softmax(x, 1),
    "softmax m": lambda m, x: x.softmax(-1),
    "log_softmax": lambda m, x: m.log_softmax(x, dim=0),
    "softmin": lambda m, x: m.softmin(x, dim=1),
    "softmax 0-d": lambda m, x: m.softmax(x.sum(), 0),
    "normalize": lambda m, x: m.normalize(x),
    "normalize 1": lambda m, x: m.normalize(x, p=1, dim=-1),
    "cosine": lambda m, x: m.cosine_similarity(x, x * x, dim=1),
    "cosine 0": lambda m, x: m.cosine_similarity(x, x[:1], 2),
    "pairwise": lambda m, x: m.pairwise_distance(x, x * x),
    "pairwise 1": lambda m, x: m.pairwise_distance(x, x * 2, p=1, keepdim=True),
    "cdist": lambda m, x: m.cdist(x, x * 2),
    "cdist 1": lambda m, x: m.cdist(x[0], x[1], p=1.0),
    "linear": lambda m, x: m.linear(x, x[0], x[0, :, 0]),
    "linear plain": lambda m, x: m.linear(x[0, 0], x[0]),
    "bilinear": lambda m, x: m.bilinear(
        x[0], x[1], x[:, :, :].transpose(1, 2).contiguous() @ x, x[0, 0, :2]
    ),
}


@pytest.mark.parametrize("name", SOFT)
def test_softmax_and_distances(name: str) -> None:
    orders = 1 if name.startswith("cdist") else 2
    check(SOFT[name], numbers(2, 3, 4), orders=orders)
    check(SOFT[name], numbers(2, 3, 4).astype("float32"), tolerance=(4e-6, 2e-5))


AT_EDGES = [
    [1000.0, 0.0],
    [-INF, 0.0, 1.0],
    [-INF, -INF],
    [INF, 0.0],
    [0.0, 0.0],
    [1.0],
]


@pytest.mark.parametrize("data", AT_EDGES, ids=str)
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "normalize", "cosine"])
def test_softmax_at_edges(name: str, data) -> None:
    calls = {
        "softmax": lambda m, x: m.softmax(x, 1),
        "log_softmax": lambda m, x: m.log_softmax(x, 1),
        "normalize": lambda m, x: m.normalize(x),
        "cosine": lambda m, x: m.cosine_similarity(x, x * 0 + 1),
    }
    if name in ("normalize", "cosine") and not np.isfinite(data).all():
        return
    check(calls[name], np.array([data]))


NORMS = {
    "layer": lambda m, x, w, b: m.layer_norm(x, (4,), w[:4], b[:4]),
    "layer 2": lambda m, x, w, b: m.layer_norm(x, [3, 4], eps=1e-3),
    "layer plain": lambda m, x, w, b: m.layer_norm(x, x.shape[1:]),
    "rms": lambda m, x, w, b: m.rms_norm(x, (4,), w[:4], 1e-3),
    "rms plain": lambda m, x, w, b: m.rms_norm(x, [4]),
    "group": lambda m, x, w, b: m.group_norm(x, 2, w[:6], b[:6]),
    "group plain": lambda m, x, w, b: m.group_norm(x, 3),
    "batch": lambda m, x, w, b: m.batch_norm(x, None, None, w[:6], b[:6], training=True),
    "batch plain": lambda m, x, w, b: m.batch_norm(x, None, None, training=True, eps=1e-2),
    "batch eval": lambda m, x, w, b: m.batch_norm(
        x, b[:6].detach(), (w[:6] ** 2).detach(), w[:6], b[:6]
    ),
    "instance": lambda m, x, w, b: m.instance_norm(x, weight=w[:6], bias=b[:6]),
    "instance eval": lambda m, x, w, b: m.instance_norm(
        x, b[:6].detach(), (w[:6] ** 2).detach(), use_input_stats=False
    ),
    "local": lambda m, x, w, b: m.local_response_norm(x, 3, alpha=0.5),
    "local 2": lambda m, x, w, b: m.local_response_norm(x, 2),
}


@pytest.mark.parametrize("name", NORMS)
def test_normalization(name: str) -> None:
    arrays = numbers(2, 6, 3, 4), numbers(6, seed=1), numbers(6, seed=2)
    orders = 1 if name.startswith("rms") else 2
    check(NORMS[name], *arrays, orders=orders, tolerance=(1e-6, 1e-7))
    check(NORMS[name], *(a.astype("float32") for a in arrays), tolerance=(2e-5, 1e-4))


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_dropout_of_channels(rank: int) -> None:
    x = numbers(4, 5, *(2, 3, 2)[:rank])
    for p, training in ((0.5, False), (1.0, True), (0.0, True)):
        check(lambda m, x, p=p, t=training: getattr(m, f"dropout{rank}d")(x, p, t), x)
    NUMPY.manual_seed(0)
    y = getattr(NUMPY, f"dropout{rank}d")(NUMPY.leaf(x), 0.5).data.reshape(20, -1)
    whole = (y == 2 * x.reshape(20, -1)).all(1)
    assert (whole | (y == 0).all(1)).all()
    assert 0 < whole.sum() < 20


def test_dropout() -> None:
    for p, training in ((0.0, True), (0.5, False), (1.0, True)):
        check(lambda m, x, p=p, t=training: m.dropout(x, p, t), numbers(3, 4))
    NUMPY.manual_seed(0)
    x = NUMPY.leaf(np.ones((100, 100)), True)
    y = NUMPY.dropout(x, 0.25)
    y.sum().backward()
    assert set(np.unique(y.data)) == {0, 1 / 0.75}
    assert abs((y.data == 0).mean() - 0.25) < 0.02
    np.testing.assert_array_equal(x.grad, y.data)
    NUMPY.manual_seed(0)
    np.testing.assert_array_equal(NUMPY.dropout(x, 0.25).data, y.data)


def test_layer_norm_of_constants() -> None:
    check(lambda m, x: m.layer_norm(x, (3,)), np.array([2.0, 2.0, 2.0]), tolerance=(1e-6, 1e-7))


@pytest.mark.parametrize("name", ["batch_norm", "instance_norm"])
def test_running_statistics_follow_the_batch(name: str) -> None:
    found = []
    for m in (NUMPY, TORCH):
        x, mean, var = (m.leaf(a) for a in (numbers(4, 3, 5), np.zeros(3), np.ones(3)))
        settings = {"training": True} if name == "batch_norm" else {}
        getattr(m, name)(x, mean, var, momentum=0.3, **settings)
        found.append((mean.numpy(), var.numpy()))
    np.testing.assert_allclose(found[0], found[1])


ATTENTION = {
    "plain": lambda m, q, k, v: m.scaled_dot_product_attention(q, k, v),
    "causal": lambda m, q, k, v: m.scaled_dot_product_attention(q, k, v, is_causal=True),
    "scale": lambda m, q, k, v: m.scaled_dot_product_attention(q, k, v, scale=0.3),
    "bool mask": lambda m, q, k, v: m.scaled_dot_product_attention(
        q, k, v, attn_mask=(q[..., :1] > k[..., 0].unsqueeze(-2)).detach()
    ),
    "mask": lambda m, q, k, v: m.scaled_dot_product_attention(
        q, k, v, attn_mask=q @ k.transpose(-1, -2) * 0.3
    ),
    "blocked row": lambda m, q, k, v: m.scaled_dot_product_attention(
        q, k, v, attn_mask=index(m, np.eye(4, 5, dtype=bool) & (np.arange(4) > 0)[:, None])
    ),
}


@pytest.mark.parametrize("name", ATTENTION)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_attention(name: str) -> None:
    q, k, v = numbers(2, 3, 4, 6), numbers(2, 3, 5, 6, seed=1), numbers(2, 3, 5, 2, seed=2)
    check(ATTENTION[name], q, k, v)
    check(ATTENTION[name], q[0, 0], k[0, 0], v[0, 0])


ERRORS = {
    "dropout": (ValueError, lambda m, x: m.dropout(x, 1.5)),
    "target": (IndexError, lambda m, x: m.cross_entropy(x, index(m, [0, 7]))),
    "batch": (ValueError, lambda m, x: m.cross_entropy(x, index(m, [0]))),
    "reduction": (ValueError, lambda m, x: m.mse_loss(x, x, reduction="max")),
    "bce": (RuntimeError, lambda m, x: m.binary_cross_entropy(x + 5, x * 0)),
    "bce shape": (ValueError, lambda m, x: m.binary_cross_entropy(x, x[0])),
    "logits shape": (ValueError, lambda m, x: m.binary_cross_entropy_with_logits(x, x[0])),
    "layer": (RuntimeError, lambda m, x: m.layer_norm(x, (5,))),
    "groups": (RuntimeError, lambda m, x: m.group_norm(x, 2)),
    "one value": (ValueError, lambda m, x: m.batch_norm(x[:1], None, None, training=True)),
    "conv": (RuntimeError, lambda m, x: m.conv1d(x[None], x[None, :1])),
    "conv size": (RuntimeError, lambda m, x: m.conv1d(x[None], m.leaf(np.ones((1, 2, 9))))),
    "same": (RuntimeError, lambda m, x: m.conv1d(x[None], x[None], padding="same", stride=2)),
    "rank": (RuntimeError, lambda m, x: m.conv2d(x, x)),
    "shuffle": (RuntimeError, lambda m, x: m.pixel_shuffle(x[None], 2)),
    "both masks": (
        RuntimeError,
        lambda m, x: m.scaled_dot_product_attention(x, x, x, x @ x.T, 0.0, True),
    ),
}


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_errors_have_torchs_type(m, name: str) -> None:
    kind, call = ERRORS[name]
    with pytest.raises(kind):
        call(m, m.leaf(numbers(2, 3), True))
