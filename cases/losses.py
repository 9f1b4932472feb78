"""Losses: their reductions, weights and targets, and their answers at the ends of their range."""

from functools import partial

from gradconform import case
from gradconform.catalogue import constant, literal, normal, positive, uniform
from gradconform.trace import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cosine_embedding_loss,
    cross_entropy,
    gaussian_nll_loss,
    hinge_embedding_loss,
    huber_loss,
    kl_div,
    l1_loss,
    log_softmax,
    margin_ranking_loss,
    mse_loss,
    nll_loss,
    poisson_nll_loss,
    relu,
    smooth_l1_loss,
    soft_margin_loss,
    triplet_margin_loss,
)

REDUCTIONS = ("mean", "sum", "none")
SIGNS = literal([1.0, -1.0, -1.0, 1.0])
CLASSES = literal([2, 0, 1, 2], dtype="int64")
PROBABILITIES = uniform(2, 3, low=0.1, high=0.9)


def reduced(**ops):
    """One variant for each loss and each reduction."""
    return {
        f"{name}-{how}": {"op": op, "reduction": how}
        for name, op in ops.items()
        for how in REDUCTIONS
    }


@case(
    x=normal(2, 3),
    y=normal(2, 3),
    variants=reduced(mse=mse_loss, l1=l1_loss, smooth_l1=smooth_l1_loss, huber=huber_loss),
)
def of_a_regression(x, y, *, op, reduction):
    """mse, l1, smooth l1 and huber loss between two leaves, with each reduction"""
    return op(x, y, reduction=reduction)


@case(
    x=normal(3, 4),
    y=constant(normal(3, 4)),
    variants={
        "huber_0.5": {"op": partial(huber_loss, delta=0.5)},
        "huber_2": {"op": partial(huber_loss, delta=2.0)},
        "smooth_l1_0.5": {"op": partial(smooth_l1_loss, beta=0.5)},
        "smooth_l1_2": {"op": partial(smooth_l1_loss, beta=2.0)},
    },
)
def with_a_width(x, y, *, op):
    """huber and smooth l1 loss with another width"""
    return op(x, y)


@case(x=normal(3, 2), w=normal(2), b=0.5, t=constant(normal(3)), tags=("reuse",))
def of_a_linear_model(x, w, b, t):
    """mse of x @ w + b, plus a penalty on w"""
    return mse_loss(x @ w + b, t) + 0.1 * (w * w).sum()


@case(p=PROBABILITIES, t=constant(PROBABILITIES), variants=reduced(bce=binary_cross_entropy))
def of_probabilities(p, t, *, op, reduction):
    """binary cross entropy of probabilities"""
    return op(p, t, reduction=reduction)


@case(
    x=normal(2, 3),
    t=constant(PROBABILITIES),
    variants=reduced(logits=binary_cross_entropy_with_logits),
)
def of_logits(x, t, *, op, reduction):
    """binary cross entropy of logits"""
    return op(x, t, reduction=reduction)


@case(
    x=normal(2, 3),
    t=constant(PROBABILITIES),
    w=constant(positive(3)),
    variants={"weight": {"name": "weight"}, "pos_weight": {"name": "pos_weight"}},
)
def of_logits_with_a_weight(x, t, w, *, name):
    """binary cross entropy of logits with a weight, or with a weight for positives"""
    return binary_cross_entropy_with_logits(x, t, **{name: w})


@case(x=normal(4, 3), t=CLASSES, variants=reduced(cross_entropy=cross_entropy))
def of_classes(x, t, *, op, reduction):
    """cross entropy of logits and class indices"""
    return op(x, t, reduction=reduction)


@case(
    x=normal(4, 3),
    t=CLASSES,
    w=constant([1.0, 0.5, 2.0]),
    variants=reduced(cross_entropy=cross_entropy),
)
def of_weighted_classes(x, t, w, *, op, reduction):
    """cross entropy with a weight for each class: the mean divides by the sum of the weights"""
    return op(x, t, weight=w, reduction=reduction)


