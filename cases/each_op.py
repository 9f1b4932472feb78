"""Ops in three small programs: beside another use of their operand, as two nodes, differentiated twice.

`ONE` and `TWO` hold one call of each op. The first operand is `x`, between 0.4 and 0.95, so that `x * x` is
inside every domain too; it has no ties.
"""

from functools import partial

from gradconform import Array, case
from gradconform import trace as op
from gradconform.catalogue import constant, literal, uniform
from gradconform.trace import backward, grad, read


def index(nested):
    """Indices, which need no gradient."""
    return literal(nested, dtype="int64")


POSITIVE = partial(uniform, low=0.4, high=0.95)
MATRIX, SQUARE, VECTOR = POSITIVE(2, 3), POSITIVE(3, 3), POSITIVE(3)
DOMINANT = constant(literal([[4.0, 0.5, 0.2], [0.1, 5.0, 0.3], [0.4, 0.6, 6.0]]))
# Normalised: elements that lie close together have no digits in float32.
SPREAD = literal([[0.42, 0.93, 0.68], [0.88, 0.45, 0.71]])
SPREAD_BATCH = literal(
    [[[0.42, 0.93, 0.68], [0.51, 0.87, 0.6]], [[0.9, 0.44, 0.7], [0.8, 0.55, 0.47]]]
)
BATCH, IMAGE = POSITIVE(2, 2, 3), POSITIVE(1, 4, 4, 4)
TARGET = constant(uniform(2, 3, low=0.1, high=0.3))
ROWS = index([[1, 0, 1], [0, 1, 0]])
MIXED = literal([[0.42, -0.93, 0.68], [-0.51, 0.87, -0.6]])
MASK = literal([[True, False, True], [False, True, True]], "bool")
SIGNS = literal([[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]], requires_grad=False)


def _plain(*names, x=MATRIX):
    return {name: {"f": getattr(op, name), "x": x} for name in names}


def _with(x, **calls):
    return {name: {"f": call, "x": x} for name, call in calls.items()}


def _two(x, y, **calls):
    return {name: {"f": call, "x": x, "y": y} for name, call in calls.items()}


def _pairs(*names, y=MATRIX):
    return {name: {"f": getattr(op, name), "x": MATRIX, "y": y} for name in names}


