"""Normalisation layers: over features, over a batch, over groups, each with and without weights."""

from functools import partial

from gradconform import case
from gradconform.catalogue import constant, normal, positive
from gradconform.trace import (
    batch_norm,
    grad,
    group_norm,
    instance_norm,
    layer_norm,
    local_response_norm,
    rms_norm,
)

# Large enough that rounding does not matter where the elements of a row happen to be close.
EPS = 0.1

torch_choice = partial(case, level="torch", convention="stable")
refused = partial(case, level="torch", tags=("error",), convention="stable")


@case(
    variants={
        f"{op.__name__}-{name}": {"op": op, "x": x, "over": over}
        for op in (layer_norm, rms_norm)
        for name, (x, over) in {
            "rows": (normal(2, 4), [4]),
            "square": (normal(3, 3), [3]),
            "cubic": (normal(3, 3, 3), [3]),
            "two_axes": (normal(2, 3, 4), [3, 4]),
            "vector": (normal(5), [5]),
        }.items()
    }
)
def over_the_last_axes(x, *, op, over):
    """layer_norm and rms_norm without weights

    Mean and variance depend on every element of the row, so the gradient has three parts, and the
    gradient of layer_norm sums to 0 over a row. The variance divides by n, not by n - 1.
    """
    return op(x, over, eps=EPS)


@case(x=normal(2, 4), w=positive(4), b=normal(4))
def layer_norm_with_weights(x, w, b):
    """layer_norm with weight and bias, both summed over the batch"""
    return layer_norm(x, [4], w, b, eps=EPS)


@case(x=normal(2, 3, 4), w=positive(3, 4), b=normal(3, 4))
def layer_norm_with_weights_over_two_axes(x, w, b):
    """layer_norm over two axes with weight and bias of their shape"""
    return layer_norm(x, [3, 4], w, b, eps=EPS)


@case(x=normal(3, 3), w=positive(3), b=normal(3), tags=("reuse", "square"))
def layer_norm_multiplied_back(x, w, b):
    """layer_norm of a square, times x"""
    return layer_norm(x, [3], w, b, eps=EPS) * x


@case(x=normal(2, 4), w=positive(4), tags=("reuse",))
def rms_norm_with_a_weight(x, w):
    """rms_norm with a weight, times x"""
    return rms_norm(x, [4], w, eps=EPS) * x


@case(x=normal(2, 4), variants={"layer_norm": {"op": layer_norm}, "rms_norm": {"op": rms_norm}})
def with_a_large_eps(x, *, op):
    """layer_norm and rms_norm with eps = 0.5"""
    return op(x, [4], eps=0.5)


@case(x=normal(3, 4), w=positive(4), b=normal(4), tags=("reuse",))
def layer_norm_spelt_out(x, w, b):
    """(x - mean) / sqrt(variance + eps) * w + b"""
    d = x - x.mean(dim=-1, keepdim=True)
    return d / ((d * d).mean(dim=-1, keepdim=True) + EPS).sqrt() * w + b


@case(
    variants={
        "rows": {"x": normal(4, 3)},
        "square": {"x": normal(3, 3)},
        "sequence": {"x": normal(4, 3, 2)},
        "cubic": {"x": normal(3, 3, 3)},
        "images": {"x": normal(2, 3, 2, 2)},
    },
    w=positive(3),
    b=normal(3),
)
def batch_norm_in_training(x, w, b):
    """batch_norm with the statistics of the batch, which are taken over every axis but the second"""
    return batch_norm(x, None, None, w, b, training=True, eps=EPS)


@case(x=normal(4, 3))
def batch_norm_without_weights(x):
    """batch_norm with the statistics of the batch and no weights"""
    return batch_norm(x, None, None, training=True, eps=EPS)


@case(
    x=normal(4, 3),
    m=constant(normal(3)),
    v=constant(positive(3)),
    w=positive(3),
    b=normal(3),
)
def batch_norm_in_use(x, m, v, w, b):
    """batch_norm with given statistics: a scaling and a shift of each column"""
    return batch_norm(x, m, v, w, b, training=False, eps=EPS)


