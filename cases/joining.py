"""Joining and splitting: cat, stack and similar functions, split, chunk, unbind."""

from functools import partial

from gradconform import case
from gradconform.catalogue import constant, normal
from gradconform.trace import (
    backward,
    cat,
    chunk,
    dstack,
    exp,
    hstack,
    read,
    split,
    stack,
    tensor_split,
    unbind,
    vstack,
)

refused = partial(case, level="torch", tags=("error",), convention="stable")


@case(
    variants={
        "first": {"x": normal(2, 3), "y": normal(1, 3), "dim": 0},
        "last": {"x": normal(2, 3), "y": normal(2, 2), "dim": 1},
        "last_square": {"x": normal(3, 3), "y": normal(3, 3), "dim": -1},
        "middle_cubic": {"x": normal(3, 3, 3), "y": normal(3, 3, 3), "dim": 1},
        "vectors": {"x": normal(2), "y": normal(3), "dim": 0},
    }
)
def cat_of_two(x, y, *, dim):
    """cat along an axis: the gradient is split where the tensors meet"""
    return cat([x, y], dim=dim)


@case(
    variants={
        "first": {"x": normal(2, 3), "y": normal(2, 3), "dim": 0},
        "middle": {"x": normal(2, 3), "y": normal(2, 3), "dim": 1},
        "last": {"x": normal(2, 3), "y": normal(2, 3), "dim": -1},
        "middle_square": {"x": normal(3, 3), "y": normal(3, 3), "dim": 1},
        "0-d": {"x": 1.0, "y": 2.0, "dim": 0},
    }
)
def stack_of_two(x, y, *, dim):
    """stack along a new axis"""
    return stack([x, y], dim=dim)


@case(
    x=normal(2, 3),
    y=normal(2, 3),
    z=normal(2, 3),
    variants={"cat": {"op": cat}, "stack": {"op": stack}},
)
def of_three(x, y, z, *, op):
    """cat and stack of three along axis 1"""
    return op([x, y, z], dim=1)


@case(
    variants={
        f"{op.__name__}-{rank}": {"op": op, "x": normal(*shape), "y": normal(*shape)}
        for op in (hstack, vstack, dstack)
        for rank, shape in {"vectors": (3,), "matrices": (2, 2)}.items()
    }
)
def by_direction(x, y, *, op):
    """hstack, vstack and dstack"""
    return op([x, y])


@case(
    x=normal(2, 3),
    tags=("reuse",),
    variants={
        "cat_0": {"op": cat, "dim": 0},
        "cat_1": {"op": cat, "dim": 1},
        "stack_0": {"op": stack, "dim": 0},
        "stack_2": {"op": stack, "dim": 2},
    },
)
def with_itself(x, *, op, dim):
    """the same tensor twice in the list: it gets both parts of the gradient"""
    return op([x, x], dim=dim)


@case(x=normal(2, 3), c=constant(normal(2, 3)))
def with_a_constant(x, c):
    """cat with a tensor that needs no gradient"""
    return cat([c, x], dim=0)


@case(x=normal(2, 3), tags=("reuse",))
def with_a_function_of_itself(x):
    """cat of x, exp(x) and x * x, times a cat of x three times"""
    return cat([x, exp(x), x * x], dim=1) * cat([x, x, x], dim=1)


@case(
    variants={
        "even": {"x": normal(4, 3), "size": 2, "dim": 0},
        "uneven": {"x": normal(3, 2), "size": 2, "dim": 0},
        "last_square": {"x": normal(4, 4), "size": 2, "dim": -1},
        "sections": {"x": normal(5), "size": [1, 4], "dim": 0},
        "sections_last": {"x": normal(2, 5), "size": [3, 2], "dim": 1},
    }
)
def split_in_two(x, *, size, dim):
    """split in two: exp of one part, the square of the other, each summed"""
    a, b = split(x, size, dim, results=2)
    return exp(a).sum() + (b * b).sum()


@case(
    variants={
        "even": {"x": normal(6), "dim": 0},
        "uneven": {"x": normal(5), "dim": 0},
        "last": {"x": normal(2, 6), "dim": 1},
        "cubic": {"x": normal(3, 3, 3), "dim": 1},
    }
)
def chunk_in_three(x, *, dim):
    """chunk in three: exp(a).sum() * b.sum() + (c * c).sum()"""
    a, b, c = chunk(x, 3, dim, results=3)
    return exp(a).sum() * b.sum() + (c * c).sum()


@case(x=normal(7), variants={"count": {"at": 3}, "places": {"at": (2, 3)}})
def tensor_split_in_three(x, *, at):
    """tensor_split in three: exp(a), b and c * c, joined again"""
    a, b, c = tensor_split(x, at, 0, results=3)
    return cat([exp(a), b, c * c], dim=0)


@case(
    variants={
        "rows": {"x": normal(3, 2), "dim": 0},
        "columns_square": {"x": normal(3, 3), "dim": 1},
        "vector": {"x": normal(3), "dim": 0},
        "cubic": {"x": normal(3, 3, 3), "dim": -2},
    }
)
def unbound(x, *, dim):
    """unbind: a * b + c * a"""
    a, b, c = unbind(x, dim=dim, results=3)
    return a * b + c * a


@case(x=normal(4, 3), variants={"first": {"part": 0}, "second": {"part": 1}})
def one_part_unused(x, *, part):
    """split in two, one part unused: its elements get zeros"""
    return split(x, 2, 0, results=2)[part]


@case(x=normal(3, 2), variants={"0": {"part": 0}, "2": {"part": 2}})
def one_row_of_unbind(x, *, part):
    """unbind into three, two of them unused"""
    return unbind(x, dim=0, results=3)[part]


@case(x=normal(4))
def every_part_a_backward(x):
    """split in two and a backward from each part: both reach the leaf"""
    a, b = split(x, 2, 0, results=2)
    backward((a * a).sum(), retain_graph=True)
    backward(exp(b).sum())
    read(x.grad)


@case(x=normal(2, 4), tags=("reuse",))
def split_and_joined_again(x):
    """the halves of each row swapped, times x"""
    a, b = chunk(x, 2, 1, results=2)
    return cat([b, a], dim=1) * x


@case(x=1.5, y=-0.5, z=2.0, tags=("reuse",))
def numbers_to_a_vector(x, y, z):
    """stack of three 0-d leaves, the vector times itself"""
    v = stack([x, y, z], dim=0)
    return (v * v) @ v


@case(x=normal(2, 3), y=normal(0), level="torch", tags=("empty",), convention="stable")
def with_a_legacy_empty(x, y):
    """cat with an empty (0,) tensor: torch skips it whatever the shape of the others"""
    return cat([x, y], dim=1)


@refused(
    x=normal(2, 3),
    y=normal(2, 4),
    variants={
        "cat_0": {"join": lambda x, y: cat([x, y], dim=0)},
        "cat_2": {"join": lambda x, y: cat([x, x], dim=2)},
        "cat_ranks": {"join": lambda x, y: cat([x, x[0]], dim=0)},
        "stack_shapes": {"join": lambda x, y: stack([x, y], dim=0)},
        "stack_3": {"join": lambda x, y: stack([x, x], dim=3)},
        "split_sizes": {"join": lambda x, y: split(x, [1, 3], 1, results=2)[0]},
        "split_axis": {"join": lambda x, y: split(x, 1, 2, results=2)[0]},
    },
)
def that_does_not_fit(x, y, *, join):
    """shapes or axes that cannot be joined or split: an error"""
    return join(x, y)