SMOOTH = _plain(
    *("positive", "deg2rad", "rad2deg"),
    *("clone", "nan_to_num", "relu6", "hardtanh", "prod", "nansum", "nanmean"),
    *("mean", "norm", "vector_norm", "matrix_norm", "max", "min", "amax", "amin", "mT"),
    *("ravel", "fliplr", "flipud", "atleast_1d", "atleast_2d"),
)
# Libraries differ in the default of each of these options.
WITH_AN_OPTION = _with(
    MATRIX,
    gelu=lambda x: op.gelu(x, approximate="none"),
    leaky_relu=lambda x: op.leaky_relu(x, 0.2),
    std=lambda x: x.std(correction=1),
    std_of_rows=lambda x: x.std(dim=1, correction=1),
    var=lambda x: x.var(correction=1),
)
# Of an even number of elements, NumPy takes the mean of the two in the middle, and torch the lower one.
MEDIANS = _plain("median", "nanmedian", x=SQUARE)
REDUCTIONS = _with(
    MATRIX,
    logsumexp=lambda x: x.logsumexp(dim=1),
    aminmax=lambda x: op.aminmax(x, dim=1)[1],
    max_dim=lambda x: x.max(dim=1)[0],
    min_dim=lambda x: x.min(dim=1)[0],
    median_dim=lambda x: x.median(dim=1)[0],
    kthvalue=lambda x: op.kthvalue(x, 2, dim=1)[0],
    cumsum=lambda x: op.cumsum(x, dim=1),
    cumprod=lambda x: op.cumprod(x, dim=1),
    logcumsumexp=lambda x: op.logcumsumexp(x, dim=1),
    cummax=lambda x: op.cummax(x, dim=1)[0],
    cummin=lambda x: op.cummin(x, dim=1)[0],
    sort=lambda x: op.sort(x, dim=1)[0],
    topk=lambda x: op.topk(x, 2, dim=1)[0],
    softmin=lambda x: op.softmin(x, dim=1),
    softmax=lambda x: op.softmax(x, dim=1),
    log_softmax=lambda x: op.log_softmax(x, dim=1),
    normalize=lambda x: op.normalize(x, dim=1),
    rms_norm=lambda x: op.rms_norm(x, (3,), eps=0.1),
    clamp=lambda x: op.clamp(x, 0.01, 2.0),
    clamp_min=lambda x: op.clamp_min(x, 0.01),
    clamp_max=lambda x: op.clamp_max(x, 2.0),
    threshold=lambda x: op.threshold(x, 0.01, 5.0),
    softshrink=lambda x: op.softshrink(x, 0.01),
    hardshrink=lambda x: op.hardshrink(x, 0.01),
)
MOVEMENT = _with(
    MATRIX,
    reshape=lambda x: x.reshape((3, 2)),
    view=lambda x: op.view(x, (6,)),
    flatten=op.flatten,
    unflatten=lambda x: op.unflatten(x, 1, (3, 1)),
    transpose=lambda x: x.transpose(0, 1),
    permute=lambda x: x.permute((1, 0)),
    movedim=lambda x: op.movedim(x, 0, 1),
    T=lambda x: x.T,
    unsqueeze=lambda x: x.unsqueeze(0),
    expand=lambda x: op.expand(x, (2, 2, 3)),
    broadcast_to=lambda x: op.broadcast_to(x, (2, 2, 3)),
    repeat=lambda x: op.repeat(x, (2, 1)),
    tile=lambda x: op.tile(x, (1, 2)),
    repeat_interleave=lambda x: op.repeat_interleave(x, 2, dim=1),
    flip=lambda x: op.flip(x, (1,)),
    roll=lambda x: op.roll(x, 1, 1),
    rot90=lambda x: op.rot90(x, 1, (0, 1)),
    narrow=lambda x: op.narrow(x, 1, 1, 2),
    select=lambda x: op.select(x, 1, 1),
    unfold=lambda x: op.unfold(x, 1, 2, 1),
    pad=lambda x: op.pad(x, (1, 1)),
    getitem=lambda x: x[1:, ::2],
    unbind=lambda x: op.unbind(x, dim=1, results=3)[1],
    split=lambda x: op.split(x, 2, dim=1, results=2)[0],
    chunk=lambda x: op.chunk(x, 3, dim=1, results=3)[2],
    tensor_split=lambda x: op.tensor_split(x, 2, dim=1, results=2)[1],
    diagonal=op.diagonal,
    diag=op.diag,
    diag_embed=op.diag_embed,
    tril=op.tril,
    triu=op.triu,
    cat=lambda x: op.cat([x, x], dim=0),
    stack=lambda x: op.stack([x, x], dim=0),
    hstack=lambda x: op.hstack([x, x]),
    vstack=lambda x: op.vstack([x, x]),
    dstack=lambda x: op.dstack([x, x]),
)
SHAPED = {
    **_with(SQUARE, trace=op.trace),
    **_with(POSITIVE(1, 3), squeeze=lambda x: x.squeeze(0)),
    **_with(POSITIVE(2, 4), glu=lambda x: op.glu(x, dim=1)),
    **_with(
        BATCH, max_pool1d=lambda x: op.max_pool1d(x, 2), avg_pool1d=lambda x: op.avg_pool1d(x, 2)
    ),
    **_with(SPREAD, layer_norm=lambda x: op.layer_norm(x, (3,), eps=0.1)),
    **_with(
        SPREAD_BATCH,
        instance_norm=lambda x: op.instance_norm(x, eps=0.1),
        batch_norm=lambda x: op.batch_norm(x, None, None, training=True, eps=0.1),
        group_norm=lambda x: op.group_norm(x, 1, eps=0.1),
    ),
    **_with(
        BATCH,
        local_response_norm=lambda x: op.local_response_norm(x, 2, alpha=0.5, beta=0.75, k=1.0),
    ),
    **_with(
        IMAGE, max_pool2d=lambda x: op.max_pool2d(x, 2), avg_pool2d=lambda x: op.avg_pool2d(x, 2)
    ),
    **_with(IMAGE, adaptive_avg_pool2d=lambda x: op.adaptive_avg_pool2d(x, 2)),
    **_with(IMAGE, pixel_shuffle=lambda x: op.pixel_shuffle(x, 2)),
    **_with(BATCH, interpolate=lambda x: op.interpolate(x, scale_factor=2)),
}
ONE = {**SMOOTH, **WITH_AN_OPTION, **MEDIANS, **REDUCTIONS, **MOVEMENT, **SHAPED}

