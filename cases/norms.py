"""Norms and distances: of vectors, along axes, of matrices, between points."""

from functools import partial

from gradconform import case
from gradconform.catalogue import away_from_zero, literal, normal, positive
from gradconform.trace import (
    cdist,
    cosine_similarity,
    dist,
    grad,
    hypot,
    matrix_norm,
    norm,
    normalize,
    pairwise_distance,
    vector_norm,
)

INF = float("inf")
ORDERS = {"1": 1.0, "1.5": 1.5, "2": 2.0, "3": 3.0, "inf": INF, "-inf": -INF}

torch_choice = partial(case, level="torch", convention="stable")
refused = partial(case, level="torch", tags=("error",), convention="stable")


@case(x=away_from_zero(4), variants={name: {"order": order} for name, order in ORDERS.items()})
def of_a_vector(x, *, order):
    """vector_norm of each order, times x"""
    return vector_norm(x, ord=order) * x


@case(
    variants={
        f"{name}-{axis}": {"order": order, "x": x, "options": options}
        for name, order in {"1": 1.0, "2": 2.0, "inf": INF}.items()
        for axis, (x, options) in {
            "first": (away_from_zero(3, 4), {"dim": 0}),
            "last_square": (away_from_zero(3, 3), {"dim": -1}),
            "keepdim": (away_from_zero(3, 4), {"dim": 1, "keepdim": True}),
            "outer_two_cubic": (away_from_zero(3, 3, 3), {"dim": (0, 2)}),
        }.items()
    }
)
def along_axes(x, *, order, options):
    """vector_norm along one axis or two"""
    return vector_norm(x, ord=order, **options)


@case(
    variants={
        "vector": {"x": normal(3)},
        "matrix": {"x": normal(2, 3)},
        "cube": {"x": normal(3, 3, 3)},
        "0-d": {"x": -2.5},
    }
)
def of_a_whole_tensor(x):
    """x.norm(), the root of the sum of squares, times x"""
    return norm(x) * x


@case(x=normal(3, 3), variants={"first": {"dim": 0}, "last": {"dim": 1}}, tags=("square",))
def rows_or_columns_to_length_one(x, *, dim):
    """x divided by its norm along an axis, with keepdim"""
    return x / norm(x, p=2, dim=dim, keepdim=True)


@case(
    variants={
        f"{order}-{name}": {"order": order, "x": x}
        for order in ("fro", 1, INF)
        for name, x in {"wide": away_from_zero(2, 3), "square": away_from_zero(3, 3)}.items()
    }
)
def of_a_matrix(x, *, order):
    """matrix_norm, times 3: Frobenius, the largest column sum, the largest row sum"""
    return matrix_norm(x, ord=order) * 3


@case(x=literal([[2.0, 0.5], [0.25, 1.0], [-1.0, 3.0]]))
def nuclear_norm(x):
    """matrix_norm of order nuc: the sum of the singular values"""
    return matrix_norm(x, ord="nuc")


@case(x=normal(3), y=normal(3), variants={"1": {"p": 1.0}, "2": {"p": 2.0}, "3": {"p": 3.0}})
def distance_of_two_tensors(x, y, *, p):
    """dist of two vectors, times their product"""
    return dist(x, y, p=p) * (x * y)


@case(x=normal(4, 3), y=normal(4, 3), variants={"1": {"p": 1.0}, "2": {"p": 2.0}})
def distance_row_by_row(x, y, *, p):
    """pairwise_distance of the rows of two matrices"""
    return pairwise_distance(x, y, p=p, eps=0.0)


@case(
    variants={
        "2": {"x": normal(4, 3), "y": normal(2, 3), "p": 2.0},
        "1": {"x": normal(4, 3), "y": normal(2, 3), "p": 1.0},
        "2_square": {"x": normal(3, 3), "y": normal(3, 3), "p": 2.0},
        "3_batch": {"x": normal(2, 3, 2), "y": normal(2, 4, 2), "p": 3.0},
    }
)
def distance_of_every_pair(x, y, *, p):
    """cdist: every row of x to every row of y"""
    return cdist(x, y, p=p)


@case(
    x=normal(3, 4),
    variants={
        "same": {"y": normal(3, 4), "dim": 1},
        "stretched": {"y": normal(1, 4), "dim": 1},
        "first": {"y": normal(3, 4), "dim": 0},
    },
)
def cosine(x, y, *, dim):
    """cosine_similarity along an axis"""
    return cosine_similarity(x, y, dim=dim)


