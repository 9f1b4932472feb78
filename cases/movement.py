"""Moving elements without computing: reshapes, transposes, views, flips, repeats."""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import (
    atleast_1d,
    atleast_2d,
    clone,
    fliplr,
    flipud,
    ravel,
)

refused = partial(case, level="torch", tags=("error",), convention="stable")
CUBE = normal(3, 3, 3)
BOX = normal(2, 3, 4)


@case(
    variants={
        "(3,2)": {"x": normal(2, 3), "shape": (3, 2)},
        "(6,)": {"x": normal(2, 3), "shape": (6,)},
        "(-1,)": {"x": normal(2, 3), "shape": (-1,)},
        "(4,-1)": {"x": BOX, "shape": (4, -1)},
        "(1,3,3)": {"x": normal(3, 3), "shape": (1, 3, 3)},
        "()": {"x": [2.0], "shape": ()},
        "(1,1)_of_0-d": {"x": 2.0, "shape": (1, 1)},
    }
)
def reshaped(x, *, shape):
    """reshape: the gradient goes back into the shape of the leaf"""
    return x.reshape(shape)


@case(x=BOX, variants={"(6,4)": {"shape": (6, 4)}, "(2,-1)": {"shape": (2, -1)}})
def viewed(x, *, shape):
    """view of a contiguous tensor"""
    return x.view(shape)


@case(
    x=BOX,
    variants={
        "all": {"options": {}},
        "from_1": {"options": {"start_dim": 1}},
        "to_1": {"options": {"end_dim": 1}},
        "to_-2": {"options": {"start_dim": 0, "end_dim": -2}},
    },
)
def flattened(x, *, options):
    """flatten, all axes or some"""
    return x.flatten(**options)


@case(x=BOX, variants={"last": {"dim": 2, "sizes": (2, 2)}, "first": {"dim": 0, "sizes": (1, -1)}})
def unflattened(x, *, dim, sizes):
    """unflatten: one axis into two"""
    return x.unflatten(dim, sizes)


@case(x=normal(2, 3))
def ravelled(x):
    """ravel, times itself"""
    y = ravel(x)
    return y * y


@case(
    variants={
        "0_1": {"x": normal(2, 3), "dims": (0, 1)},
        "square": {"x": normal(3, 3), "dims": (0, 1)},
        "outer_cubic": {"x": CUBE, "dims": (0, 2)},
        "negative_cubic": {"x": CUBE, "dims": (-1, -2)},
        "first_two": {"x": BOX, "dims": (0, 1)},
        "with_itself": {"x": BOX, "dims": (1, 1)},
    }
)
def transposed(x, *, dims):
    """transpose of two axes"""
    return x.transpose(*dims)


@case(variants={"wide": {"x": normal(2, 3)}, "square": {"x": normal(3, 3)}})
def transposed_matrix(x):
    """x.T of a matrix"""
    return x.T


@case(variants={"box": {"x": BOX}, "cube": {"x": CUBE}})
def transposed_batch(x):
    """x.mT of a batch of matrices: only the last two axes change places"""
    return x.mT


@case(
    variants={
        "201": {"x": BOX, "dims": (2, 0, 1)},
        "201_cubic": {"x": CUBE, "dims": (2, 0, 1)},
        "120_cubic": {"x": CUBE, "dims": (1, 2, 0)},
        "negative": {"x": BOX, "dims": (-1, 0, -2)},
        "210": {"x": BOX, "dims": (2, 1, 0)},
        "1302": {"x": normal(2, 2, 2, 2), "dims": (1, 3, 0, 2)},
    }
)
def permuted(x, *, dims):
    """permute: the gradient goes back by the inverse permutation

    For a swap or a reversal the permutation is its own inverse; for a rotation of three axes it is
    not, and on a cube the shapes do not tell.
    """
    return x.permute(dims)


@case(x=CUBE, variants={"0_2": {"at": (0, 2)}, "2_0": {"at": (2, 0)}, "-1_1": {"at": (-1, 1)}})
def axis_moved(x, *, at):
    """movedim on a cube"""
    return x.movedim(*at)


@case(
    x=normal(1, 3, 1),
    variants={
        "all": {"dims": ()},
        "first": {"dims": (0,)},
        "last": {"dims": (-1,)},
    },
)
def squeezed(x, *, dims):
    """squeeze: every axis of size 1, or one"""
    return x.squeeze(*dims)