PAIRS = {
    **_pairs("minimum", "maximum", "fmax", "fmin", "fmod", "remainder", "xlogy", "logaddexp"),
    **_pairs("logaddexp2", "copysign", "hypot", "atan2", "dist", "cosine_similarity", "cross"),
    **_pairs("cdist", "inner", "kron"),
    **_two(
        MATRIX,
        MATRIX,
        pairwise_distance=lambda x, y: op.pairwise_distance(x, y, eps=0.1),
        lerp=lambda x, y: op.lerp(x, y, 0.3),
        addcmul=lambda x, y: op.addcmul(x, y, y),
        addcdiv=lambda x, y: op.addcdiv(y, y, x),
        where=lambda x, y: op.where(y > 0.6, x, y),
        einsum=lambda x, y: op.einsum("ij,ij->j", x, y),
        index_copy=lambda x, y: op.index_copy(x, 1, Array.of([2, 0, 1], "int64"), y),
        index_add=lambda x, y: op.index_add(x, 1, Array.of([2, 0, 0], "int64"), y),
        triplet_margin_loss=lambda x, y: op.triplet_margin_loss(x, y, y * 0.5, margin=5.0),
        cosine_embedding_loss=lambda x, y: op.cosine_embedding_loss(x, y, Array.of([1.0, 1.0])),
    ),
}
PRODUCTS = {
    **_two(
        VECTOR,
        VECTOR,
        margin_ranking_loss=lambda x, y: op.margin_ranking_loss(
            x, y, Array.of([1.0, -1.0, 1.0]), margin=5.0
        ),
    ),
    **_two(VECTOR, VECTOR, dot=op.dot, vdot=op.vdot, outer=op.outer),
    **_two(MATRIX, POSITIVE(3, 2), mm=op.mm, matmul=lambda x, y: x @ y),
    **_two(MATRIX, VECTOR, mv=op.mv, prelu=lambda x, y: op.prelu(x - 0.6, y), linear=op.linear),
    **_two(MATRIX, SQUARE, tensordot=lambda x, y: op.tensordot(x, y, dims=1)),
    **_two(MATRIX, SQUARE, addmm=lambda x, y: op.addmm(x, x, y)),
    **_two(VECTOR, SQUARE, addmv=lambda x, y: op.addmv(x, y, x)),
    **_two(BATCH, POSITIVE(2, 3, 2), bmm=op.bmm),
    **_two(BATCH, POSITIVE(2, 3, 3), baddbmm=lambda x, y: op.baddbmm(x, x, y)),
    **_two(
        BATCH,
        BATCH,
        scaled_dot_product_attention=lambda x, y: op.scaled_dot_product_attention(x, x, y),
    ),
    **_two(MATRIX, POSITIVE(1, 3, 3), bilinear=lambda x, y: op.bilinear(x, x, y)),
    **_two(BATCH, POSITIVE(1, 2, 2), conv1d=op.conv1d),
    **_two(POSITIVE(1, 1, 3, 3), POSITIVE(1, 1, 2, 2), conv2d=op.conv2d),
    **_two(POSITIVE(1, 1, 3, 3), POSITIVE(1, 1, 2, 2), conv_transpose2d=op.conv_transpose2d),
    **_two(SQUARE, DOMINANT, det=lambda x, y: op.det(x + y), inv=lambda x, y: op.inv(x + y)),
    **_two(SQUARE, DOMINANT, cholesky=lambda x, y: op.cholesky(x @ x.T + y @ y.T)),
    **_two(SQUARE, DOMINANT, solve=lambda x, y: op.solve(x + y, x)),
}
INDEXED = {
    **_two(MATRIX, index([2, 0, 2]), index_select=lambda x, y: op.index_select(x, 1, y)),
    **_two(MATRIX, index([2, 0]), index_fill=lambda x, y: op.index_fill(x, 1, y, 0.5)),
    **_two(MATRIX, index([[2, 0, 2]]), gather=lambda x, y: op.gather(x, 1, y), take=op.take),
    **_two(MATRIX, index([[2, 0, 2]]), take_along_dim=lambda x, y: op.take_along_dim(x, y, dim=1)),
    **_two(MATRIX, ROWS, scatter=lambda x, y: op.scatter(x, 0, y, x * 2.0)),
    **_two(MATRIX, ROWS, scatter_add=lambda x, y: op.scatter_add(x, 0, y, x * 2.0)),
    **_two(
        MATRIX,
        ROWS,
        scatter_reduce=lambda x, y: op.scatter_reduce(x, 0, y, x * 2.0, reduce="sum"),
    ),
    **_two(MATRIX, MASK, masked_fill=lambda x, y: op.masked_fill(x, y, 0.5)),
    **_two(MATRIX, MASK, masked_select=op.masked_select),
    **_two(MATRIX, MASK, masked_scatter=lambda x, y: op.masked_scatter(x, y, x * 2.0)),
    **_two(MATRIX, index([1, 0, 1]), embedding=lambda x, y: op.embedding(y, x)),
}
LOSSES = {
    **_pairs("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", y=TARGET),
    **_pairs("binary_cross_entropy", "binary_cross_entropy_with_logits", y=TARGET),
    **_two(MATRIX, TARGET, poisson_nll_loss=lambda x, y: op.poisson_nll_loss(x, y, log_input=True)),
    **_two(MATRIX, TARGET, kl_div=lambda x, y: op.kl_div(x, y, reduction="sum")),
    **_pairs("hinge_embedding_loss", "soft_margin_loss", y=SIGNS),
    **_pairs("nll_loss", "cross_entropy", y=index([0, 2])),
    **_two(MATRIX, TARGET, gaussian_nll_loss=lambda x, y: op.gaussian_nll_loss(x, y, x + 1.0)),
}
TWO = {**PAIRS, **PRODUCTS, **INDEXED, **LOSSES}
# Both operands are leaves that want a gradient, and the op takes the second one as it is.
BOTH = {name: each for name, each in {**PAIRS, **PRODUCTS}.items() if each["y"] is not DOMINANT}
MATRICES = {
    "det": {"f": op.det},
    "inv": {"f": op.inv},
    "cholesky": {"f": op.cholesky},
    "solve": {"f": lambda m: op.solve(m, m.sum(dim=1))},
}
# torch has no second derivative of the first, and bounds a denominator in that of the other.
FIRST_ONLY = ("cdist", "binary_cross_entropy")

