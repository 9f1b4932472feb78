"""Losses on the NumPy engine agree with torch, with every setting and at their edges."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import check, numbers

INF, NAN = float("inf"), float("nan")


def index(m, data):
    return m.leaf(np.asarray(data))


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
    "gaussian rows": lambda m, x, t, **r: m.gaussian_nll_loss(x, t, x[:, 0] ** 2, **r),
    "multi margin": lambda m, x, t, **r: m.multi_margin_loss(
        x, (t.detach() > 0).long().argmax(1), 2, 0.7, weight=(t[0] ** 2).detach(), **r
    ),
    "one margin": lambda m, x, t, **r: m.multi_margin_loss(x[0], t[0].detach().argmax(), **r),
    "multilabel": lambda m, x, t, **r: m.multilabel_soft_margin_loss(
        x, yes(t), weight=(t[0] ** 2).detach(), **r
    ),
    "linear": lambda m, x, t, **r: m.linear_cross_entropy(
        x, t, x.detach().argmax(1), linear_bias=t[:, 0], **r
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

    # Torch has no second derivatives of these.
    orders = 1 if name in ("bce", "multi margin", "one margin") else 2
    check(call, numbers(4, 3, seed=1), numbers(4, 3, seed=2), orders=orders)
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