@case(x=normal(4, 3), t=CLASSES, variants={"0.1": {"by": 0.1}, "0.9": {"by": 0.9}})
def of_smoothed_classes(x, t, *, by):
    """cross entropy with label smoothing"""
    return cross_entropy(x, t, label_smoothing=by)


@case(x=normal(3, 4), t=uniform(3, 4, low=0.1, high=0.4))
def of_class_probabilities(x, t):
    """cross entropy with a probability for each class, which has a gradient too"""
    return cross_entropy(x, t)


@case(
    level="torch",
    convention="stable",
    x=normal(2, 3, 2),
    t=literal([[0, 2], [1, 1]], dtype="int64"),
)
def of_classes_at_each_place(x, t):
    """cross entropy with the classes on axis 1 of three"""
    return cross_entropy(x, t)


@case(x=normal(4, 3), t=CLASSES, variants=reduced(nll=nll_loss))
def of_log_probabilities(x, t, *, op, reduction):
    """nll_loss of log_softmax"""
    return op(log_softmax(x, dim=1), t, reduction=reduction)


@case(x=normal(4, 3), t=CLASSES, tags=("reuse",))
def used_twice(x, t):
    """a cross entropy, its square, and the mean of the logits"""
    loss = cross_entropy(x, t)
    return loss * loss + x.mean()


@case(
    x=normal(2, 3),
    t=PROBABILITIES,
    variants={
        "mean": {"options": {"reduction": "mean"}},
        "sum": {"options": {"reduction": "sum"}},
        "batchmean": {"options": {"reduction": "batchmean"}},
    },
)
def divergence(x, t, *, options):
    """kl_div of log-probabilities from probabilities, times 3"""
    return kl_div(log_softmax(x, dim=1), t, **options) * 3


@case(x=normal(2, 3), t=normal(2, 3))
def divergence_of_two_logarithms(x, t):
    """kl_div where the target is given as logarithms too, times 3"""
    return kl_div(x, t, reduction="sum", log_target=True) * 3


@case(
    x=normal(4),
    variants=reduced(hinge=hinge_embedding_loss, soft_margin=soft_margin_loss),
    t=constant(SIGNS),
)
def of_signs(x, t, *, op, reduction):
    """hinge embedding and soft margin loss with targets 1 and -1"""
    return op(x, t, reduction=reduction)


@case(x=normal(4), y=normal(4), t=constant(SIGNS), variants=reduced(ranking=margin_ranking_loss))
def of_a_ranking(x, y, t, *, op, reduction):
    """margin ranking loss of two vectors"""
    return op(x, y, t, margin=0.25, reduction=reduction)


@case(
    x=normal(4, 3),
    y=normal(4, 3),
    t=constant(SIGNS),
    variants=reduced(cosine=cosine_embedding_loss),
)
def of_an_angle(x, y, t, *, op, reduction):
    """cosine embedding loss of the rows of two matrices"""
    return op(x, y, t, reduction=reduction)


@case(x=normal(4, 3), y=normal(4, 3), z=normal(4, 3), variants={"1": {"p": 1.0}, "2": {"p": 2.0}})
def of_a_triplet(x, y, z, *, p):
    """triplet margin loss, times 3: x should lie nearer to y than to z"""
    return triplet_margin_loss(x, y, z, margin=2.0, p=p, eps=0.0) * 3


@case(
    x=normal(4), t=positive(4), variants={"log_input": {"is_log": True}, "rate": {"is_log": False}}
)
def of_a_count(x, t, *, is_log):
    """poisson_nll_loss of a logarithm or of a rate, times 3"""
    return poisson_nll_loss(x if is_log else x * x + 1.0, t, log_input=is_log) * 3


@case(
    x=normal(4),
    t=normal(4),
    v=positive(4),
    variants={"mean": {"full": False}, "full": {"full": True}},
)
def of_a_gaussian(x, t, v, *, full):
    """gaussian_nll_loss, with the variance as a leaf, times 3"""
    return gaussian_nll_loss(x, t, v, full=full) * 3


@case(x=normal(4), t=constant(SIGNS))
def hinge_spelt_out(x, t):
    """relu(1 - t * x).mean()"""
    return relu(1.0 - t * x).mean()