generated = partial(case, tags=("each-op",))
order2 = partial(case, tags=("each-op", "order2"))


@generated(variants=ONE)
def beside_a_square(x, *, f):
    """sum(f(x)) + sum(x * x): the gradient of x has two parts, and f's comes last

    A rule that sets the gradient of its operand, instead of adding to it, loses the other part.
    """
    return f(x).sum() + (x * x).sum()


@generated(variants=TWO)
def of_two_beside_a_square(x, y, *, f):
    """sum(f(x, y)) + sum(x * x): the gradient of x has two parts, and f's comes last"""
    return f(x, y).sum() + (x * x).sum()


@generated(variants=BOTH)
def of_two_beside_a_square_of_the_second(x, y, *, f):
    """sum(f(x, y)) + sum(y * y): the gradient of y has two parts, and f's comes last"""
    return f(x, y).sum() + (y * y).sum()


@generated(x=MIXED, y=VECTOR)
def prelu_beside_squares(x, y):
    """sum(prelu(x, y)) + sum(x * x) + sum(y * y), with positive and negative elements in x"""
    return op.prelu(x, y).sum() + ((x * x).sum() + (y * y).sum())


@generated(x=SQUARE, y=DOMINANT, variants=MATRICES)
def of_a_matrix_beside_its_square(x, y, *, f):
    """m = x @ x.T + y @ y.T, and sum(f(m)) + sum(m * m): m is positive definite, and has two uses"""
    m = x @ x.T + y @ y.T
    return f(m).sum() + (m * m).sum()


@case(
    variants={name: {**each, "y": each["x"]} for name, each in ONE.items() if name not in MOVEMENT}
)
def two_nodes(x, y, *, f):
    """f(x) + 2 * f(y): two nodes of one op, each with what it has saved

    A mask or an output that is kept on the class, and not on the node, is that of the last node.
    """
    return f(x) + 2.0 * f(y)


@order2(variants={name: each for name, each in ONE.items() if name not in FIRST_ONLY})
def differentiated_twice(x, *, f):
    """the gradient of the gradient of f(x * x)

    A rule that treats what it has saved as constants has no second derivative.
    """
    return grad(f(x * x), x)


@order2(variants={name: each for name, each in TWO.items() if name not in FIRST_ONLY})
def of_two_differentiated_twice(x, y, *, f):
    """the gradient of the gradient of f(x * x, y), by x"""
    g = grad(f(x * x, y), x)
    backward(g)
    read(g, x.grad)
