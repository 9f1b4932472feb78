"""Softmax, losses, normalization, convolution and attention on the NumPy engine agree with torch."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tests.numpy_oracle import NUMPY, TORCH, check, numbers

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


SHAPES = [((4, 3), (4,)), ((3,), ()), ((2, 3, 4), (2, 4)), ((2, 3, 2, 2), (2, 2, 2))]
CLASSES = {
    "plain": {},
    "sum": {"reduction": "sum"},
    "none": {"reduction": "none"},
    "ignore": {"ignore_index": 1},
    "ignore sum": {"ignore_index": 1, "reduction": "sum"},
    "ignore none": {"ignore_index": 1, "reduction": "none"},
    "weight": {"weight": [0.5, 2.0, 1.0]},
    "weight none": {"weight": [0.5, 2.0, 1.0], "reduction": "none"},
    "smooth": {"label_smoothing": 0.1},
    "smooth all": {"label_smoothing": 0.1, "weight": [0.5, 2.0, 1.0], "ignore_index": 2},
    "smooth none": {"label_smoothing": 0.3, "reduction": "none", "ignore_index": 0},
    "smooth sum": {"label_smoothing": 0.3, "reduction": "sum", "weight": [0.5, 2.0, 1.0]},
}


def with_weight(m, settings, dtype):
    return {k: index(m, np.array(v, dtype)) if k == "weight" else v for k, v in settings.items()}


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(("shape", "target"), SHAPES)
def test_cross_entropy_of_classes(name: str, shape, target) -> None:
    classes = np.random.default_rng(3).integers(0, 3, target)
    for dtype in ("float64", "float32"):
        x = numbers(*shape).astype(dtype)

        def call(m, x, d=dtype):
            return m.cross_entropy(x, index(m, classes), **with_weight(m, CLASSES[name], d))

        check(call, x, orders=2 if dtype == "float64" else 1)


@pytest.mark.parametrize("name", ["plain", "sum", "none", "weight", "smooth", "smooth sum"])
def test_cross_entropy_of_probabilities(name: str) -> None:
    def call(m, x, t):
        return m.cross_entropy(x, m.softmax(t, 1), **with_weight(m, CLASSES[name], "float64"))

    check(call, numbers(4, 3), numbers(4, 3, seed=2), orders=2)
    check(call, numbers(2, 3, 4), numbers(2, 3, 4, seed=2))


@pytest.mark.parametrize("name", [name for name in CLASSES if "smooth" not in name])
def test_nll_loss(name: str) -> None:
    def call(m, x):
        return m.nll_loss(x, index(m, [2, 1, 0, 1]), **with_weight(m, CLASSES[name], "float64"))

    check(call, numbers(4, 3), orders=2)


def test_cross_entropy_at_edges() -> None:
    one = np.array([1])
    check(lambda m, x: m.cross_entropy(x, index(m, one)), np.array([[1000.0, 0.0]]))
    check(lambda m, x: m.cross_entropy(x, index(m, one)), np.array([[-INF, 0.0, 1.0]]))
    check(lambda m, x: m.cross_entropy(x, index(m, one), ignore_index=1), np.array([[2.0, 1.0]]))
    check(
        lambda m, x: m.cross_entropy(x, index(m, one), ignore_index=1, reduction="sum"),
        np.array([[2.0, 1.0]]),
    )
    check(
        lambda m, x: m.cross_entropy(x, index(m, np.array([1, -100]))),
        np.array([[2.0, 1.0], [-INF, 1.0]]),
    )


def yes(t):
    return (t > 0).to(t.dtype)


def signs(t):
    return yes(t) * 2 - 1


LOSSES = {
    "mse": lambda m, x, t, **r: m.mse_loss(x, t, **r),
    "l1": lambda m, x, t, **r: m.l1_loss(x, t, **r),
    "smooth_l1": lambda m, x, t, **r: m.smooth_l1_loss(x, t, **r),
    "smooth_l1 beta": lambda m, x, t, **r: m.smooth_l1_loss(x, t, beta=0.5, **r),
    "smooth_l1 0": lambda m, x, t, **r: m.smooth_l1_loss(x, t, beta=0.0, **r),
    "huber": lambda m, x, t, **r: m.huber_loss(x, t, delta=0.7, **r),
    "bce": lambda m, x, t, **r: m.binary_cross_entropy(x.sigmoid(), t.sigmoid(), **r),
    "bce weight": lambda m, x, t, **r: m.binary_cross_entropy(
        x.sigmoid(), yes(t), weight=(t * t).detach(), **r
    ),
    "logits": lambda m, x, t, **r: m.binary_cross_entropy_with_logits(x, t.sigmoid(), **r),
    "logits pos": lambda m, x, t, **r: m.binary_cross_entropy_with_logits(
        x, yes(t), pos_weight=(t[:1] ** 2).detach(), **r
    ),
    "kl": lambda m, x, t, **r: m.kl_div(m.log_softmax(x, 1), m.softmax(t, 1), **r),
    "kl log": lambda m, x, t, **r: m.kl_div(
        m.log_softmax(x, 1), m.log_softmax(t, 1), log_target=True, **r
    ),
    "hinge": lambda m, x, t, **r: m.hinge_embedding_loss(x, signs(t), margin=0.8, **r),
    "ranking": lambda m, x, t, **r: m.margin_ranking_loss(x, t, signs(t).detach(), margin=0.3, **r),
    "soft": lambda m, x, t, **r: m.soft_margin_loss(x, signs(t).detach(), **r),
    "poisson": lambda m, x, t, **r: m.poisson_nll_loss(x, t.abs(), **r),
    "poisson full": lambda m, x, t, **r: m.poisson_nll_loss(
        x.abs(), t.abs() * 2, log_input=False, full=True, **r
    ),
    "gaussian": lambda m, x, t, **r: m.gaussian_nll_loss(x, t, (x * x).clamp(0.0, 0.5), **r),
    "gaussian full": lambda m, x, t, **r: m.gaussian_nll_loss(
        x, t, x * x * 0 + 1e-9, full=True, **r
    ),
    "cosine": lambda m, x, t, **r: m.cosine_embedding_loss(
        x, t, signs(t[:, 0]).detach(), margin=0.1, **r
    ),
    "triplet": lambda m, x, t, **r: m.triplet_margin_loss(x, t, x * t, **r),
    "triplet swap": lambda m, x, t, **r: m.triplet_margin_loss(
        x, t, x * t, margin=2.0, p=1.0, swap=True, **r
    ),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
def test_losses(name: str, reduction: str) -> None:
    def call(m, x, t):
        return LOSSES[name](m, x, t, reduction=reduction)

    check(call, numbers(4, 3, seed=1), numbers(4, 3, seed=2), orders=1 if name == "bce" else 2)
    x = numbers(4, 3, seed=1).astype("float32"), numbers(4, 3, seed=2).astype("float32")
    check(call, *x, tolerance=(4e-6, 2e-5))


def test_losses_at_edges() -> None:
    x, t = np.array([0.0, 1.0, -1.0, 0.5, 3.0]), np.zeros(5)
    for name in ("l1", "smooth_l1", "smooth_l1 beta", "huber", "mse"):
        check(lambda m, x, t, n=name: LOSSES[n](m, x, t), x, t)
    p, t = np.array([0.0, 1.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0, 1.0])
    check(lambda m, p, t: m.binary_cross_entropy(p, t.detach()), p, t)
    check(
        lambda m, x, t: m.binary_cross_entropy_with_logits(x, t),
        np.array([1000.0, -1000.0, 0.0, 40.0]),
        t,
    )
    check(lambda m, x: m.kl_div(x, x.detach() * 0, reduction="batchmean"), numbers(3, 2))
    check(lambda m, x: m.soft_margin_loss(x, (x * 0 + 1).detach()), np.array([1000.0, -10.0]))


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


CONVOLUTIONS = [
    {},
    {"stride": 2},
    {"padding": 1},
    {"padding": "same"},
    {"padding": "valid"},
    {"dilation": 2},
    {"groups": 2},
    {"stride": 2, "padding": 2, "dilation": 2, "groups": 2},
]
DECONVOLUTIONS = [
    {},
    {"stride": 2},
    {"padding": 1},
    {"stride": 3, "output_padding": 1},
    {"dilation": 2},
    {"groups": 2},
    {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2},
]


@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")
@pytest.mark.parametrize("settings", CONVOLUTIONS, ids=str)
@pytest.mark.parametrize("rank", [1, 2])
def test_convolution(rank: int, settings) -> None:
    x, w = (
        numbers(2, 4, *(7, 6)[:rank]),
        numbers(6, 4 // settings.get("groups", 1), *(3, 2)[:rank], seed=1),
    )
    name = f"conv{rank}d"
    check(
        lambda m, x, w, b: getattr(m, name)(x, w, b, **settings), x, w, numbers(6, seed=2), orders=2
    )
    check(lambda m, x, w: getattr(m, name)(x, w, **settings), x[0], w)


@pytest.mark.parametrize("settings", DECONVOLUTIONS, ids=str)
@pytest.mark.parametrize("rank", [1, 2])
def test_transposed_convolution(rank: int, settings) -> None:
    groups = settings.get("groups", 1)
    x, w = numbers(2, 4, *(5, 4)[:rank]), numbers(4, 6 // groups, *(3, 2)[:rank], seed=1)
    name = f"conv_transpose{rank}d"
    check(
        lambda m, x, w, b: getattr(m, name)(x, w, b, **settings), x, w, numbers(6, seed=2), orders=2
    )


POOLS = {
    "max2": lambda m, x: m.max_pool2d(x, 2),
    "max2 all": lambda m, x: m.max_pool2d(x, (3, 2), stride=1, padding=1, dilation=(1, 2)),
    "max1": lambda m, x: m.max_pool1d(x[0], 3, 2),
    "max no batch": lambda m, x: m.max_pool2d(x[0], 2),
    "avg2": lambda m, x: m.avg_pool2d(x, 2),
    "avg2 pad": lambda m, x: m.avg_pool2d(x, 3, 2, 1),
    "avg2 inside": lambda m, x: m.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False),
    "avg1": lambda m, x: m.avg_pool1d(x[0], 2, stride=1),
    "adaptive 1": lambda m, x: m.adaptive_avg_pool2d(x, 1),
    "adaptive": lambda m, x: m.adaptive_avg_pool2d(x, (3, 4)),
    "adaptive None": lambda m, x: m.adaptive_avg_pool2d(x, (None, 2)),
    "adaptive1": lambda m, x: m.adaptive_avg_pool1d(x[0], 4),
    "unfold": lambda m, x: m.unfold(x, (3, 2), padding=1, stride=2),
    "fold": lambda m, x: m.fold(m.unfold(x, 2), (7, 6), 2),
    "fold pad": lambda m, x: m.fold(
        m.unfold(x, 3, dilation=2, padding=1), (7, 6), 3, dilation=2, padding=1
    ),
    "shuffle": lambda m, x: m.pixel_shuffle(x, 2),
    "unshuffle": lambda m, x: m.pixel_unshuffle(x[..., :6, :], 2),
    "nearest": lambda m, x: m.interpolate(x, size=(3, 9)),
    "nearest by": lambda m, x: m.interpolate(x, scale_factor=1.5),
    "nearest 1": lambda m, x: m.interpolate(x[0], scale_factor=2),
}


@pytest.mark.parametrize("name", POOLS)
def test_pooling_and_images(name: str) -> None:
    check(POOLS[name], numbers(2, 4, 7, 6), orders=2)
    check(POOLS[name], numbers(2, 4, 7, 6, seed=4).astype("float32"))


def test_max_pool_gives_ties_to_the_first() -> None:
    check(
        lambda m, x: m.max_pool2d(x, 2), np.array([[[[1.0, 1.0, 2.0, NAN], [1.0, 0.0, 3.0, 5.0]]]])
    )


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