@case(level="torch", convention="stable", x=normal(1, 3, 1))
def squeezed_along_three(x):
    """squeeze of an axis of size 3: the axis stays, where NumPy raises"""
    return x.squeeze(1)


@case(x=normal(2, 3), variants={"0": {"dim": 0}, "1": {"dim": 1}, "-1": {"dim": -1}})
def unsqueezed(x, *, dim):
    """unsqueeze: a new axis of size 1"""
    return x.unsqueeze(dim)


@case(
    variants={
        "0": {"x": normal(2, 3), "dims": (0,)},
        "1_square": {"x": normal(3, 3), "dims": (1,)},
        "0_2": {"x": BOX, "dims": (0, -1)},
    }
)
def flipped(x, *, dims):
    """flip along one axis or two"""
    return x.flip(dims)


@case(x=normal(3, 3), variants={"lr": {"op": fliplr}, "ud": {"op": flipud}})
def flipped_by_name(x, *, op):
    """fliplr and flipud of a square"""
    return op(x)


@case(
    x=normal(3, 4),
    variants={
        "first": {"by": (1, 0)},
        "last_back": {"by": (-1, 1)},
        "both": {"by": ((1, 2), (0, 1))},
        "flat": {"by": (5,)},
        "beyond": {"by": (7, 1)},
    },
)
def rolled(x, *, by):
    """roll along axes, or over the flattened tensor: the gradient rolls the other way"""
    return x.roll(*by)


@case(x=normal(3, 3), variants={"1": {"k": 1}, "2": {"k": 2}, "3": {"k": 3}, "-1": {"k": -1}})
def rotated(x, *, k):
    """rot90 of a square: the gradient turns the other way"""
    return x.rot90(k, (0, 1))


@case(
    x=BOX,
    variants={"0": {"dim": 0, "start": 1, "length": 1}, "-1": {"dim": -1, "start": 1, "length": 2}},
)
def narrowed(x, *, dim, start, length):
    """narrow: the rest of the leaf gets zeros"""
    return x.narrow(dim, start, length)


@case(
    x=CUBE,
    variants={
        "0": {"dim": 0, "index": 1},
        "1": {"dim": 1, "index": -1},
        "-1": {"dim": -1, "index": 0},
    },
)
def selected(x, *, dim, index):
    """select of one index along an axis of a cube"""
    return x.select(dim, index)


@case(x=1.5, variants={"1d": {"op": atleast_1d}, "2d": {"op": atleast_2d}})
def given_axes(x, *, op):
    """atleast_1d and atleast_2d of a 0-d leaf: its gradient stays 0-d"""
    return op(x)


@case(x=normal(2, 3), tags=("reuse",))
def transposed_and_itself(x):
    """x.T @ x + (x.T * 2) @ x: views of one leaf, used four times"""
    return x.T @ x + (x.T * 2.0) @ x


@case(x=normal(2, 6), tags=("reuse",))
def reshaped_and_sliced(x):
    """a reshape, a transpose and a slice of it, used twice"""
    y = x.reshape((3, 4)).T
    return y[1:] * y[:-1]


@case(x=normal(2, 3), tags=("reuse",))
def cloned(x):
    """clone(x) * x"""
    return clone(x) * x


@refused(
    x=normal(2, 3),
    variants={
        "wrong_count": {"move": lambda x: x.reshape((4, 2))},
        "no_multiple": {"move": lambda x: x.reshape((4, -1))},
        "two_unknown": {"move": lambda x: x.reshape((-1, -1))},
        "transpose": {"move": lambda x: x.transpose(0, 2)},
        "permute_twice": {"move": lambda x: x.permute((0, 0))},
        "permute_too_few": {"move": lambda x: x.permute((0,))},
        "expand": {"move": lambda x: x.expand((2, 4))},
        "squeeze": {"move": lambda x: x.squeeze(2)},
        "unsqueeze": {"move": lambda x: x.unsqueeze(4)},
        "flip": {"move": lambda x: x.flip((2,))},
        "flatten": {"move": lambda x: x.flatten(start_dim=1, end_dim=0)},
    },
)
def that_cannot_be(x, *, move):
    """a shape or an axis that does not fit: an error"""
    return move(x)


@case(x=normal(2, 3), level="torch", tags=("error",), convention="implementation-defined")
def view_of_a_transpose(x):
    """x.T.view((6,)): an error, because a view in torch never copies"""
    return x.T.view((6,))