@case(x=normal(4, 3), w=positive(3), b=normal(3), tags=("reuse",))
def batch_norm_multiplied_back(x, w, b):
    """batch_norm, times x"""
    return batch_norm(x, None, None, w, b, training=True, eps=EPS) * x


@case(
    w=positive(4),
    b=normal(4),
    variants={
        "two_groups": {"x": normal(2, 4, 3), "groups": 2},
        "one_group": {"x": normal(2, 4, 3), "groups": 1},
        "a_group_each": {"x": normal(2, 4, 2, 2), "groups": 4},
        "no_places": {"x": normal(3, 4), "groups": 2},
    },
)
def group_norm_with_weights(x, w, b, *, groups):
    """group_norm with weight and bias for each channel"""
    return group_norm(x, groups, w, b, eps=EPS)


@case(x=normal(2, 4, 3), tags=("reuse",))
def group_norm_multiplied_back(x):
    """group_norm in two groups, times x"""
    return group_norm(x, 2, eps=EPS) * x


@case(
    w=positive(3),
    b=normal(3),
    variants={
        "sequence": {"x": normal(2, 3, 4)},
        "cubic": {"x": normal(3, 3, 3)},
        "images": {"x": normal(2, 3, 2, 2)},
    },
)
def instance_norm_with_weights(x, w, b):
    """instance_norm: each channel of each example by itself"""
    return instance_norm(x, weight=w, bias=b, eps=EPS)


@case(x=normal(2, 3, 4))
def instance_norm_without_weights(x):
    """instance_norm, times x"""
    return instance_norm(x, eps=EPS) * x


@case(x=normal(1, 5, 3), variants={"2": {"size": 2}, "3": {"size": 3}})
def over_neighbouring_channels(x, *, size):
    """local_response_norm over two or three channels"""
    return local_response_norm(x, size, alpha=0.5, beta=0.75, k=1.0)


@case(x=normal(2, 3), tags=("order2",))
def second_derivative(x):
    """the squared gradient of (layer_norm(x) ** 3).sum()"""
    g = grad((layer_norm(x, [3], eps=EPS) ** 3).sum(), x)
    return (g * g).sum()


@torch_choice(x=[[2.0, 2.0, 2.0]], tags=("edge",))
def layer_norm_of_equal_elements(x):
    """layer_norm of equal elements: 0 / sqrt(eps), with a gradient of the order of 1 / sqrt(eps)"""
    return layer_norm(x, [3])


@torch_choice(x=[[0.0, 0.0, 0.0]], tags=("edge",))
def rms_norm_of_zeros(x):
    """rms_norm of zeros: torch's default eps is the smallest step of the dtype"""
    return rms_norm(x, [3])


@torch_choice(
    x=normal(2, 4),
    variants={
        "layer_norm": {"op": lambda x: layer_norm(x, [4])},
        "rms_norm": {"op": lambda x: rms_norm(x, [4])},
        "group_norm": {"op": lambda x: group_norm(x, 2)},
        "batch_norm": {"op": lambda x: batch_norm(x, None, None, training=True)},
    },
)
def default_eps(x, *, op):
    """a normalisation of small numbers, where torch's default eps matters"""
    return op(x * 0.01)


@refused(
    variants={
        "layer_norm_shape": {"op": lambda x: layer_norm(x, [3]), "x": normal(2, 4)},
        "group_norm_groups": {"op": lambda x: group_norm(x, 3), "x": normal(2, 4, 2)},
        "batch_norm_of_one": {
            "op": lambda x: batch_norm(x, None, None, training=True),
            "x": normal(1, 3),
        },
        "instance_norm_of_one": {"op": instance_norm, "x": normal(2, 3, 1)},
        "batch_norm_without_statistics": {
            "op": lambda x: batch_norm(x, None, None, training=False),
            "x": normal(4, 3),
        },
    }
)
def that_cannot_be(x, *, op):
    """shapes that do not fit, or one value where a variance is needed: an error"""
    return op(x)
