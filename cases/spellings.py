"""One function in several spellings: products of matrices, movement, indexing, and the order of sums.

All variants of a case are one function, so that they have one value and one gradient. A test checks
that torch's answers agree.
"""

from functools import partial

from gradconform import case, trace
from gradconform.catalogue import literal, normal, positive
from gradconform.trace import (
    cat,
    cumsum,
    det,
    einsum,
    embedding,
    exp,
    flip,
    gather,
    index_select,
    inv,
    log,
    one_hot,
    pad,
    prod,
    solve,
    stack,
    tensordot,
    where,
)

one = partial(case, tags=("spellings",))
scalar = partial(case, tags=("scalar", "spellings"))


def spelt(**functions):
    """Variants over spellings."""
    return {name: {"f": function} for name, function in functions.items()}


@one(
    a=normal(2, 3),
    b=normal(3, 4),
    variants=spelt(
        operator=lambda a, b: a @ b,
        by_name=trace.mm,
        einsum=lambda a, b: einsum("ij,jk->ik", a, b),
        tensordot=lambda a, b: tensordot(a, b, dims=1),
        transposed=lambda a, b: (b.T @ a.T).T,
        stretched=lambda a, b: (a[:, :, None] * b).sum(dim=1),
        rows=lambda a, b: stack([a[0] @ b, a[1] @ b], dim=0),
        outer=lambda a, b: sum(a[:, k : k + 1] * b[k] for k in range(3)),
    ),
)
def product_of_matrices(a, b, *, f):
    """a matrix product in eight spellings"""
    return f(a, b)


@one(
    a=normal(2, 2, 3),
    b=normal(2, 3, 2),
    variants=spelt(
        operator=lambda a, b: a @ b,
        by_name=trace.bmm,
        einsum=lambda a, b: einsum("bij,bjk->bik", a, b),
        each=lambda a, b: stack([a[0] @ b[0], a[1] @ b[1]], dim=0),
    ),
)
def product_of_batches(a, b, *, f):
    """a batch of matrix products in four spellings"""
    return f(a, b)


@one(
    x=normal(3),
    y=normal(3),
    variants=spelt(
        operator=lambda x, y: x @ y,
        dot=trace.dot,
        sum=lambda x, y: (x * y).sum(),
        einsum=lambda x, y: einsum("i,i", x, y),
        elements=lambda x, y: x[0] * y[0] + x[1] * y[1] + x[2] * y[2],
        matrices=lambda x, y: (x[None] @ y[:, None])[0, 0],
    ),
)
def product_of_vectors(x, y, *, f):
    """an inner product in six spellings"""
    return f(x, y)


@one(
    x=normal(2, 3, 3),
    variants=spelt(
        transpose=lambda x: x.transpose(1, 2),
        permute=lambda x: x.permute((0, 2, 1)),
        property=lambda x: x.mT,
        movedim=lambda x: x.movedim(2, 1),
        einsum=lambda x: einsum("bij->bji", x),
        stacked=lambda x: stack([x[:, 0], x[:, 1], x[:, 2]], dim=2),
    ),
)
def transposed(x, *, f):
    """the transposes of a batch in six spellings"""
    return f(x) * x


@one(
    x=normal(4, 2),
    i=literal([2, 0, 2], "int64"),
    variants=spelt(
        list=lambda x, i: x[[2, 0, 2]],
        index=lambda x, i: x[i],
        select=lambda x, i: index_select(x, 0, i),
        gather=lambda x, i: gather(x, 0, i[:, None].expand((3, 2))),
        embedding=lambda x, i: embedding(i, x),
        one_hot=lambda x, i: (one_hot(i, 4)[:, :, None] * x).sum(dim=1),
        rows=lambda x, i: stack([x[2], x[0], x[2]], dim=0),
    ),
)
def rows_by_index(x, i, *, f):
    """rows of a table, one of them twice, in seven spellings"""
    return f(x, i) * f(x, i)


@one(
    x=normal(2, 3),
    y=normal(1, 3),
    variants=spelt(
        cat=lambda x, y: cat([x, y], dim=0),
        rows=lambda x, y: stack([x[0], x[1], y[0]], dim=0),
        padded=lambda x, y: pad(x, [0, 0, 0, 1]) + pad(y, [0, 0, 2, 0]),
        transposed=lambda x, y: cat([x.T, y.T], dim=1).T,
    ),
)
def joined(x, y, *, f):
    """two matrices below each other in four spellings"""
    return f(x, y) * f(x, y)


@one(
    x=normal(4),
    variants=spelt(
        fused=lambda x: cumsum(x, 0),
        triangle=lambda x: trace.tril(x.expand((4, 4))).sum(dim=1),
        slices=lambda x: stack([x[: k + 1].sum() for k in range(4)], dim=0),
        reversed=lambda x: x.sum() - flip(cumsum(flip(x, [0]), 0), [0]) + x,
    ),
)
def running_sum(x, *, f):
    """a running sum in four spellings"""
    return f(x) * x


@one(
    x=positive(2, 3),
    variants=spelt(
        fused=lambda x: prod(x, dim=1),
        columns=lambda x: x[:, 0] * x[:, 1] * x[:, 2],
        logarithms=lambda x: exp(log(x).sum(dim=1)),
        last=lambda x: trace.cumprod(x, 1)[:, -1],
    ),
)
def product_of_elements(x, *, f):
    """the product along an axis in four spellings"""
    return f(x)


@one(
    a=[[2.0, 0.5], [-0.3, 1.5]],
    b=normal(2),
    variants=spelt(
        solved=lambda a, b: solve(a, b) * det(a),
        inverted=lambda a, b: (inv(a) @ b) * det(a),
        adjugate=lambda a, b: stack(
            [a[1, 1] * b[0] - a[0, 1] * b[1], a[0, 0] * b[1] - a[1, 0] * b[0]], dim=0
        ),
    ),
)
def linear_equations(a, b, *, f):
    """the solution of two equations, times the determinant, in three spellings"""
    return f(a, b)


@one(
    x=normal(2, 3),
    y=normal(2, 3),
    variants=spelt(
        where=lambda x, y: where(x > y, x * x, y),
        turned=lambda x, y: where(x <= y, y, x * x),
        masks=lambda x, y: (x > y) * x * x + (x <= y) * y,
        filled=lambda x, y: (
            trace.masked_fill(x * x, x <= y, 0.0) + trace.masked_fill(y, x > y, 0.0)
        ),
    ),
)
def chosen(x, y, *, f):
    """a choice between two branches in four spellings"""
    return f(x, y)


@scalar(
    x=0.7,
    y=1.3,
    variants=spelt(
        first_to_last=lambda a, b, c, d: ((a + b) + c) + d,
        last_to_first=lambda a, b, c, d: a + (b + (c + d)),
        in_pairs=lambda a, b, c, d: (d + b) + (c + a),
        turned=lambda a, b, c, d: d + c + b + a,
        builtin=lambda *terms: sum(terms),
    ),
)
def order_of_a_sum(x, y, *, f):
    """four terms that share x and y, added in five orders"""
    return f(x * y, exp(x), y / x, x * x * y)


@scalar(
    x=0.7,
    y=1.3,
    variants=spelt(
        left_first=lambda x, y: (a := x * y, b := exp(x), a * b + a)[2],
        right_first=lambda x, y: (b := exp(x), a := x * y, a + b * a)[2],
        written_twice=lambda x, y: x * y * exp(x) + x * y,
        factored=lambda x, y: (exp(x) + 1) * y * x,
    ),
)
def order_of_construction(x, y, *, f):
    """one graph, whose nodes are made in different orders"""
    return f(x, y)
