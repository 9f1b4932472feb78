"""Grids, parts that are replaced, and differences on the NumPy engine agree with torch."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, check, numbers

LAYOUTS = {
    "atleast_1d": lambda m, x: m.atleast_1d([x, x[0], x[0, 0]]),
    "atleast_2d": lambda m, x: m.atleast_2d(x[0], x[0, 0]),
    "atleast_3d": lambda m, x: m.atleast_3d(x, x[0], x[0, 0], x[None]),
    "block_diag": lambda m, x: m.block_diag(x, x[0], x[0, 0]),
    "broadcast": lambda m, x: m.broadcast_tensors(x[:, :1], x[0]),
    "cartesian": lambda m, x: m.cartesian_prod(x[0], x[1]),
    "cartesian 1": lambda m, x: m.cartesian_prod(x[0]),
    "columns": lambda m, x: m.column_stack([x[:, 0], x]),
    "pairs": lambda m, x: m.combinations(x[0]),
    "triples": lambda m, x: m.combinations(x[0], 3, with_replacement=True),
    "too few": lambda m, x: m.combinations(x[0], 5),
    "diagflat": lambda m, x: x.diagflat(-1),
    "meshgrid": lambda m, x: m.meshgrid(x[0], x[1, :2], indexing="ij"),
    "meshgrid xy": lambda m, x: m.meshgrid([x[0], x[1, :2], x[0, 0]], indexing="xy"),
    "hsplit": lambda m, x: m.hsplit(x, [1]),
    "hsplit 1": lambda m, x: x[0].hsplit(3),
    "vsplit": lambda m, x: x.vsplit(2),
    "dsplit": lambda m, x: m.dsplit(x[None], 3),
    "split sizes": lambda m, x: x.split_with_sizes([1, 2], 1),
    "tensor_split": lambda m, x: m.tensor_split(x, m.leaf(np.array([1, 2])), 1),
    "interleave": lambda m, x: x.repeat_interleave(2, 1, output_size=6),
    "flip": lambda m, x: m.flip(x, dims=[0, 1]),
    "sum_to_size": lambda m, x: x.sum_to_size(2, 1),
    "sum_to_size 0": lambda m, x: x.sum_to_size(()),
    "msort": lambda m, x: m.msort(x),
    "alpha": lambda m, x: m.add(x, x * x, alpha=3) + x.sub(x * x, alpha=0.5),
    "rsub": lambda m, x: m.rsub(x, x * x, alpha=2),
    "float_power": lambda m, x: m.float_power(x.abs(), 1.5),
    "where": lambda m, x: x.where(x > 0, x * x),
    "renorm": lambda m, x: m.renorm(x, 2, 0, 1.5),
    "pdist": lambda m, x: m.pdist(x, 3.0),
    "cdist": lambda m, x: m.cdist(x, x * x, 2.0, "donot_use_mm_for_euclid_dist"),
    "cosine": lambda m, x: m.cosine_similarity(x[:1], x[:, :1] * x, -1),
    "cosine spread": lambda m, x: m.cosine_similarity(x[:1], x[:, :1], 0),
    "pad": lambda m, x: m.constant_pad_nd(x, (1, -1, 2, 0), 3.0),
    "replicate": lambda m, x: m.pad(x[None], (-2, 4), mode="replicate"),
    "circular": lambda m, x: m.pad(x[None], (-1, 1), mode="circular"),
}
REPLACED = {
    "select": lambda m, x, y: m.select_scatter(x, y[0], 0, 1),
    "slice": lambda m, x, y: m.slice_scatter(x, y[:, :2], 1, 0, None, 2),
    "diagonal": lambda m, x, y: x.diagonal_scatter(y[0, :2], 1),
    "fill": lambda m, x, y: m.fill(x, y[0, 0]),
    "index": lambda m, x, y: m.index_put(x, (m.leaf(np.array([1, 1])),), y[:, 0:1]),
    "indices": lambda m, x, y: x.index_put(
        (m.leaf(np.array([0, 0])), m.leaf(np.array([1, 1]))), y[0, 0], accumulate=True
    ),
    "put": lambda m, x, y: x.put(m.leaf(np.array([5, 0])), y[0, :2]),
    "put more": lambda m, x, y: x.put(m.leaf(np.array([5, 5])), y[0, :2], accumulate=True),
    "fill places": lambda m, x, y: x.index_fill(0, m.leaf(np.array([1, 1, 0])), y[0, 0]),
    "masked": lambda m, x, y: m.masked_scatter(x[0], x > 0, y),
}
REDUCED = ["prod", "mean", "amax", "amin"]
DIFFERENCES = {
    "diff": lambda m, x, y: m.diff(x),
    "diff twice": lambda m, x, y: x.diff(2, 0),
    "diff more": lambda m, x, y: m.diff(x, dim=1, prepend=y[:, :1], append=y),
    "diff none": lambda m, x, y: m.diff(x, 0, prepend=y),
    "trapezoid": lambda m, x, y: m.trapezoid(x, dx=0.3),
    "trapezoid at": lambda m, x, y: m.trapezoid(x, y[0]),
    "trapezoid between": lambda m, x, y: m.trapz(x, y, dim=0),
    "cumulative": lambda m, x, y: m.cumulative_trapezoid(x, y[:, 0], dim=0),
}
VECTORS = {  # of one element, which a 0-d tensor counts as
    "gather": lambda m, x, y, i: m.gather(x, 0, i),
    "scatter": lambda m, x, y, i: m.scatter(x, 0, i, y),
    "scatter number": lambda m, x, y, i: x.scatter(0, i, value=2.0),
    "scatter_add": lambda m, x, y, i: x.scatter_add(0, i, y),
    "scatter_reduce": lambda m, x, y, i: x.scatter_reduce(0, i, y, "amax"),
    "index_add": lambda m, x, y, i: m.index_add(x, 0, i, y, alpha=2),
    "index_copy": lambda m, x, y, i: m.index_copy(x, 0, i, y),
    "index_fill": lambda m, x, y, i: m.index_fill(x, 0, i, y),
    "unfold": lambda m, x, y, i: x.unfold(0, 1, 1) * y,
    "prelu": lambda m, x, y, i: m.prelu(x, y.reshape(1)),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(name: str) -> None:
    # Torch has no second derivatives of the distances.
    check(LAYOUTS[name], numbers(2, 3), orders=1 if "dist" in name else 2)


@pytest.mark.parametrize("name", REPLACED)
def test_parts_replaced(name: str) -> None:
    check(REPLACED[name], numbers(2, 3, seed=1), numbers(2, 3, seed=2), orders=2)


@pytest.mark.filterwarnings("ignore:index_reduce:UserWarning")
@pytest.mark.parametrize("reduce", REDUCED)
@pytest.mark.parametrize("itself", [True, False])
def test_slices_reduced(reduce: str, itself: bool) -> None:
    def call(m, x, y):
        return x.index_reduce(1, m.leaf(np.array([0, 2, 0])), y, reduce, include_self=itself)

    check(call, numbers(2, 3, seed=1), numbers(2, 3, seed=2))


@pytest.mark.parametrize("name", DIFFERENCES)
def test_differences(name: str) -> None:
    check(DIFFERENCES[name], numbers(2, 3, seed=1), numbers(2, 3, seed=2), orders=2)


@pytest.mark.parametrize("name", VECTORS)
def test_a_number_counts_as_a_vector(name: str) -> None:
    def call(m, x, y):
        return VECTORS[name](m, x, y, m.leaf(np.array(0)))

    check(call, numbers(seed=1), numbers(seed=2))


ERRORS = {
    "meshgrid": lambda m, x: m.meshgrid(x, x, indexing="ij"),
    "combinations": lambda m, x: m.combinations(x),
    "hsplit": lambda m, x: m.hsplit(x, 2),
    "dsplit": lambda m, x: m.dsplit(x, 1),
    "sum_to_size": lambda m, x: x.sum_to_size(3, 3),
    "diagonal_scatter": lambda m, x: x.diagonal_scatter(x[0]),
    "index_reduce": lambda m, x: x.index_reduce(0, m.leaf(np.array([0])), x[:1], "sum"),
    "diff": lambda m, x: m.diff(x[0, 0]),
    "reflect": lambda m, x: m.pad(x[None], (3, 0), mode="reflect"),
}


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_errors_have_torchs_type(m, name: str) -> None:
    with pytest.raises(RuntimeError):
        ERRORS[name](m, m.leaf(numbers(2, 3), True))