@case(
    x=positive(3, 3),
    variants={
        "1": {"p": 1.0, "dim": 1},
        "2": {"p": 2.0, "dim": 1},
        "2_first": {"p": 2.0, "dim": 0},
    },
)
def normalised(x, *, p, dim):
    """normalize along an axis, times x"""
    return normalize(x, p=p, dim=dim) * x


@case(x=normal(2, 3), tags=("reuse",))
def root_of_a_sum_of_squares(x):
    """(x * x).sum().sqrt() + x.norm(): two spellings of one function"""
    return (x * x).sum().sqrt() + norm(x)


@torch_choice(
    tags=("kink",),
    x=[0.0, 0.0],
    variants={name: {"order": ORDERS[name]} for name in ("1", "1.5", "2", "3")},
)
def at_zero(x, *, order):
    """vector_norm of a vector of zeros: torch takes the subgradient 0"""
    return vector_norm(x, ord=order)


@torch_choice(
    tags=("kink",),
    variants={
        "norm": {"op": norm, "x": [0.0, 0.0]},
        "matrix_norm": {"op": matrix_norm, "x": [[0.0, 0.0], [0.0, 0.0]]},
    },
)
def named_at_zero(x, *, op):
    """norm and matrix_norm of zeros: the subgradient 0"""
    return op(x)


@torch_choice(
    tags=("kink",),
    variants={
        "cdist": {"op": cdist, "x": [[1.0, 2.0]], "y": [[1.0, 2.0], [1.0, 3.0]]},
        "dist": {"op": dist, "x": [1.0, 2.0], "y": [1.0, 2.0]},
    },
)
def distance_of_a_point_to_itself(x, y, *, op):
    """cdist and dist of equal points: the subgradient 0"""
    return op(x, y)


@torch_choice(
    tags=("kink", "nan"),
    x=[0.0, 0.0],
    variants={
        "root_of_squares": {"spelling": lambda x: (x * x).sum().sqrt()},
        "hypot": {"spelling": lambda x: hypot(x[0], x[1])},
        "root_of_square": {"spelling": lambda x: (x * x).sqrt()},
    },
)
def spelt_out_at_zero(x, *, spelling):
    """the norm spelt out, at zero: the gradient is 0 * inf, so nan, unlike that of norm

    sqrt has an infinite slope at 0 and the square a slope of 0: their product is not a number.
    """
    return spelling(x)


@torch_choice(tags=("tie",), x=[3.0, -3.0, 1.0, 3.0])
def largest_magnitude_that_comes_thrice(x):
    """vector_norm of order inf where three magnitudes are largest: each gets a third, with its sign"""
    return vector_norm(x, ord=INF)


@torch_choice(tags=("tie",), x=[1.0, -1.0, 3.0])
def smallest_magnitude_that_comes_twice(x):
    """vector_norm of order -inf where two magnitudes are smallest: each gets a half, with its sign"""
    return vector_norm(x, ord=-INF)


@torch_choice(tags=("edge",), x=[0.0, 0.0], y=[1.0, 2.0])
def cosine_with_zero(x, y):
    """cosine_similarity with a vector of zeros: the length is clamped at 1e-8"""
    return cosine_similarity(x, y, dim=0)


@torch_choice(tags=("edge",), x=[1.0, 2.0], y=[1.0, 2.0])
def distance_of_a_pair_to_itself(x, y):
    """pairwise_distance of equal points: 1e-6 is added to each coordinate, so that no root of 0 is taken"""
    return pairwise_distance(x, y)


@torch_choice(tags=("edge",), x=[0.0, 0.0])
def zero_normalised(x):
    """normalize of a vector of zeros: the length is clamped at 1e-12"""
    return normalize(x, dim=0)


@case(x=[1.0, 0.0, 2.0], tags=("edge",), level="torch", convention="implementation-defined")
def count_of_nonzero_elements(x):
    """vector_norm of order 0 counts the nonzero elements: torch's backward leaves no gradient"""
    return vector_norm(x, ord=0)


@case(x=[0.0, 0.0], tags=("kink", "order2", "nan"), level="torch", convention="questionable")
def second_derivative_at_zero(x):
    """the derivative of the gradient of a norm, at zero: nan in torch"""
    return grad(norm(x), x).sum()


@refused(x=normal(2, 3))
def along_an_axis_that_is_not_there(x):
    """norm along axis 2 of a matrix: an error"""
    return vector_norm(x, dim=2)
