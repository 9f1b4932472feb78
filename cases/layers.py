"""Layers: linear, bilinear, embedding, attention, dropout with a given mask, and small networks."""

from functools import partial

from gradconform import case
from gradconform.catalogue import constant, literal, normal, uniform
from gradconform.trace import (
    bilinear,
    cross_entropy,
    dropout,
    embedding,
    glu,
    layer_norm,
    linear,
    relu,
    scaled_dot_product_attention,
    sigmoid,
    softmax,
    tanh,
)

torch_choice = partial(case, level="torch", convention="stable")
refused = partial(case, level="torch", tags=("error",), convention="stable")


@case(
    variants={
        "rows": {"x": normal(4, 3), "w": normal(2, 3)},
        "square": {"x": normal(3, 3), "w": normal(3, 3)},
        "vector": {"x": normal(3), "w": normal(2, 3)},
        "batch": {"x": normal(2, 4, 3), "w": normal(2, 3)},
        "cubic": {"x": normal(3, 3, 3), "w": normal(3, 3)},
    }
)
def linear_without_bias(x, w):
    """linear: x @ w.T

    The weight is stored with one row for each output, so its gradient is g.T @ x.
    """
    return linear(x, w)


@case(
    w=normal(2, 3),
    b=normal(2),
    variants={
        "rows": {"x": normal(4, 3)},
        "vector": {"x": normal(3)},
        "batch": {"x": normal(2, 4, 3)},
    },
)
def linear_with_bias(x, w, b):
    """linear with a bias, which is summed over every axis but the last"""
    return linear(x, w, b)


@case(x=normal(3, 3), w=normal(3, 3), b=normal(3), tags=("reuse", "square"))
def linear_used_twice(x, w, b):
    """the same linear layer twice, and x added: a residual connection with shared weights"""
    return x + tanh(linear(tanh(linear(x, w, b)), w, b))


@case(x=normal(4, 3), y=normal(4, 2), w=normal(2, 3, 2), b=normal(2))
def bilinear_form(x, y, w, b):
    """bilinear with a bias"""
    return bilinear(x, y, w, b)


@case(x=normal(3, 3), w=normal(3, 3, 3), tags=("reuse",))
def bilinear_form_of_one(x, w):
    """bilinear of x with itself, cubic weights and no bias"""
    return bilinear(x, x, w)


@case(
    w=normal(4, 3),
    variants={
        "once": {"i": literal([2, 0], dtype="int64")},
        "repeated": {"i": literal([1, 1, 3, 1], dtype="int64")},
        "batch": {"i": literal([[0, 2], [2, 2]], dtype="int64")},
        "one": {"i": literal(3, dtype="int64")},
    },
)
def embedded(i, w):
    """embedding: rows of a table; a row that is looked up twice gets both gradients"""
    return embedding(i, w)


@torch_choice(
    w=normal(4, 3),
    i=literal([0, 2, 0, 1], dtype="int64"),
    variants={"0": {"at": 0}, "-4": {"at": -4}},
    tags=("stop-gradient",),
)
def embedded_with_padding(i, w, *, at):
    """embedding with padding_idx: that row gets no gradient"""
    return embedding(i, w, padding_idx=at)


@case(w=normal(4, 3), u=normal(4, 3), i=literal([3, 3], dtype="int64"), tags=("reuse",))
def embedded_and_read_out(i, w, u):
    """the mean of embeddings times the table: the table is used twice"""
    return (embedding(i, w).mean(dim=0) @ w.T) @ u


@case(
    variants={
        "one_head": {"q": normal(1, 3, 4), "k": normal(1, 5, 4), "v": normal(1, 5, 2)},
        "square": {"q": normal(1, 3, 3), "k": normal(1, 3, 3), "v": normal(1, 3, 3)},
        "heads": {"q": normal(2, 2, 3, 4), "k": normal(2, 2, 3, 4), "v": normal(2, 2, 3, 4)},
        "cubic": {"q": normal(3, 3, 3), "k": normal(3, 3, 3), "v": normal(3, 3, 3)},
    }
)
def attention(q, k, v):
    """scaled_dot_product_attention"""
    return scaled_dot_product_attention(q, k, v)


@case(
    q=normal(2, 3, 4),
    k=normal(2, 3, 4),
    v=normal(2, 3, 4),
    variants={"causal": {"options": {"is_causal": True}}, "scale": {"options": {"scale": 0.25}}},
)
def attention_with_options(q, k, v, *, options):
    """scaled_dot_product_attention with a causal mask, or with another scale"""
    return scaled_dot_product_attention(q, k, v, **options)


