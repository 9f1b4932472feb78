"""Elements used more than once: expand, repeat, tile, overlapping windows."""

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import (
    broadcast_to,
    expand,
    repeat,
    repeat_interleave,
    tile,
)


@case(
    variants={
        "leading": {"x": normal(3), "size": (2, 3)},
        "leading_square": {"x": normal(3), "size": (3, 3)},
        "inner": {"x": normal(2, 1), "size": (2, 3)},
        "inner_square": {"x": normal(3, 1), "size": (3, 3)},
        "both": {"x": normal(1, 3, 1), "size": (2, 3, 2)},
        "0-d": {"x": 1.5, "size": (2, 3)},
        "minus_one": {"x": normal(3, 1), "size": (-1, 4)},
    }
)
def expanded(x, *, size):
    """expand: the gradient is summed over the axes that were stretched"""
    return expand(x, size)


@case(
    variants={
        "leading": {"x": normal(3), "size": (3, 3)},
        "inner": {"x": normal(3, 1), "size": (3, 3)},
    }
)
def broadcast(x, *, size):
    """broadcast_to a square"""
    return broadcast_to(x, size)


@case(
    variants={
        f"{op.__name__}-{name}": {"op": op, "x": x, "times": times}
        for op in (repeat, tile)
        for name, (x, times) in {
            "inner": (normal(2, 3), (1, 2)),
            "both": (normal(2, 2), (3, 2)),
            "new_axis": (normal(2, 3), (2, 1, 2)),
        }.items()
    }
)
def repeated(x, *, op, times):
    """repeat and tile: each copy adds to the gradient"""
    return op(x, times)


@case(x=normal(3, 3), variants={"first": {"n": 2, "dim": 0}, "last": {"n": 3, "dim": 1}})
def interleaved(x, *, n, dim):
    """repeat_interleave along an axis of a square"""
    return repeat_interleave(x, n, dim=dim)


@case(
    variants={
        "overlap": {"x": normal(5), "window": (0, 3, 1)},
        "step": {"x": normal(7), "window": (0, 3, 2)},
        "last": {"x": normal(2, 5), "window": (1, 2, 1)},
        "first": {"x": normal(5, 2), "window": (0, 2, 2)},
    }
)
def windows(x, *, window):
    """unfold: windows along an axis; an element gets the sum over the windows that hold it"""
    return x.unfold(*window)
