"""Pooling, padding and resampling: the largest or the mean of windows, borders, finer grids."""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import (
    adaptive_avg_pool2d,
    avg_pool1d,
    avg_pool2d,
    interpolate,
    max_pool1d,
    max_pool2d,
    pad,
    pixel_shuffle,
)

refused = partial(case, level="torch", tags=("error",), convention="stable")

WINDOWS = {
    "apart": {"kernel_size": 2},
    "overlapping": {"kernel_size": 3, "stride": 1},
    "with_gaps": {"kernel_size": 2, "stride": 3},
    "padded": {"kernel_size": 3, "stride": 2, "padding": 1},
}


@case(
    variants={
        f"{op.__name__}-{name}": {"op": op, "x": x, "options": options}
        for op, x in {
            max_pool1d: normal(2, 2, 6),
            avg_pool1d: normal(2, 2, 6),
            max_pool2d: normal(2, 2, 5, 6),
            avg_pool2d: normal(2, 2, 5, 6),
        }.items()
        for name, options in WINDOWS.items()
    }
)
def of_windows(x, *, op, options):
    """the largest or the mean of windows; where windows overlap, gradients add up"""
    return op(x, **options)


@case(
    x=normal(1, 2, 4, 4),
    tags=("square",),
    variants={"max": {"op": max_pool2d}, "avg": {"op": avg_pool2d}},
)
def of_windows_that_are_not_square(x, *, op):
    """max_pool2d and avg_pool2d with another size and stride on each axis of a square"""
    return op(x, kernel_size=(2, 1), stride=(1, 2))


@case(
    x=normal(1, 1, 4, 4),
    tags=("reuse",),
    variants={"max": {"op": max_pool2d}, "avg": {"op": avg_pool2d}},
)
def multiplied_back(x, *, op):
    """the pooled windows, times the upper left corner of x"""
    return op(x, kernel_size=2) * x[:, :, :2, :2]


@case(
    variants={
        "one": {"x": normal(2, 3, 4, 4), "size": 1},
        "uneven": {"x": normal(1, 2, 5, 4), "size": (3, 2)},
        "same": {"x": normal(1, 1, 3, 3), "size": 3},
    }
)
def to_a_given_size(x, *, size):
    """adaptive_avg_pool2d"""
    return adaptive_avg_pool2d(x, output_size=size)


@case(
    x=normal(2, 3),
    variants={
        "last": {"by": (1, 2)},
        "both": {"by": (1, 0, 2, 1)},
        "negative": {"by": (-1, 1)},
        "value": {"by": (0, 1), "value": 2.5},
    },
    value=0.0,
)
def padded(x, *, by, value):
    """pad with a number: only the elements inside the border have a gradient"""
    return pad(x, by, mode="constant", value=value)


@case(
    x=normal(1, 2, 4), variants={how: {"mode": how} for how in ("reflect", "replicate", "circular")}
)
def padded_with_itself(x, *, mode):
    """pad by reflection, by the border, or in a circle: a repeated element gets the sum"""
    return pad(x, (2, 1), mode=mode)


@case(
    x=normal(1, 1, 3, 3),
    tags=("square",),
    variants={how: {"mode": how} for how in ("reflect", "replicate", "circular")},
)
def padded_with_itself_on_four_sides(x, *, mode):
    """pad of a square image by another width on each side"""
    return pad(x, (1, 0, 2, 1), mode=mode)


@case(x=normal(1, 1, 3), tags=("reuse",))
def padded_and_used(x):
    """pad by reflection, times pad with zeros"""
    return pad(x, (1, 1), mode="reflect") * pad(x, (0, 2))


@case(
    variants={
        "nearest_sequence": {
            "x": normal(1, 2, 3),
            "options": {"scale_factor": 2, "mode": "nearest"},
        },
        "nearest_image": {
            "x": normal(1, 1, 2, 3),
            "options": {"scale_factor": 2, "mode": "nearest"},
        },
        "nearest_size": {"x": normal(1, 1, 2, 2), "options": {"size": (3, 4), "mode": "nearest"}},
        "linear": {"x": normal(1, 2, 3), "options": {"scale_factor": 2, "mode": "linear"}},
        "bilinear": {"x": normal(1, 1, 2, 3), "options": {"scale_factor": 2, "mode": "bilinear"}},
        "area": {"x": normal(1, 1, 4, 4), "options": {"size": (2, 2), "mode": "area"}},
    }
)
def resampled(x, *, options):
    """interpolate: nearest, linear, bilinear, area"""
    return interpolate(x, **options)


@case(
    variants={
        "2": {"x": normal(1, 4, 2, 3), "r": 2},
        "2_square": {"x": normal(2, 4, 2, 2), "r": 2},
        "3": {"x": normal(1, 9, 1, 2), "r": 3},
    }
)
def channels_to_places(x, *, r):
    """pixel_shuffle: channels become a finer grid"""
    return pixel_shuffle(x, r)


@refused(
    x=normal(1, 2, 4),
    variants={
        "window_too_wide": {"op": lambda x: max_pool1d(x, kernel_size=5)},
        "padding_too_wide": {"op": lambda x: max_pool1d(x, kernel_size=2, padding=2)},
        "reflection_too_wide": {"op": lambda x: pad(x, (4, 0), mode="reflect")},
        "pad_by_an_odd_count": {"op": lambda x: pad(x, (1,))},
        "pixel_shuffle": {"op": lambda x: pixel_shuffle(x, 2)},
    },
)
def that_does_not_fit(x, *, op):
    """a window or a border that is too wide, or an odd count of border widths: an error"""
    return op(x)
