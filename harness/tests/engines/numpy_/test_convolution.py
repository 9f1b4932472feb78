"""Convolution and pooling on the NumPy engine agree with torch."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, check, numbers

INF, NAN = float("inf"), float("nan")


CONVOLUTIONS = [
    {},
    {"stride": 2},
    {"padding": 1},
    {"padding": "same"},
    {"padding": "valid"},
    {"dilation": 2},
    {"groups": 2},
    {"stride": 2, "padding": 2, "dilation": 2, "groups": 2},
]
DECONVOLUTIONS = [
    {},
    {"stride": 2},
    {"padding": 1},
    {"stride": 3, "output_padding": 1},
    {"dilation": 2},
    {"groups": 2},
    {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2},
]


@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")
@pytest.mark.parametrize("settings", CONVOLUTIONS, ids=str)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_convolution(rank: int, settings) -> None:
    x, w = (
        numbers(2, 4, *(7, 6, 5)[:rank]),
        numbers(6, 4 // settings.get("groups", 1), *(3, 2, 2)[:rank], seed=1),
    )
    name = f"conv{rank}d"
    check(
        lambda m, x, w, b: getattr(m, name)(x, w, b, **settings), x, w, numbers(6, seed=2), orders=2
    )
    check(lambda m, x, w: getattr(m, name)(x, w, **settings), x[0], w)


@pytest.mark.parametrize("settings", DECONVOLUTIONS, ids=str)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_transposed_convolution(rank: int, settings) -> None:
    groups = settings.get("groups", 1)
    x, w = numbers(2, 4, *(5, 4, 3)[:rank]), numbers(4, 6 // groups, *(3, 2, 2)[:rank], seed=1)
    name = f"conv_transpose{rank}d"
    check(
        lambda m, x, w, b: getattr(m, name)(x, w, b, **settings), x, w, numbers(6, seed=2), orders=2
    )


POOLS = {
    "max2": lambda m, x: m.max_pool2d(x, 2),
    "max2 all": lambda m, x: m.max_pool2d(x, (3, 2), stride=1, padding=1, dilation=(1, 2)),
    "max1": lambda m, x: m.max_pool1d(x[0], 3, 2),
    "max no batch": lambda m, x: m.max_pool2d(x[0], 2),
    "avg2": lambda m, x: m.avg_pool2d(x, 2),
    "avg2 pad": lambda m, x: m.avg_pool2d(x, 3, 2, 1),
    "avg2 inside": lambda m, x: m.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False),
    "avg1": lambda m, x: m.avg_pool1d(x[0], 2, stride=1),
    "adaptive 1": lambda m, x: m.adaptive_avg_pool2d(x, 1),
    "adaptive": lambda m, x: m.adaptive_avg_pool2d(x, (3, 4)),
    "adaptive None": lambda m, x: m.adaptive_avg_pool2d(x, (None, 2)),
    "adaptive1": lambda m, x: m.adaptive_avg_pool1d(x[0], 4),
    "unfold": lambda m, x: m.unfold(x, (3, 2), padding=1, stride=2),
    "fold": lambda m, x: m.fold(m.unfold(x, 2), (7, 6), 2),
    "fold pad": lambda m, x: m.fold(
        m.unfold(x, 3, dilation=2, padding=1), (7, 6), 3, dilation=2, padding=1
    ),
    "shuffle": lambda m, x: m.pixel_shuffle(x, 2),
    "unshuffle": lambda m, x: m.pixel_unshuffle(x[..., :6, :], 2),
    "nearest": lambda m, x: m.interpolate(x, size=(3, 9)),
    "bilinear": lambda m, x: m.interpolate(x, scale_factor=2, mode="bilinear"),
    "bilinear size": lambda m, x: m.interpolate(
        x, size=(5, 9), mode="bilinear", align_corners=False
    ),
    "bilinear corners": lambda m, x: m.interpolate(x, (5, 9), mode="bilinear", align_corners=True),
    "linear": lambda m, x: m.interpolate(x[0], scale_factor=1.6, mode="linear"),
    "area": lambda m, x: m.interpolate(x, size=(3, 4), mode="area"),
    "nearest by": lambda m, x: m.interpolate(x, scale_factor=1.5),
    "nearest 1": lambda m, x: m.interpolate(x[0], scale_factor=2),
    "exact": lambda m, x: m.interpolate(x, size=(3, 9), mode="nearest-exact"),
    "bicubic": lambda m, x: m.interpolate(x, (5, 9), mode="bicubic", align_corners=False),
    "bicubic corners": lambda m, x: m.interpolate(x, (9, 4), mode="bicubic", align_corners=True),
    "trilinear": lambda m, x: m.interpolate(x[None], scale_factor=1.4, mode="trilinear"),
    "recomputed": lambda m, x: m.interpolate(
        x, scale_factor=1.4, mode="bilinear", recompute_scale_factor=True
    ),
    "channels": lambda m, x: m.channel_shuffle(x, 2),
}


@pytest.mark.parametrize("name", POOLS)
def test_pooling_and_images(name: str) -> None:
    check(POOLS[name], numbers(2, 4, 7, 6), orders=2)
    check(POOLS[name], numbers(2, 4, 7, 6, seed=4).astype("float32"))


KERNELS = [
    {"kernel_size": 2, "ceil_mode": True},
    {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
    {"kernel_size": 3, "stride": 4, "padding": 1, "ceil_mode": True},
    {"kernel_size": 2, "stride": 1, "padding": 1},
]


@pytest.mark.parametrize("settings", KERNELS, ids=str)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_pooling_in_every_rank(rank: int, settings) -> None:
    x = numbers(2, 3, *(7, 6, 5)[:rank])
    largest, mean = f"max_pool{rank}d", f"avg_pool{rank}d"
    check(lambda m, x: getattr(m, largest)(x, return_indices=True, **settings), x, orders=2)
    check(lambda m, x: getattr(m, largest)(x, dilation=2, **settings), x[0])
    check(lambda m, x: getattr(m, mean)(x, **settings), x, orders=2)
    check(lambda m, x: getattr(m, mean)(x, count_include_pad=False, **settings), x, orders=2)
    if rank > 1:
        check(lambda m, x: getattr(m, mean)(x, divisor_override=5, **settings), x)


@pytest.mark.parametrize("size", [1, 4, (2, 3, 5)])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_adaptive_pooling(rank: int, size) -> None:
    x, size = numbers(2, 3, *(7, 6, 5)[:rank]), size if isinstance(size, int) else size[:rank]
    check(lambda m, x: getattr(m, f"adaptive_avg_pool{rank}d")(x, size), x, orders=2)
    largest = f"adaptive_max_pool{rank}d"
    check(lambda m, x: getattr(m, largest)(x, size, return_indices=True), x, orders=2)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_the_way_back_from_pooling(rank: int) -> None:
    def there_and_back(m, x):
        values, places = getattr(m, f"max_pool{rank}d")(x, 2, return_indices=True)
        return getattr(m, f"max_unpool{rank}d")(values, places, 2, output_size=x.shape)

    check(there_and_back, numbers(2, 3, *(7, 6, 5)[:rank]), orders=2)


def test_the_largest_is_never_found_in_the_padding() -> None:
    x = np.full((1, 1, 4, 4), -INF)
    check(lambda m, x: m.max_pool2d(x, 3, 2, 1, return_indices=True), x)


REFUSED = {
    "dtypes": lambda m, x: m.conv1d(x, m.leaf(np.ones((2, 3, 2), "float32"))),
    "stride": lambda m, x: m.conv1d(x, m.leaf(np.ones((2, 3, 2))), stride=0),
    "padding": lambda m, x: m.conv1d(x, m.leaf(np.ones((2, 3, 2))), padding=-1),
    "pool padding": lambda m, x: m.max_pool1d(x, 2, padding=2),
    "pool size": lambda m, x: m.avg_pool1d(x, 9),
    "shuffle": lambda m, x: m.channel_shuffle(x, 2),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_what_torch_refuses_is_refused(m, name: str) -> None:
    with pytest.raises(RuntimeError):
        REFUSED[name](m, m.leaf(numbers(2, 3, 5), True))


def test_max_pool_gives_ties_to_the_first() -> None:
    check(
        lambda m, x: m.max_pool2d(x, 2), np.array([[[[1.0, 1.0, 2.0, NAN], [1.0, 0.0, 3.0, 5.0]]]])
    )