@case(q=normal(2, 3, 4), k=normal(2, 3, 4), v=normal(2, 3, 4), m=normal(3, 3))
def attention_with_a_bias(q, k, v, m):
    """scaled_dot_product_attention with a matrix added to the scores; the matrix has a gradient too"""
    return scaled_dot_product_attention(q, k, v, attn_mask=m)


@case(
    q=normal(1, 3, 4),
    k=normal(1, 3, 4),
    v=normal(1, 3, 4),
    m=literal([[True, False, True], [True, True, False], [False, True, True]], dtype="bool"),
)
def attention_with_a_mask(q, k, v, m):
    """scaled_dot_product_attention with a boolean mask"""
    return scaled_dot_product_attention(q, k, v, attn_mask=m)


@case(x=normal(1, 3, 4), tags=("reuse",))
def attention_to_oneself(x):
    """scaled_dot_product_attention of x, x and x"""
    return scaled_dot_product_attention(x, x, x)


@case(x=normal(3, 3), wq=normal(3, 3), wk=normal(3, 3), wv=normal(3, 3), tags=("reuse", "square"))
def attention_spelt_out(x, wq, wk, wv):
    """softmax(q @ k.T / sqrt(3)) @ v, everything square"""
    q, k, v = x @ wq, x @ wk, x @ wv
    return softmax(q @ k.T / 3.0**0.5, dim=1) @ v


@case(x=normal(2, 4), m=constant([[0.0, 2.0, 2.0, 0.0], [2.0, 0.0, 2.0, 2.0]]))
def dropout_with_a_given_mask(x, m):
    """x times a mask of 0 and 1 / (1 - p), as dropout multiplies, then squared"""
    y = x * m
    return y * y


@case(
    x=normal(2, 4),
    variants={"p_0": {"p": 0.0, "training": True}, "not_training": {"p": 0.5, "training": False}},
)
def dropout_that_drops_nothing(x, *, p, training):
    """dropout with p = 0, or out of training: the identity"""
    return dropout(x, p=p, training=training) * x


@torch_choice(x=normal(2, 4))
def dropout_that_drops_everything(x):
    """dropout with p = 1: zeros, and a gradient of zeros"""
    return dropout(x, p=1.0, training=True)


@case(
    variants={"last": {"x": normal(3, 4), "dim": -1}, "first_square": {"x": normal(4, 4), "dim": 0}}
)
def gated(x, *, dim):
    """glu: one half times the sigmoid of the other"""
    return glu(x, dim=dim)


@case(x=normal(5, 3), w=normal(3, 4), b=normal(4), v=normal(4, 2), c=normal(2), tags=("training",))
def perceptron_of_two_layers(x, w, b, v, c):
    """sigmoid(relu(x @ w + b) @ v + c)"""
    return sigmoid(relu(x @ w + b) @ v + c)


@case(
    x=constant(normal(4, 3)),
    w=normal(3, 3),
    b=normal(3),
    t=literal([0, 2, 1, 1], dtype="int64"),
    tags=("training",),
)
def classifier(x, w, b, t):
    """the cross entropy of layer_norm(tanh(x @ w + b)) @ w"""
    return cross_entropy(layer_norm(tanh(x @ w + b), [3], eps=0.1) @ w, t)


@case(
    x=constant(normal(3, 2)),
    h=normal(2),
    w=uniform(2, 2, low=-1.0, high=1.0),
    u=normal(2, 2),
    tags=("reuse", "training"),
)
def recurrent_network(x, h, w, u):
    """h = tanh(x[t] @ u + h @ w), three times: the weights are shared in time"""
    for t in range(3):
        h = tanh(x[t] @ u + h @ w)
    return h


@refused(
    x=normal(2, 3),
    variants={
        "linear": {"op": lambda x: linear(x, x.T)},
        "linear_bias": {"op": lambda x: linear(x, x, x[0])},
        "attention": {"op": lambda x: scaled_dot_product_attention(x, x[:, :2], x)},
        "glu_of_an_odd_count": {"op": lambda x: glu(x, dim=1)},
        "dropout_above_1": {"op": lambda x: dropout(x, p=1.5)},
    },
)
def of_shapes_that_do_not_fit(x, *, op):
    """shapes or arguments that do not fit: an error"""
    return op(x)


@refused(w=normal(4, 3), i=literal([1, 4], dtype="int64"))
def embedded_out_of_range(i, w):
    """embedding of an index out of range: an error"""
    return embedding(i, w)
