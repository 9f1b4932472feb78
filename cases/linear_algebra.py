"""Named products, tensordot, kron, and the inverse, determinant and factors of a matrix."""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import (
    addmm,
    addmv,
    baddbmm,
    cholesky,
    cross,
    det,
    diagonal,
    grad,
    inner,
    inv,
    kron,
    outer,
    solve,
    tensordot,
    vdot,
)

refused = partial(case, level="torch", tags=("error",), convention="stable")


@case(
    variants={
        "one_axis": {"a": normal(2, 3), "b": normal(3, 4), "dims": 1},
        "one_axis_cubic": {"a": normal(3, 3, 3), "b": normal(3, 3, 3), "dims": 1},
        "two_axes": {"a": normal(2, 3, 4), "b": normal(3, 4, 2), "dims": 2},
        "none": {"a": normal(2), "b": normal(3), "dims": 0},
        "chosen": {"a": normal(2, 3, 4), "b": normal(4, 2, 3), "dims": ([0, 2], [1, 0])},
        "chosen_cubic": {"a": normal(3, 3, 3), "b": normal(3, 3, 3), "dims": ([0], [2])},
    }
)
def contracted(a, b, *, dims):
    """tensordot over the last and first axes, or over chosen ones"""
    return tensordot(a, b, dims=dims)


@case(
    variants={
        "matrices": {"a": normal(2, 3), "b": normal(1, 2)},
        "square": {"a": normal(2, 2), "b": normal(2, 2)},
        "vectors": {"a": normal(2), "b": normal(3)},
    }
)
def kronecker_product(a, b):
    """kron of two vectors or two matrices"""
    return kron(a, b)


@case(
    variants={
        "inner": {"op": inner, "a": normal(2, 3), "b": normal(4, 3)},
        "inner_square": {"op": inner, "a": normal(3, 3), "b": normal(3, 3)},
        "inner_vectors": {"op": inner, "a": normal(3), "b": normal(3)},
        "vdot": {"op": vdot, "a": normal(3), "b": normal(3)},
        "outer": {"op": outer, "a": normal(2), "b": normal(3)},
    }
)
def products_by_name(a, b, *, op):
    """inner, vdot and outer, times 3"""
    return op(a, b) * 3


SCALED = {"plain": {"options": {}}, "scaled": {"options": {"beta": 0.5, "alpha": -2.0}}}


@case(c=normal(4), a=normal(2, 3), b=normal(3, 4), variants=SCALED)
def sum_and_product(c, a, b, *, options):
    """addmm: c + a @ b, c stretched over the rows"""
    return addmm(c, a, b, **options)


@case(c=normal(2), a=normal(2, 3), v=normal(3), variants=SCALED)
def sum_and_product_with_a_vector(c, a, v, *, options):
    """addmv: c + a @ v"""
    return addmv(c, a, v, **options)


@case(c=normal(3, 3, 3), a=normal(3, 3, 3), b=normal(3, 3, 3), variants=SCALED)
def sum_and_product_in_batches(c, a, b, *, options):
    """baddbmm: c + a @ b, everything cubic"""
    return baddbmm(c, a, b, **options)


@case(x=normal(3, 3), tags=("reuse", "square"))
def sum_of_a_diagonal(x):
    """trace(x @ x.T) * trace(x)"""
    return (x @ x.T).trace() * x.trace()


@case(x=normal(3, 4), tags=("reuse",))
def product_of_a_diagonal(x):
    """diagonal(x).prod() * x"""
    return diagonal(x).prod() * x


@case(
    variants={
        "rows": {"a": normal(2, 3), "b": normal(2, 3), "dim": 1},
        "columns": {"a": normal(3, 2), "b": normal(3, 2), "dim": 0},
        "square": {"a": normal(3, 3), "b": normal(3, 3), "dim": 0},
        "stretched": {"a": normal(1, 3), "b": normal(2, 3), "dim": -1},
    }
)
def cross_product(a, b, *, dim):
    """cross along an axis: a changed order changes the sign"""
    return cross(a, b, dim=dim)


TWO = [[2.0, 0.5], [-1.0, 3.0]]
THREE = [[2.0, 0.5, 1.0], [-1.0, 3.0, 0.25], [0.5, 0.75, 4.0]]
BATCH = [TWO, [[1.0, 0.25], [0.5, -2.0]]]


@case(variants={"2": {"x": TWO}, "3": {"x": THREE}, "batch": {"x": BATCH}})
def determinant(x):
    """det: the gradient is det(x) times the inverse, transposed"""
    return det(x)


@case(x=[[1.0, 2.0], [2.0, 4.0]], level="torch", tags=("edge",), convention="questionable")
def determinant_of_a_singular_matrix(x):
    """det of a singular matrix: torch gives zeros

    The true gradient is the matrix of cofactors, here [[4, -2], [-2, 1]].
    """
    return det(x)


@case(variants={"2": {"x": TWO}, "3": {"x": THREE}, "batch": {"x": BATCH}})
def inverse(x):
    """inv: the gradient is -y.T @ g @ y.T with y the inverse"""
    return inv(x)


@case(x=THREE, tags=("reuse",))
def inverse_times_itself(x):
    """inv(x) @ x * x: the inverse cancels, and so does its gradient"""
    return inv(x) @ x * x


@case(
    variants={
        "vector": {"a": TWO, "b": [1.0, -2.0]},
        "columns": {"a": THREE, "b": normal(3, 2)},
        "square": {"a": THREE, "b": normal(3, 3)},
        "batch": {"a": BATCH, "b": normal(2, 2, 3)},
    }
)
def solution(a, b):
    """solve(a, b) with one or with several right-hand sides"""
    return solve(a, b)


@case(x=THREE)
def cholesky_factor(x):
    """cholesky of x @ x.T: the factor is a lower triangle"""
    return cholesky(x @ x.T)


@case(x=TWO, b=[1.0, 2.0], tags=("order2",))
def second_derivative_of_a_solution(x, b):
    """the squared gradient of solve(x, b).sum()"""
    g = grad(solve(x, b).sum(), x)
    return (g * g).sum()


@case(
    x=[[2.0, 1.0], [1.0, 3.0]],
    level="torch",
    convention="implementation-defined",
    tags=("symmetric",),
)
def cholesky_of_a_leaf(x):
    """cholesky of a symmetric leaf: torch gives the symmetric gradient"""
    return cholesky(x)


@refused(
    x=normal(2, 3),
    variants={
        "tensordot": {"op": lambda x: tensordot(x, x, dims=1)},
        "trace_of_a_cube": {"op": lambda x: x[None].trace()},
        "det_of_no_square": {"op": det},
        "inv_of_no_square": {"op": inv},
        "inv_of_a_singular": {"op": lambda x: inv(x[:, :2] * 0.0)},
        "solve_of_a_singular": {"op": lambda x: solve(x[:, :2] * 0.0, x)},
        "cholesky_of_a_negative": {"op": lambda x: cholesky(-(x @ x.T))},
        "cross_of_pairs": {"op": lambda x: cross(x[:, :2], x[:, :2], dim=1)},
    },
)
def that_does_not_fit(x, *, op):
    """shapes or matrices that do not fit: an error"""
    return op(x)
